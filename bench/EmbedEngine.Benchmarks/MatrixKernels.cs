using BenchmarkDotNet.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Benchmarks;

/// <summary>
/// What factorisations are made of: products with blocks of 16 columns, a sweep of NMF, an NNLS row.
/// </summary>
public unsafe class MatrixKernels : IDisposable
{
    private const int Rows = 4096;
    private const int Columns = 64;
    private const int Rank = 16;
    private readonly CsrMatrix _sparse = Fill.Sparse(Rows);
    private readonly NativeBuffer<float> _dense = new(Rows * Columns);
    private readonly NativeBuffer<float> _block = new(Rows * Rank);
    private readonly NativeBuffer<float> _product = new(Rows * Rank);
    private readonly NativeBuffer<float> _small = new(Columns * Rank);
    private readonly NativeBuffer<float> _tiles = new(2 * Rank * NmfSweep.MaxTileRows);
    private readonly NmfGram _gram = new(Rank);
    private readonly float[] _weights = new float[Rank];
    private float[] _rows = [];
    private Nnls? _nnls;
    private NnlsWorkspace? _workspace;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        foreach (NativeBuffer<float> buffer in (NativeBuffer<float>[])[_dense, _block, _product, _small])
            Fill.Uniform(buffer);
        var random = new Random(1);
        float[] h =
            [.. Enumerable.Range(0, Rank * Columns).Select(_ => Math.Max(0, random.NextSingle() - 0.5f))];
        _rows = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextSingle())];
        (_nnls, _next) = (new Nnls(h, Rank, Columns), 0);
        _workspace = new NnlsWorkspace(_nnls);
        for (int i = 0; i < Rank; i++)
            for (int j = 0; j < Rank; j++)
                for (int c = 0; c < Columns; c++)
                    _gram.Values[i * Rank + j] += h[i * Columns + c] * h[j * Columns + c];
        _gram.Set();
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void SparseTimesBlockRow() =>
        BlockKernels.Multiply(_sparse, _block.Pointer, _product.Pointer, 0, Rows);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void DenseTimesBlockRow() =>
        BlockKernels.DenseMultiply(_dense.Pointer, Columns, Columns, _small.Pointer, _product.Pointer, Rows);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void BlockCrossProductRow() =>
        BlockKernels.CrossProduct(_block.Pointer, _product.Pointer, Rows, _small.Pointer);

    [Benchmark(OperationsPerInvoke = Rows)]
    public double NmfSweepRow()
    {
        nint* pointers = stackalloc nint[2];
        (pointers[0], pointers[1]) = ((nint)_block.Pointer, (nint)_product.Pointer);
        return NmfSweep.Run((float**)pointers, (float**)(pointers + 1), Rows, _gram, 1, _tiles.Pointer);
    }

    [Benchmark]
    public void NnlsRow()
    {
        _next = (_next + 1) % Rows;
        _nnls!.Project(_rows.AsSpan(_next * Columns, Columns), _weights, _workspace!);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (NativeBuffer<float> buffer in (NativeBuffer<float>[])[_dense, _block, _product, _small,
            _tiles]) buffer.Dispose();
        _gram.Dispose();
        _nnls?.Dispose();
        _workspace?.Dispose();
        GC.SuppressFinalize(this);
    }
}
