// The operands of one skip-gram update and the scratch they live in. Owns its memory; never shared by
// workers.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Row lists, weights and scratch sized for the largest block of windows. Not thread-safe.</summary>
internal sealed unsafe class SkipGramBatch : IDisposable
{
    private readonly NativeBuffer<nint> _pointers;
    private readonly NativeBuffer<int> _ids;
    private readonly NativeBuffer<float> _scratch;

    public SkipGramBatch(int maxInputs, int maxOutputs, int dims)
    {
        int paddedOutputs = Pad(maxOutputs);
        Dims = dims;
        _pointers = new NativeBuffer<nint>(maxInputs + paddedOutputs);
        Inputs = (float**)_pointers.Pointer;
        Outputs = Inputs + maxInputs;
        _ids = new NativeBuffer<int>(maxInputs + paddedOutputs);
        InputIds = _ids.Pointer;
        OutputIds = InputIds + maxInputs;
        long cells = (long)(maxInputs + 1) * paddedOutputs, inputs = (long)maxInputs * dims;
        _scratch = new NativeBuffer<float>(2 * cells + inputs + (long)maxOutputs * dims);
        Weights = _scratch.Pointer;
        Gradient = Weights + cells;
        InputSums = Gradient + cells;
        OutputSums = InputSums + inputs;
    }

    /// <summary>Rows of the IN matrix: what stands around the block's centres.</summary>
    public float** Inputs { get; }

    /// <summary>Rows of the OUT matrix: the centres, then their negatives.</summary>
    public float** Outputs { get; }

    /// <summary>Ids of <see cref="Inputs"/>.</summary>
    public int* InputIds { get; }

    /// <summary>Ids of <see cref="Outputs"/>.</summary>
    public int* OutputIds { get; }

    /// <summary>Step size × times that a pair counts, inputs × stride; 0 where it is none.</summary>
    public float* Weights { get; }

    public float* Gradient { get; }

    /// <summary>What the update adds to each input.</summary>
    public float* InputSums { get; set; }

    /// <summary>What the update adds to each output.</summary>
    public float* OutputSums { get; set; }

    /// <summary>Floats a row, a multiple of 16.</summary>
    public int Dims { get; }

    /// <summary>Inputs in use.</summary>
    public int M { get; set; }

    /// <summary>Outputs in use.</summary>
    public int N { get; set; }

    /// <summary>The first so many outputs are centres: their label is 1.</summary>
    public int Centers { get; set; }

    /// <summary>Floats between rows of weights and gradient.</summary>
    public int Stride { get; set; }

    public void Dispose()
    {
        _pointers.Dispose();
        _ids.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Rounded up to what the widest vector takes.</summary>
    public static int Pad(int n) => (n + 15) & ~15;
}
