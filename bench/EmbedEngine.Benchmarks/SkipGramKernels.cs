using BenchmarkDotNet.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Benchmarks;

/// <summary>
/// One update of skip-gram: four centres, what stands around them, and five negatives they share.
/// </summary>
public unsafe class SkipGramKernels : IDisposable
{
    private const int Inputs = 13;
    private const int Centers = 4;
    private const int Outputs = 9;
    private SkipGramBatch? _batch;
    private NativeBuffer<float>? _rows;

    /// <summary>Floats a vector.</summary>
    [Params(64, 128)]
    public int Dims { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rows = new NativeBuffer<float>((Inputs + Outputs) * Dims);
        Fill.Uniform(_rows);
        _batch = new SkipGramBatch(Inputs, Outputs, Dims)
        {
            M = Inputs, N = Outputs, Centers = Centers, Stride = SkipGramBatch.Pad(Outputs),
        };
        for (int i = 0; i < Inputs; i++) _batch.Inputs[i] = _rows.Pointer + i * Dims;
        for (int k = 0; k < Outputs; k++) _batch.Outputs[k] = _rows.Pointer + (Inputs + k) * Dims;
        for (int i = 0; i < Inputs; i++)
            for (int k = 0; k < Outputs; k++) _batch.Weights[i * _batch.Stride + k] = 0.01f;
    }

    [Benchmark]
    public void Update() => SkipGramKernel.Compute(_batch!);

    [Benchmark]
    public void UpdateReference() => SkipGramKernel.ReferenceCompute(_batch!);

    [GlobalCleanup]
    public void Dispose()
    {
        _batch?.Dispose();
        _rows?.Dispose();
        GC.SuppressFinalize(this);
    }
}
