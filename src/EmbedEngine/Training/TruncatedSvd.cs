// The largest singular values of a sparse symmetric matrix. It is symmetric, so its eigen-decomposition
// is its SVD up to signs, at half the products of A and Aᵀ. The spectrum of PPMI is flat: Krylov methods win,
// randomised ones lose some per cent of Σσ². A matrix hardly larger than the search space is solved dense, in
// double.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Truncated SVD of a symmetric matrix; deterministic at any number of threads.</summary>
internal static class TruncatedSvd
{
    /// <summary>Finds the <see cref="SvdOptions.Rank"/> eigenpairs of largest magnitude.</summary>
    /// <param name="matrix">Symmetric; the caller's word is taken for it.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Polled between products; the stage is the caller's.</param>
    /// <exception cref="ArgumentException">The matrix is not square, or an option is out of
    /// range.</exception>
    public static SvdResult Solve(CsrMatrix matrix, SvdOptions options, ProgressScope progress)
    {
        options.Validate();
        if (matrix.Rows != matrix.Columns)
            throw new ArgumentException($"{matrix.Rows} x {matrix.Columns} is not square", nameof(matrix));
        if (matrix.Rows <= BlockLanczos.SmallestRows(options.Rank)) return Dense(matrix, options.Rank);
        using var solver = new BlockLanczos(matrix, options, progress);
        return options.Fast ? solver.SubspaceIteration() : solver.Solve();
    }

    /// <summary>
    /// |A − U S Uᵀ| / |A| in the Frobenius norm, from products with U; 0 for a zero matrix.
    /// </summary>
    public static double RelativeResidual(CsrMatrix matrix, SvdResult result)
    {
        double norm = matrix.SquaredNorm();
        if (norm == 0) return 0;
        int k = result.Rank;
        var image = new double[k];
        double cross = 0, squares = 0;
        for (int row = 0; row < matrix.Rows; row++)
        {
            Array.Clear(image);
            for (long e = matrix.Offsets[row]; e < matrix.Offsets[row + 1]; e++)
            {
                ReadOnlySpan<float> u = result.Vectors.AsSpan(matrix.Indices[e] * k, k);
                for (int j = 0; j < k; j++) image[j] += matrix.Values[e] * u[j];
            }
            for (int j = 0; j < k; j++) cross += result.Values[j] * image[j] * result.Vectors[row * k + j];
        }
        foreach (double value in result.Values) squares += value * value;
        return Math.Sqrt(Math.Max(0, norm - 2 * cross + squares) / norm);
    }

    private static SvdResult Dense(CsrMatrix matrix, int rank)
    {
        int n = matrix.Rows;
        var dense = new double[n * n];
        for (int row = 0; row < n; row++)
            for (long e = matrix.Offsets[row]; e < matrix.Offsets[row + 1]; e++)
                dense[row * n + matrix.Indices[e]] += matrix.Values[e];
        return Dense(dense, n, rank);
    }

    /// <summary>The eigenpairs of a small symmetric n × n matrix, row-major.</summary>
    internal static SvdResult Dense(double[] dense, int n, int rank)
    {
        SymmetricEigen eigen = SymmetricEigen.Solve(dense, n);
        int[] order = ByMagnitude(eigen.Values);
        var values = new double[rank];
        var vectors = new float[n * rank];
        double smallest = n == 0 ? 0 : Math.Abs(eigen.Values[order[0]]) * 1e-6; // entries are float32
        for (int j = 0; j < Math.Min(rank, n); j++)
        {
            if (Math.Abs(eigen.Values[order[j]]) <= smallest) break;
            values[j] = eigen.Values[order[j]];
            for (int row = 0; row < n; row++)
                vectors[row * rank + j] = (float)eigen.Vectors[order[j] * n + row];
        }
        FixSigns(vectors, n, rank);
        return new SvdResult(n, rank, vectors, values, 0);
    }

    /// <summary>Indices by falling magnitude, ties by index.</summary>
    internal static int[] ByMagnitude(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(order, (a, b) => Math.Abs(values[a]) != Math.Abs(values[b])
            ? Math.Abs(values[b]).CompareTo(Math.Abs(values[a])) : a.CompareTo(b));
        return order;
    }

    /// <summary>
    /// Turns each column so that its component of largest magnitude, the first of equals, is positive.
    /// </summary>
    internal static void FixSigns(float[] vectors, int rows, int columns)
    {
        var largest = new float[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int j = 0; j < columns; j++)
                if (Math.Abs(vectors[r * columns + j]) > Math.Abs(largest[j]))
                    largest[j] = vectors[r * columns + j];
        }
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < columns; j++)
                if (largest[j] < 0) vectors[r * columns + j] = -vectors[r * columns + j];
    }
}
