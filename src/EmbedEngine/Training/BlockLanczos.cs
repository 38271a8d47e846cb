// Thick-restart block Lanczos for the eigenvalues of largest magnitude of a sparse symmetric matrix (Wu and
// Simon 2000, SIAM J. Matrix Anal. 22(2), algorithm 1, in blocks of 16). Differs from the paper:
// - Blocks of 16 vectors: a product with the matrix reads one cache line of the block an entry, and the
//   matrix once.
// - Every new block is first made orthogonal to the two before it (after a restart: to all), then, already
//   orthonormal, once more to the whole basis. Both times by CholeskyQR. The second pass is what keeps
//   float32 good enough.
// - Ritz values come from the projected matrix as it was computed, in double; nothing is assumed to be zero
//   but what theory says is.
// - A block that falls into the space found so far goes on with random directions: rank-deficient matrices
//   end well.
// - The symmetric matrix may be A·Aᵀ of a rectangular one, which is multiplied by in two steps and never
//   made.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>One run on one matrix. Not thread-safe; its products run on threads of their own.</summary>
internal sealed class BlockLanczos : IDisposable
{
    private const int Width = BlockKernels.Width;
    private const int Cells = Width * Width;

    // Against the square of a column before projection: float products leave noise of about 1e-14 of it.
    private const double DependentShare = 1e-11;

    private readonly CsrMatrix _matrix;
    private readonly CsrMatrix? _transposed; // null: the matrix itself is symmetric
    private readonly NativeBuffer<float>? _between;
    private readonly SvdOptions _options;
    private readonly ProgressScope _progress;
    private readonly BlockAlgebra _algebra;
    private readonly NativeBuffer<float>[] _basis; // the last one is the block that a full basis leaves over
    private readonly double[] _projected; // Vᵀ A V, row-major, _size × _size
    private readonly double[] _next = new double[Cells]; // what ties the left-over block to the basis
    private readonly int _size;
    private readonly int _kept;
    private ulong _randomBlocks;
    private int _products;

    /// <param name="matrix">Symmetric, or A.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Polled between products.</param>
    /// <param name="transposed">Aᵀ, where eigenpairs of A·Aᵀ are looked for; else null.</param>
    public BlockLanczos(
        CsrMatrix matrix, SvdOptions options, ProgressScope progress, CsrMatrix? transposed = null)
    {
        (_matrix, _transposed, _options, _progress) = (matrix, transposed, options, progress);
        if (transposed is not null) _between = new NativeBuffer<float>((long)transposed.Rows * Width);
        _algebra =
            new BlockAlgebra(matrix.Rows, options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads);
        _kept = KeptSize(options.Rank);
        _size = BasisSize(options.Rank);
        _projected = new double[_size * _size];
        _basis = new NativeBuffer<float>[_size / Width + 1];
        for (int b = 0; b < _basis.Length; b++) _basis[b] = _algebra.NewBlock();
    }

    /// <summary>Matrices of at most this many rows are too small for the search space.</summary>
    public static int SmallestRows(int rank) => BasisSize(rank) + 4 * Width;

    /// <summary>Thick-restart Lanczos to the tolerance.</summary>
    public SvdResult Solve()
    {
        NewDirections();
        int filled = 0;
        for (int restart = 0; ; restart++)
        {
            int first = filled;
            for (; filled < _size / Width; filled++) Expand(filled, first);
            SymmetricEigen eigen = SymmetricEigen.Solve(_projected, _size);
            int[] order = TruncatedSvd.ByMagnitude(eigen.Values);
            if (restart + 1 == _options.MaxRestarts || Converged(eigen, order)) return Finish(eigen, order);
            Keep(eigen, order);
            filled = _kept / Width;
        }
    }

    /// <summary>
    /// Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4) with q = 2 and
    /// Rayleigh–Ritz.
    /// </summary>
    public SvdResult SubspaceIteration()
    {
        const int Products = 4; // q = 2 rounds of A·A; the projection below makes it five
        int blocks = RoundUp(_options.Rank + 10) / Width;
        for (int p = 0; p <= Products; p++)
        {
            for (int b = 0; b < blocks; b++)
            {
                if (p == 0)
                {
                    FillRandom(_basis[b], 0xFFFF);
                }
                else
                {
                    NativeBuffer<float> image = _basis[^1];
                    Multiply(_basis[b], image);
                    (_basis[b], _basis[^1]) = (image, _basis[b]);
                }
                Orthogonalize(_basis.AsSpan(0, b), _basis[b], _basis.AsSpan(0, b), null, null);
            }
        }
        int size = blocks * Width;
        var projected = new double[size * size];
        var cross = new double[blocks * Cells];
        for (int b = 0; b < blocks; b++)
        {
            Multiply(_basis[b], _basis[^1]);
            _algebra.CrossProduct(_basis.AsSpan(0, blocks), _basis[^1], cross);
            for (int i = 0; i < size; i++)
                for (int j = 0; j < Width; j++) projected[i * size + b * Width + j] = cross[i * Width + j];
        }
        Symmetrize(projected, size);
        SymmetricEigen eigen = SymmetricEigen.Solve(projected, size);
        return Finish(eigen, TruncatedSvd.ByMagnitude(eigen.Values));
    }

    public void Dispose()
    {
        _between?.Dispose();
        foreach (NativeBuffer<float>? block in _basis) block?.Dispose();
    }

    /// <summary>
    /// Vectors that survive a restart: the wanted ones and as many again as keep them converging.
    /// </summary>
    private static int KeptSize(int rank) => RoundUp(rank + Math.Max(Width, rank / 4));

    private static int BasisSize(int rank) => KeptSize(rank) + RoundUp(Math.Max(6 * Width, rank));

    private static int RoundUp(int n) => (n + Width - 1) / Width * Width;

    /// <summary>
    /// Step j: block j + 1 = what A · block j adds to the basis; the projected matrix gets its column.
    /// </summary>
    private void Expand(int j, int first)
    {
        NativeBuffer<float> w = _basis[j + 1];
        Multiply(_basis[j], w);
        int from = j == first ? 0 : j - 1;
        Span<NativeBuffer<float>> near = _basis.AsSpan(from, j + 1 - from);
        var c = new double[near.Length * Cells];
        var r = new double[Cells];
        Orthogonalize(near, w, _basis.AsSpan(0, j + 1), c, r);
        for (int b = j == first ? 0 : j; b <= j; b++) Put(b, j, c.AsSpan((b - from) * Cells, Cells));
        if (j + 1 < _size / Width) Put(j + 1, j, r);
        else r.CopyTo(_next, 0);
    }

    /// <summary>Writes a 16 × 16 tile and its mirror image.</summary>
    private void Put(int blockRow, int blockColumn, ReadOnlySpan<double> tile)
    {
        for (int i = 0; i < Width; i++)
        {
            for (int j = 0; j < Width; j++)
            {
                int row = blockRow * Width + i, column = blockColumn * Width + j;
                double value = blockRow == blockColumn ? (tile[i * Width + j] + tile[j * Width + i]) / 2
                    : tile[i * Width + j];
                _projected[row * _size + column] = _projected[column * _size + row] = value;
            }
        }
    }

    private void Multiply(NativeBuffer<float> x, NativeBuffer<float> y)
    {
        _progress.Poll();
        if (_transposed is null)
        {
            _algebra.Multiply(_matrix, x, y);
        }
        else
        {
            _algebra.Multiply(_transposed, x, _between!);
            _algebra.Multiply(_matrix, _between!, y);
        }
        _products++;
        _progress.Set(_products);
    }

    /// <summary>
    /// w = near · c + q · r with q orthonormal and orthogonal to all of the basis; w becomes q. Columns that
    /// depend on others go on as random directions.
    /// </summary>
    private void Orthogonalize(
        ReadOnlySpan<NativeBuffer<float>> near, NativeBuffer<float> w,
        ReadOnlySpan<NativeBuffer<float>> basis,
        double[]? c, double[]? r)
    {
        c ??= new double[near.Length * Cells];
        double[] gram = new double[Cells], first = new double[Cells], second = new double[Cells];
        double[] inverse = new double[Cells];
        var floor = new double[Width];
        _algebra.Project(near, w, null, c, gram);
        for (int j = 0; j < Width; j++)
        {
            floor[j] = gram[j * Width + j];
            for (int i = 0; i < c.Length / Width; i++) floor[j] += c[i * Width + j] * c[i * Width + j];
            floor[j] *= DependentShare;
        }
        int dependent = SmallCholesky.Factor(gram, floor, first, inverse);
        double[]? scale = inverse;
        if (dependent != 0)
        {
            _algebra.Scale(w, inverse);
            FillRandom(w, dependent);
            scale = null;
        }
        var again = new double[basis.Length * Cells];
        floor.AsSpan().Clear();
        _algebra.Project(basis, w, scale, again, gram);
        SmallCholesky.Factor(gram, floor, second, inverse);
        _algebra.Scale(w, inverse);
        if (r is not null) Product(second, first, r);
    }

    private static void Product(double[] a, double[] b, double[] product)
    {
        Array.Clear(product);
        for (int i = 0; i < Width; i++)
            for (int t = 0; t < Width; t++)
                for (int j = 0; j < Width; j++) product[i * Width + j] += a[i * Width + t] * b[t * Width + j];
    }

    private void NewDirections()
    {
        FillRandom(_basis[0], 0xFFFF);
        Orthogonalize([], _basis[0], [], null, null);
    }

    /// <summary>
    /// Uniform numbers into the columns of a mask; each call draws from a stream of its own.
    /// </summary>
    private void FillRandom(NativeBuffer<float> block, int columns)
    {
        CounterStream random = new CounterRandom(_options.Seed, 0x535644, _randomBlocks++).Stream();
        float scale = 2 / MathF.Sqrt(_algebra.Rows);
        for (int r = 0; r < _algebra.Rows; r++)
        {
            Span<float> row = block.Slice((long)r * Width, Width);
            for (int j = 0; j < Width; j++)
                if ((columns >> j & 1) != 0) row[j] = (random.NextFloat() - 0.5f) * scale;
        }
    }

    private bool Converged(SymmetricEigen eigen, int[] order)
    {
        double residuals = 0, values = 0;
        for (int k = 0; k < _options.Rank; k++)
        {
            ReadOnlySpan<double> last = eigen.Vectors.AsSpan(order[k] * _size + _size - Width, Width);
            for (int i = 0; i < Width; i++)
            {
                double sum = 0;
                for (int j = 0; j < Width; j++) sum += _next[i * Width + j] * last[j];
                residuals += sum * sum;
            }
            values += eigen.Values[order[k]] * eigen.Values[order[k]];
        }
        return residuals <= _options.Tolerance * _options.Tolerance * values;
    }

    /// <summary>The thick restart: the best Ritz vectors and the left-over block are the new basis.</summary>
    private void Keep(SymmetricEigen eigen, int[] order)
    {
        _algebra.Combine(_basis.AsSpan(0, _size / Width), Columns(eigen, order, _size, _kept), _kept);
        int left = _kept / Width;
        (_basis[left], _basis[^1]) = (_basis[^1], _basis[left]);
        Array.Clear(_projected);
        for (int k = 0; k < _kept; k++) _projected[k * _size + k] = eigen.Values[order[k]];
    }

    private static double[] Columns(SymmetricEigen eigen, int[] order, int size, int count)
    {
        var y = new double[size * count];
        for (int k = 0; k < Math.Min(count, order.Length); k++)
            for (int i = 0; i < size; i++) y[i * count + k] = eigen.Vectors[order[k] * size + i];
        return y;
    }

    private static void Symmetrize(double[] m, int n)
    {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) m[i * n + j] = m[j * n + i] = (m[i * n + j] + m[j * n + i]) / 2;
    }

    private SvdResult Finish(SymmetricEigen eigen, int[] order)
    {
        int size = eigen.Values.Length, rank = _options.Rank, columns = RoundUp(rank), n = _algebra.Rows;
        _algebra.Combine(_basis.AsSpan(0, size / Width), Columns(eigen, order, size, columns), columns);
        var values = new double[rank];
        var vectors = new float[checked(n * rank)];
        // Float products cannot tell a smaller value from none.
        double smallest = Math.Abs(eigen.Values[order[0]]) * 1e-5;
        for (int k = 0; k < rank; k++)
        {
            if (Math.Abs(eigen.Values[order[k]]) <= smallest) break;
            values[k] = eigen.Values[order[k]];
            Span<float> source = _basis[k / Width].Slice(0, checked(n * Width));
            for (int row = 0; row < n; row++) vectors[row * rank + k] = source[row * Width + k % Width];
        }
        TruncatedSvd.FixSigns(vectors, n, rank);
        return new SvdResult(n, rank, vectors, values, _products);
    }
}
