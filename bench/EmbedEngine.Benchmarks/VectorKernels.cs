using BenchmarkDotNet.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Benchmarks;

/// <summary>What searching reads: distances over 1,000 rows, and keeping the best ten.</summary>
public unsafe class VectorKernels : IDisposable
{
    private const int Rows = 1000;
    private NativeBuffer<float>? _rows;
    private float* _query;
    private readonly float[] _scores = new float[Rows];

    /// <summary>Floats a vector.</summary>
    [Params(64, 128, 784)]
    public int Dims { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rows = new NativeBuffer<float>((Rows + 1L) * Dims);
        Fill.Uniform(_rows);
        _query = _rows.Pointer + Rows * Dims;
        for (int r = 0; r < Rows; r++) _scores[r] = VectorMath.Dot(_query, _rows.Pointer + r * Dims, Dims);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public float Dot()
    {
        float sum = 0;
        for (int r = 0; r < Rows; r++) sum += VectorMath.Dot(_query, _rows!.Pointer + r * Dims, Dims);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public float SquaredL2()
    {
        float sum = 0;
        for (int r = 0; r < Rows; r++) sum += VectorMath.SquaredL2(_query, _rows!.Pointer + r * Dims, Dims);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int TopTen()
    {
        Span<int> rows = stackalloc int[10];
        Span<float> scores = stackalloc float[10];
        var top = new TopK(rows, scores);
        for (int r = 0; r < Rows; r++) top.Offer(_scores[r], r);
        return top.Finish();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rows?.Dispose();
        GC.SuppressFinalize(this);
    }
}
