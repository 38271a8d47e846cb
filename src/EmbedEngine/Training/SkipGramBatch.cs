// The operands of one skip-gram update and the worker's scratch they live in. Owns its memory; one per
// worker.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Pointer lists to rows of the model and scratch sized for the largest window. Not
/// thread-safe.</summary>
internal sealed unsafe class SkipGramBatch : IDisposable
{
    private readonly NativeBuffer<nint> _pointers;
    private readonly NativeBuffer<float> _scratch;

    public SkipGramBatch(int maxInputs, int maxOutputs, int dims)
    {
        int paddedOutputs = Pad(maxOutputs);
        Dims = dims;
        _pointers = new NativeBuffer<nint>(maxInputs + paddedOutputs);
        Inputs = (float**)_pointers.Pointer;
        Outputs = Inputs + maxInputs;
        long gradient = (long)maxInputs * paddedOutputs, inputs = (long)maxInputs * dims;
        _scratch = new NativeBuffer<float>(gradient + inputs + (long)maxOutputs * dims);
        Gradient = _scratch.Pointer;
        InputSums = Gradient + gradient;
        OutputSums = InputSums + inputs;
    }

    /// <summary>Rows of the IN matrix: the window.</summary>
    public float** Inputs { get; }

    /// <summary>Rows of the OUT matrix: the centre, then its negatives.</summary>
    public float** Outputs { get; }

    public float* Gradient { get; }

    public float* InputSums { get; }

    public float* OutputSums { get; }

    /// <summary>Floats a row, a multiple of 8.</summary>
    public int Dims { get; }

    /// <summary>Inputs in use.</summary>
    public int M { get; set; }

    /// <summary>Outputs in use.</summary>
    public int N { get; set; }

    /// <summary>Floats between rows of the gradient.</summary>
    public int GradientStride => Pad(N);

    public void Dispose()
    {
        _pointers.Dispose();
        _scratch.Dispose();
    }

    private static int Pad(int n) => (n + 7) & ~7;
}
