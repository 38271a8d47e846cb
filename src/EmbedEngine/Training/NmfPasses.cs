// The two half steps of an iteration, cut into parts that depend on the shape alone. A part sums in float
// over at most 512 rows, then in double (XᵀW of a sparse X: in float over a column's entries); parts are
// summed in their order: the same bytes at any number of threads. A dense X is read once an iteration: XHᵀ,
// the sweep over W and WᵀX happen while a chunk of its rows is in the first-level cache. Must never start
// threads: callers run a pass from as many as they like, and reduce from one.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Factors as blocks of 16 columns, and what passes over them leave behind.</summary>
internal sealed unsafe class NmfPasses : IDisposable
{
    private const int Width = BlockKernels.Width;
    internal const int ChunkRows = 64;
    private const int FloatRows = 512;
    private const int MaxParts = 64;
    private const long PartialBytes = 64 << 20;

    private readonly NmfMatrix _matrix;
    private readonly int _rowsOfPart;
    private readonly int _columnsOfPart;
    private readonly int _rowParts;
    private readonly int _columnParts;
    private readonly double[][] _rowGrams;
    private readonly double[][] _columnGrams;
    private readonly double[][] _partCross; // dense: XᵀW of each row part, blocks × Columns × 16
    private readonly double[] _rowViolation;
    private readonly double[] _columnViolation;
    private readonly double[] _columnCross;
    private int _nextRowPart;
    private int _nextColumnPart;

    /// <param name="matrix">X.</param>
    /// <param name="rank">Columns of both factors.</param>
    public NmfPasses(NmfMatrix matrix, int rank)
    {
        _matrix = matrix;
        (RowGram, ColumnGram) = (new NmfGram(rank), new NmfGram(rank));
        Blocks = RowGram.Size / Width;
        (W, H) = (NewBlocks(matrix.Rows), NewBlocks(matrix.Columns));
        bool dense = matrix is NmfDense;
        long crossBytes = (long)matrix.Columns * RowGram.Size * sizeof(double);
        int most = dense ? (int)Math.Clamp(PartialBytes / crossBytes, 2, MaxParts) : MaxParts;
        (_rowsOfPart, _rowParts) = Cut(matrix.Rows, FloatRows, most);
        (_columnsOfPart, _columnParts) = Cut(matrix.Columns, ChunkRows, MaxParts);
        _rowGrams = NewSums(_rowParts, RowGram.Size * RowGram.Size);
        _columnGrams = NewSums(_columnParts, RowGram.Size * RowGram.Size);
        _partCross = dense ? NewSums(_rowParts, matrix.Columns * RowGram.Size) : [];
        (_rowViolation, _columnViolation) = (new double[_rowParts], new double[_columnParts]);
        _columnCross = new double[_columnParts];
    }

    /// <summary>Blocks of 16 columns a factor has.</summary>
    public int Blocks { get; }

    /// <summary>W, rows × 16 each.</summary>
    public NativeBuffer<float>[] W { get; }

    /// <summary>Hᵀ, columns × 16 each.</summary>
    public NativeBuffer<float>[] H { get; }

    /// <summary>WᵀW, after <see cref="ReduceRows"/>.</summary>
    public NmfGram RowGram { get; }

    /// <summary>HHᵀ, after <see cref="ReduceColumns"/>.</summary>
    public NmfGram ColumnGram { get; }

    /// <summary>Parts of a pass over rows: more threads find no work.</summary>
    public int MostThreads => Math.Max(_rowParts, _columnParts);

    /// <summary>What the sweeps of the last two passes measured.</summary>
    public double Violation => Total(_rowViolation) + Total(_columnViolation);

    /// <summary>|X − WH|² with W of the last pass over rows and H as it was then; valid after <see
    /// cref="ReduceColumns"/>.
    /// </summary>
    public double SquaredError { get; private set; }

    /// <summary>Memory for one worker.</summary>
    public NmfScratch NewScratch() => new(Blocks, _matrix is NmfDense ? _matrix.Columns : 0);

    /// <summary>
    /// W ← the sweep towards X, or with 0 sweeps W ← X·Hᵀ. Called by each worker until parts run out.
    /// </summary>
    public void PassRows(int sweeps, NmfScratch scratch)
    {
        for (int part; (part = Interlocked.Increment(ref _nextRowPart) - 1) < _rowParts;)
        {
            Array.Clear(_rowGrams[part]);
            if (_matrix is NmfDense) Array.Clear(_partCross[part]);
            _rowViolation[part] = 0;
            int end = Math.Min(_matrix.Rows, (part + 1) * _rowsOfPart);
            for (int begin = part * _rowsOfPart; begin < end; begin += FloatRows)
                RowsInFloat(part, begin, Math.Min(end, begin + FloatRows), sweeps, scratch);
        }
    }

    /// <summary>Sums up what the parts left. One caller, when all passes have returned.</summary>
    public void ReduceRows()
    {
        _nextRowPart = 0;
        Reduce(_rowGrams, RowGram);
    }

    /// <summary>
    /// H ← the sweep towards Xᵀ, or with 0 sweeps Hᵀ ← XᵀW. Called by each worker until parts run out.
    /// </summary>
    public void PassColumns(int sweeps, NmfScratch scratch)
    {
        for (int part; (part = Interlocked.Increment(ref _nextColumnPart) - 1) < _columnParts;)
        {
            Array.Clear(_columnGrams[part]);
            (_columnViolation[part], _columnCross[part]) = (0, 0);
            int end = Math.Min(_matrix.Columns, (part + 1) * _columnsOfPart);
            for (int begin = part * _columnsOfPart; begin < end; begin += ChunkRows)
                Columns(part, begin, Math.Min(ChunkRows, end - begin), sweeps, scratch);
        }
    }

    /// <summary>As <see cref="ReduceRows"/>; needs its result.</summary>
    public void ReduceColumns()
    {
        _nextColumnPart = 0;
        double error = _matrix.SquaredNorm - 2 * Total(_columnCross);
        // HHᵀ as it was when W was swept; zero at the start, where nothing asks for the error.
        for (int i = 0; i < RowGram.Values.Length; i++) error += RowGram.Values[i] * ColumnGram.Values[i];
        SquaredError = Math.Max(0, error);
        Reduce(_columnGrams, ColumnGram);
    }

    public void Dispose()
    {
        foreach (NativeBuffer<float> block in W) block.Dispose();
        foreach (NativeBuffer<float> block in H) block.Dispose();
        RowGram.Dispose();
        ColumnGram.Dispose();
    }

    /// <summary>At most 512 rows: sums of products stay in float, then go to the part's.</summary>
    private void RowsInFloat(int part, int begin, int end, int sweeps, NmfScratch scratch)
    {
        scratch.Clear();
        for (int row = begin; row < end; row += ChunkRows)
        {
            int count = Math.Min(ChunkRows, end - row);
            for (int b = 0; b < Blocks; b++)
            {
                scratch.Factor[b] = W[b].Pointer + (long)row * Width;
                _matrix.MultiplyRows(H[b].Pointer, scratch.Product[b], row, count);
            }
            _rowViolation[part] += Update(scratch, count, ColumnGram, sweeps);
            scratch.AddGram(count);
            if (_matrix is not NmfDense dense) continue;
            for (int b = 0; b < Blocks; b++)
                dense.AddCross(
                    scratch.Factor[b], row, count, scratch.Cross.Pointer + (long)b * _matrix.Columns * Width);
        }
        scratch.FlushGram(_rowGrams[part]);
        if (_matrix is NmfDense) Add(scratch.Cross.Pointer, _partCross[part]);
    }

    private void Columns(int part, int begin, int count, int sweeps, NmfScratch scratch)
    {
        scratch.Clear();
        for (int b = 0; b < Blocks; b++)
        {
            scratch.Factor[b] = H[b].Pointer + (long)begin * Width;
            if (_matrix is NmfSparse sparse)
                sparse.MultiplyColumns(W[b].Pointer, scratch.Product[b], begin, count);
            else SumParts(b, begin, count, scratch.Product[b]);
            for (int i = 0; i < count * Width; i++)
                _columnCross[part] += (double)scratch.Product[b][i] * scratch.Factor[b][i];
        }
        _columnViolation[part] += Update(scratch, count, RowGram, sweeps);
        scratch.AddGram(count);
        scratch.FlushGram(_columnGrams[part]);
    }

    private double Update(NmfScratch scratch, int count, NmfGram gram, int sweeps)
    {
        if (sweeps > 0)
            return NmfSweep.Run(scratch.Factor, scratch.Product, count, gram, sweeps, scratch.Tiles.Pointer);
        for (int b = 0; b < Blocks; b++)
        {
            new Span<float>(scratch.Product[b], count * Width).CopyTo(
                new Span<float>(scratch.Factor[b], count * Width));
        }
        return 0;
    }

    private void SumParts(int block, int begin, int count, float* product)
    {
        int from = (block * _matrix.Columns + begin) * Width;
        for (int i = 0; i < count * Width; i++)
        {
            double sum = 0;
            foreach (double[] cross in _partCross) sum += cross[from + i];
            product[i] = (float)sum;
        }
    }

    private static void Add(float* from, double[] to)
    {
        for (int i = 0; i < to.Length; i++) to[i] += from[i];
    }

    private static void Reduce(double[][] parts, NmfGram gram)
    {
        Array.Clear(gram.Values);
        foreach (double[] part in parts)
            for (int i = 0; i < part.Length; i++) gram.Values[i] += part[i];
        gram.Set();
    }

    private static double Total(double[] parts)
    {
        double sum = 0;
        foreach (double x in parts) sum += x;
        return sum;
    }

    private static (int Length, int Parts) Cut(int total, int unit, int most)
    {
        int units = (total + unit - 1) / unit;
        int length = (units + most - 1) / most * unit;
        return (length, (total + length - 1) / length);
    }

    private NativeBuffer<float>[] NewBlocks(int rows)
    {
        var blocks = new NativeBuffer<float>[Blocks];
        for (int b = 0; b < Blocks; b++) blocks[b] = new NativeBuffer<float>((long)rows * Width);
        return blocks;
    }

    private static double[][] NewSums(int parts, int length)
    {
        var sums = new double[parts][];
        for (int p = 0; p < parts; p++) sums[p] = new double[length];
        return sums;
    }
}
