// The right singular vectors of a sparse rectangular matrix, from eigenpairs of A·Aᵀ or Aᵀ·A, whichever is
// smaller (Golub and Van Loan, Matrix Computations, 4th ed., section 8.6: A = U S Vᵀ gives A·Aᵀ = U S² Uᵀ and
// V = Aᵀ U S⁻¹). Neither product is ever made, but where it is hardly larger than the search space. Squaring
// costs half the digits: directions whose value is below some thousandths of the largest are left out.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Truncated SVD of any matrix; deterministic at any number of threads.</summary>
internal static class RectangularSvd
{
    /// <summary>
    /// The directions of the largest singular values: columns × dims, by falling value, each of length 1;
    /// fewer than the rank asked for where the matrix has fewer.
    /// </summary>
    /// <param name="matrix">Rows × columns.</param>
    /// <param name="options">How; a rank of at most the smaller side.</param>
    /// <param name="progress">Polled between products; the stage is the caller's.</param>
    public static (int Dims, float[] Vectors) RightVectors(
        CsrMatrix matrix, SvdOptions options, ProgressScope progress)
    {
        options.Validate();
        int smaller = Math.Min(matrix.Rows, matrix.Columns), k = options.Rank;
        if (k > smaller)
            throw new ArgumentException($"rank {k} of {matrix.Rows} x {matrix.Columns}", nameof(options));
        bool byRows = matrix.Rows <= matrix.Columns;
        CsrMatrix turned = matrix.Transposed();
        (CsrMatrix left, CsrMatrix right) = byRows ? (matrix, turned) : (turned, matrix);
        SvdResult pairs = Squared(left, right, options, progress);
        // Eigenvalues of a Gram matrix; what rounding made negative is none.
        int dims = pairs.Values.TakeWhile(v => v > 0).Count();
        if (!byRows) return (dims, FirstColumns(pairs, dims));
        var vectors = new float[checked(matrix.Columns * dims)];
        for (int column = 0; column < matrix.Columns; column++)
        {
            Span<float> to = vectors.AsSpan(column * dims, dims);
            for (long e = turned.Offsets[column]; e < turned.Offsets[column + 1]; e++)
                VectorMath.AddScaled(
                    to, pairs.Vectors.AsSpan(turned.Indices[e] * k, dims), turned.Values[e]);
            for (int j = 0; j < dims; j++) to[j] /= (float)Math.Sqrt(pairs.Values[j]);
        }
        return (dims, vectors);
    }

    private static SvdResult Squared(
        CsrMatrix left, CsrMatrix right, SvdOptions options, ProgressScope progress)
    {
        int n = left.Rows;
        if (n > BlockLanczos.SmallestRows(options.Rank))
        {
            using var solver = new BlockLanczos(left, options, progress, right);
            return solver.Solve();
        }
        var gram = new double[n * n];
        for (int column = 0; column < right.Rows; column++)
        {
            for (long a = right.Offsets[column]; a < right.Offsets[column + 1]; a++)
            {
                double value = right.Values[a];
                int row = right.Indices[a] * n;
                for (long b = right.Offsets[column]; b < right.Offsets[column + 1]; b++)
                    gram[row + right.Indices[b]] += value * right.Values[b];
            }
        }
        return TruncatedSvd.Dense(gram, n, options.Rank);
    }

    private static float[] FirstColumns(SvdResult pairs, int dims)
    {
        var vectors = new float[pairs.Rows * dims];
        for (int row = 0; row < pairs.Rows; row++)
            pairs.Vectors.AsSpan(row * pairs.Rank, dims).CopyTo(vectors.AsSpan(row * dims));
        return vectors;
    }
}
