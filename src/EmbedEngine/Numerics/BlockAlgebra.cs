// Linear algebra over lists of tall blocks (rows × 16 each), threaded. Float sums run over a chunk of rows,
// double sums over the chunks in order: results are the same at any number of threads. Must never hand out
// unsynchronised parts.

namespace EmbedEngine.Numerics;

/// <summary>
/// Operations on blocks of equal height. One caller at a time; its worker threads live for one call.
/// </summary>
internal sealed unsafe class BlockAlgebra
{
    private const int Width = BlockKernels.Width;
    private const int Cells = Width * Width;
    private const int ChunkRows = 256;   // a chunk of two blocks fits the first-level cache
    private const int ProductRows = 32;  // rows of a sparse matrix are of very unequal length

    private readonly int _threads;
    private readonly int _chunks;
    private float[] _partial = [];

    public BlockAlgebra(int rows, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (Rows, _threads) = (rows, threads);
        _chunks = (rows + ChunkRows - 1) / ChunkRows;
    }

    /// <summary>Height of every block.</summary>
    public int Rows { get; }

    /// <summary>A zero block.</summary>
    public NativeBuffer<float> NewBlock() => new((long)Rows * Width);

    /// <summary>y (matrix rows × 16) = matrix · x (matrix columns × 16), of any heights.</summary>
    public void Multiply(CsrMatrix matrix, NativeBuffer<float> x, NativeBuffer<float> y)
    {
        // In bounds: the matrix holds no index outside its shape, and the blocks are of that shape.
        if (x.Count != (long)matrix.Columns * Width || y.Count != (long)matrix.Rows * Width)
            throw new ArgumentException(
                $"{matrix.Rows} x {matrix.Columns} times a block of {x.Count / Width} rows into one of "
                + $"{y.Count / Width}", nameof(matrix));
        int parts = (matrix.Rows + ProductRows - 1) / ProductRows;
        For(parts, part => BlockKernels.Multiply(
            matrix, x.Pointer, y.Pointer, part * ProductRows,
            Math.Min(matrix.Rows, (part + 1) * ProductRows)));
    }

    /// <summary>
    /// w ← w · scale where one is given; c = basisᵀ · w (16·blocks × 16); w ← w − basis · c; gram = wᵀ · w
    /// (16 × 16).
    /// </summary>
    public void Project(
        ReadOnlySpan<NativeBuffer<float>> basis, NativeBuffer<float> w, double[]? scale, Span<double> c,
        Span<double> gram)
    {
        NativeBuffer<float>[] v = basis.ToArray();
        float[]? factor = scale is null ? null : Array.ConvertAll(scale, x => (float)x);
        Reserve(Math.Max(1, v.Length));
        if (factor is not null || v.Length > 0)
        {
            For(_chunks, chunk =>
            {
                if (factor is not null) ScaleRows(w, factor, chunk);
                CrossProducts(v, w, chunk);
            });
            Sum(c[..(v.Length * Cells)]);
        }
        NativeBuffer<float>[] own = [w];
        var minus = new float[v.Length * Cells];
        for (int i = 0; i < minus.Length; i++) minus[i] = -(float)c[i];
        For(_chunks, chunk =>
        {
            fixed (float* m = minus)
            {
                for (int b = 0; b < v.Length; b++)
                    BlockKernels.AddProduct(
                        Start(v[b], chunk), m + b * Cells, Start(w, chunk), CountOf(chunk));
            }
            CrossProducts(own, w, chunk);
        });
        Sum(gram);
    }

    /// <summary>c = basisᵀ · w (16·blocks × 16).</summary>
    public void CrossProduct(ReadOnlySpan<NativeBuffer<float>> basis, NativeBuffer<float> w, Span<double> c)
    {
        NativeBuffer<float>[] v = basis.ToArray();
        Reserve(v.Length);
        For(_chunks, chunk => CrossProducts(v, w, chunk));
        Sum(c[..(v.Length * Cells)]);
    }

    /// <summary>w ← w · scale (16 × 16).</summary>
    public void Scale(NativeBuffer<float> w, double[] scale)
    {
        float[] factor = Array.ConvertAll(scale, x => (float)x);
        For(_chunks, chunk => ScaleRows(w, factor, chunk));
    }

    /// <summary>
    /// The first blocks become basis · y, in place: y[i · columns + j] is what vector i of the basis gives to
    /// vector j; columns is a multiple of 16 and at most the width of the basis.
    /// </summary>
    public void Combine(ReadOnlySpan<NativeBuffer<float>> basis, double[] y, int columns)
    {
        NativeBuffer<float>[] v = basis.ToArray();
        int targets = columns / Width;
        var tiles = new float[v.Length * targets * Cells];
        for (int b = 0; b < v.Length; b++)
        {
            for (int t = 0; t < targets; t++)
            {
                for (int i = 0; i < Cells; i++)
                {
                    tiles[(b * targets + t) * Cells + i] =
                        (float)y[(long)(b * Width + i / Width) * columns + t * Width + i % Width];
                }
            }
        }
        For(_chunks, chunk =>
        {
            using var sums = new NativeBuffer<float>((long)targets * ChunkRows * Width);
            int n = CountOf(chunk);
            fixed (float* tile = tiles)
            {
                for (int b = 0; b < v.Length; b++)
                {
                    for (int t = 0; t < targets; t++)
                    {
                        BlockKernels.AddProduct(
                            Start(v[b], chunk), tile + (long)(b * targets + t) * Cells,
                            sums.Pointer + (long)t * ChunkRows * Width, n);
                    }
                }
            }
            for (int t = 0; t < targets; t++)
                sums.Slice((long)t * ChunkRows * Width, n * Width).CopyTo(
                    new Span<float>(Start(v[t], chunk), n * Width));
        });
    }

    private static float* Start(NativeBuffer<float> block, int chunk) =>
        block.Pointer + (long)chunk * ChunkRows * Width;

    private int CountOf(int chunk) => Math.Min(ChunkRows, Rows - chunk * ChunkRows);

    private void ScaleRows(NativeBuffer<float> block, float[] factor, int chunk)
    {
        float* w = Start(block, chunk);
        int n = CountOf(chunk);
        float* copy = stackalloc float[ChunkRows * Width];
        var target = new Span<float>(w, n * Width);
        target.CopyTo(new Span<float>(copy, n * Width));
        target.Clear();
        fixed (float* f = factor) BlockKernels.AddProduct(copy, f, w, n);
    }

    /// <summary>Leaves vᵀ · w of one chunk in the chunk's place of the partial sums.</summary>
    private void CrossProducts(NativeBuffer<float>[] v, NativeBuffer<float> w, int chunk)
    {
        if (v.Length == 0) return;
        long at = (long)chunk * v.Length * Cells;
        Array.Clear(_partial, (int)at, v.Length * Cells);
        fixed (float* partial = &_partial[at])
        {
            for (int b = 0; b < v.Length; b++)
                BlockKernels.CrossProduct(
                    Start(v[b], chunk), Start(w, chunk), CountOf(chunk), partial + b * Cells);
        }
    }

    private void Reserve(int blocks)
    {
        int length = checked(_chunks * Math.Max(1, blocks) * Cells);
        if (_partial.Length < length) _partial = new float[length];
    }

    private void Sum(Span<double> c)
    {
        c.Clear();
        for (int chunk = 0; chunk < _chunks; chunk++)
        {
            ReadOnlySpan<float> partial = _partial.AsSpan(chunk * c.Length, c.Length);
            for (int i = 0; i < c.Length; i++) c[i] += partial[i];
        }
    }

    private void For(int parts, Action<int> body)
    {
        if (_threads == 1 || parts == 1)
        {
            for (int p = 0; p < parts; p++) body(p);
            return;
        }
        WorkerTeam.For(_threads, parts, 1, (_, begin, end) =>
        {
            for (long p = begin; p < end; p++) body((int)p);
        });
    }
}
