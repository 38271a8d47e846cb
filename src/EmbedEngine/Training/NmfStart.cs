// Where NMF starts: NNDSVDa (Boutsidis and Gallopoulos 2008, section 2.2 and algorithm 1; zeros filled with
// the mean). Differs from the paper: the singular vectors come from subspace iteration (Halko, Martinsson and
// Tropp 2011, algorithm 4.4) with 16 columns more than wanted and a Rayleigh–Ritz step each round: a start
// needs no more digits. Directions below a thousandth of the largest singular value are left out; their
// components start as the mean alone.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Fills the factors of a run that begins.</summary>
internal static unsafe class NmfStart
{
    private const int Width = BlockKernels.Width;
    private const int Rounds = 3;
    private const int Oversampling = 16;
    private const double SmallestSquare = 1e-6;

    /// <summary>Writes W, H and HHᵀ of <paramref name="passes"/>.</summary>
    public static void Fill(
        NmfMatrix matrix, NmfPasses passes, NmfOptions options, int threads, ProgressScope progress)
    {
        int wide = Math.Min(options.Rank + Oversampling, Math.Min(matrix.Rows, matrix.Columns));
        using var space = new NmfPasses(matrix, wide);
        double[] squares = Space(matrix, space, options.Seed, threads, progress);
        float mean = (float)(matrix.Sum / matrix.Rows / matrix.Columns);
        for (int t = 0; t < options.Rank; t++)
        {
            Component(matrix, space, passes, t, squares[t] > 0, mean);
        }
        var algebra = new BlockAlgebra(matrix.Columns, threads);
        Gram(algebra, passes.H, passes.ColumnGram.Values);
        passes.ColumnGram.Set();
    }

    /// <summary>
    /// H of the space becomes right singular vectors, W the left ones times σ, both by falling σ; returns σ²
    /// (0 = left out).
    /// </summary>
    private static double[] Space(
        NmfMatrix matrix, NmfPasses space, ulong seed, int threads, ProgressScope progress)
    {
        var right = new BlockAlgebra(matrix.Columns, threads);
        CounterStream random = new CounterRandom(seed, 0x4E4D46).Stream();
        for (int c = 0; c < matrix.Columns; c++)
        {
            for (int j = 0; j < space.RowGram.Rank; j++)
                space.H[j / Width].Pointer[(long)c * Width + j % Width] = random.NextFloat() - 0.5f;
        }
        Whiten(right, space);
        for (int round = 0; ; round++)
        {
            progress.Poll();
            Team(threads, space, scratch => space.PassRows(0, scratch));
            space.ReduceRows();
            (double[] squares, double[] rotation) = Ritz(space.RowGram);
            if (round == Rounds)
            {
                right.Combine(space.H, rotation, space.RowGram.Size);
                new BlockAlgebra(matrix.Rows, threads).Combine(space.W, rotation, space.RowGram.Size);
                return squares;
            }
            Team(threads, space, scratch => space.PassColumns(0, scratch));
            space.ReduceColumns();
            // XᵀX·(basis) in the Ritz vectors, over σ²: the closer to the singular vectors, the closer to
            // orthonormal.
            for (int i = 0; i < rotation.Length; i++)
            {
                double square = squares[i % squares.Length];
                rotation[i] = square == 0 ? 0 : rotation[i] / square;
            }
            right.Combine(space.H, rotation, space.RowGram.Size);
            Whiten(right, space);
        }
    }

    private static void Team(int threads, NmfPasses space, Action<NmfScratch> pass) =>
        WorkerTeam.Run(Math.Min(threads, space.MostThreads), _ =>
        {
            using NmfScratch scratch = space.NewScratch();
            pass(scratch);
        });

    /// <summary>
    /// Eigenvalues by falling size and their vectors as columns; those too small to be told from noise are 0.
    /// </summary>
    private static (double[] Values, double[] Columns) Ritz(NmfGram gram)
    {
        int n = gram.Size;
        SymmetricEigen eigen = SymmetricEigen.Solve(gram.Values, n);
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => eigen.Values[i])];
        double[] values = new double[n], columns = new double[n * n];
        for (int j = 0; j < n; j++)
        {
            if (!(eigen.Values[order[j]] > SmallestSquare * eigen.Values[order[0]])) break;
            values[j] = eigen.Values[order[j]];
            for (int i = 0; i < n; i++) columns[i * n + j] = eigen.Vectors[order[j] * n + i];
        }
        return (values, columns);
    }

    /// <summary>
    /// H ← H·(HᵀH)^(−½): orthonormal, as close to the old columns as can be; what depends becomes 0.
    /// </summary>
    private static void Whiten(BlockAlgebra right, NmfPasses space)
    {
        int n = space.ColumnGram.Size;
        double[] gram = space.ColumnGram.Values;
        Gram(right, space.H, gram);
        SymmetricEigen eigen = SymmetricEigen.Solve(gram, n);
        double smallest = eigen.Values.Max() * 1e-9;
        var root = new double[n * n];
        for (int e = 0; e < n; e++)
        {
            if (!(eigen.Values[e] > smallest)) continue;
            double scale = 1 / Math.Sqrt(eigen.Values[e]);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    root[i * n + j] += scale * eigen.Vectors[e * n + i] * eigen.Vectors[e * n + j];
        }
        right.Combine(space.H, root, n);
    }

    private static void Gram(BlockAlgebra algebra, NativeBuffer<float>[] blocks, double[] gram)
    {
        int n = blocks.Length * Width;
        var cross = new double[n * Width];
        for (int b = 0; b < blocks.Length; b++)
        {
            algebra.CrossProduct(blocks, blocks[b], cross);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < Width; j++) gram[i * n + b * Width + j] = cross[i * Width + j];
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                gram[i * n + j] = gram[j * n + i] = (gram[i * n + j] + gram[j * n + i]) / 2;
    }

    /// <summary>
    /// The larger of the two non-negative parts of σ·u·vᵀ; what is 0 there becomes the mean of X.
    /// </summary>
    private static void Component(
        NmfMatrix matrix, NmfPasses space, NmfPasses passes, int t, bool known, float mean)
    {
        NativeBuffer<float> left = space.W[t / Width], right = space.H[t / Width]; // left is σ·u already
        (double uPlus, double uMinus) = known ? Norms(left, t, matrix.Rows) : default;
        (double vPlus, double vMinus) = known ? Norms(right, t, matrix.Columns) : default;
        bool plus = uPlus * vPlus >= uMinus * vMinus;
        (double u, double v) = plus ? (uPlus, vPlus) : (uMinus, vMinus);
        double scale = (plus ? 1 : -1) * Math.Sqrt(u * v);
        Part(left, u > 0 ? scale / u : 0, t, mean, passes.W, matrix.Rows);
        Part(right, v > 0 ? scale / v : 0, t, mean, passes.H, matrix.Columns);
    }

    private static (double Plus, double Minus) Norms(NativeBuffer<float> block, int t, int rows)
    {
        double plus = 0, minus = 0;
        for (long r = 0, at = t % Width; r < rows; r++, at += Width)
        {
            double x = block.Pointer[at];
            if (x > 0) plus += x * x;
            else minus += x * x;
        }
        return (Math.Sqrt(plus), Math.Sqrt(minus));
    }

    private static void Part(
        NativeBuffer<float> from, double scale, int t, float mean, NativeBuffer<float>[] to, int rows)
    {
        float* source = from.Pointer, target = to[t / Width].Pointer;
        for (long r = 0, at = t % Width; r < rows; r++, at += Width)
        {
            float value = (float)(scale * source[at]);
            target[at] = value > 0 ? value : mean;
        }
    }
}
