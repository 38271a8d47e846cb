// Two linear maps from vectors of content to vectors of behaviour, of weighted pairs (c, b):
// - ridge regression (Hoerl and Kennard 1970, equation 2.1): M = (Σ w c⊗c + λ I)⁻¹ Σ w c⊗b;
// - orthogonal Procrustes (Schönemann 1966): with Σ w c⊗b = U S Vᵀ, M = U Vᵀ, which turns and never
//   stretches.
// Differs from the papers: λ is a share of the mean of the Gram matrix's diagonal, so that it means the same
// for any number of items; there is no intercept, since vectors are compared by their direction; where the
// pairs span fewer directions than the spaces have, the rest is mapped to zero.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Maps of content × behaviour, row-major: the image of c is c · M. Deterministic.</summary>
internal static class Alignment
{
    /// <summary>Share of the largest eigenvalue below which a direction is rounding.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The map of least weighted squared error with a penalty.</summary>
    /// <param name="sums">Of the pairs.</param>
    /// <param name="gram">Eigenpairs of their Gram matrix.</param>
    /// <param name="strength">λ, not negative, as a share of the mean of the diagonal.</param>
    public static float[] Ridge(AlignmentSums sums, SymmetricEigen gram, double strength)
    {
        int n = sums.ContentDims;
        double trace = 0, largest = 0;
        foreach (double value in gram.Values)
        {
            trace += value;
            largest = Math.Max(largest, value);
        }
        double penalty = strength * trace / n;
        var map = new double[sums.Cross.Length];
        var turned = new double[sums.Dims];
        for (int v = 0; v < n; v++)
        {
            double value = Math.Max(0, gram.Values[v]) + penalty;
            if (value <= Rounding * largest) continue;
            ReadOnlySpan<double> vector = gram.Vectors.AsSpan(v * n, n);
            TransposedTimes(sums.Cross, vector, turned);
            AddOuter(map, vector, turned, 1 / value);
        }
        return Array.ConvertAll(map, x => (float)x);
    }

    /// <summary>The turn that brings content nearest to behaviour.</summary>
    /// <param name="sums">Of the pairs.</param>
    public static float[] Procrustes(AlignmentSums sums)
    {
        // K = U S Vᵀ by the eigenpairs of the smaller of K Kᵀ and Kᵀ K.
        (int rows, int columns) = (sums.ContentDims, sums.Dims);
        bool byRows = rows <= columns;
        int n = Math.Min(rows, columns);
        SymmetricEigen pairs = SymmetricEigen.Solve(Squared(sums.Cross, rows, columns, byRows), n);
        double largest = pairs.Values.Max();
        var map = new double[sums.Cross.Length];
        var other = new double[Math.Max(rows, columns)];
        for (int v = 0; v < n; v++)
        {
            if (pairs.Values[v] <= Rounding * largest || !(pairs.Values[v] > 0)) continue;
            ReadOnlySpan<double> vector = pairs.Vectors.AsSpan(v * n, n);
            double scale = 1 / Math.Sqrt(pairs.Values[v]);
            if (byRows)
            {
                TransposedTimes(sums.Cross, vector, other.AsSpan(0, columns));
                AddOuter(map, vector, other.AsSpan(0, columns), scale);
            }
            else
            {
                Times(sums.Cross, vector, other.AsSpan(0, rows));
                AddOuter(map, other.AsSpan(0, rows), vector, scale);
            }
        }
        return Array.ConvertAll(map, x => (float)x);
    }

    /// <summary>image = content · map, not scaled.</summary>
    public static void Apply(ReadOnlySpan<float> content, ReadOnlySpan<float> map, Span<float> image)
    {
        image.Clear();
        for (int a = 0; a < content.Length; a++)
            VectorMath.AddScaled(image, map.Slice(a * image.Length, image.Length), content[a]);
    }

    private static double[] Squared(double[] matrix, int rows, int columns, bool byRows)
    {
        int n = byRows ? rows : columns;
        var squared = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < (byRows ? columns : rows); k++)
                {
                    sum += byRows ? matrix[(i * columns) + k] * matrix[(j * columns) + k]
                        : matrix[(k * columns) + i] * matrix[(k * columns) + j];
                }
                squared[(i * n) + j] = squared[(j * n) + i] = sum;
            }
        }
        return squared;
    }

    /// <summary>product = Mᵀ · vector.</summary>
    private static void TransposedTimes(
        double[] matrix, ReadOnlySpan<double> vector, Span<double> product)
    {
        product.Clear();
        for (int i = 0; i < vector.Length; i++)
        {
            for (int j = 0; j < product.Length; j++)
                product[j] += vector[i] * matrix[(i * product.Length) + j];
        }
    }

    /// <summary>product = M · vector.</summary>
    private static void Times(double[] matrix, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (int i = 0; i < product.Length; i++)
        {
            double sum = 0;
            for (int j = 0; j < vector.Length; j++) sum += matrix[(i * vector.Length) + j] * vector[j];
            product[i] = sum;
        }
    }

    private static void AddOuter(
        double[] map, ReadOnlySpan<double> left, ReadOnlySpan<double> right, double factor)
    {
        for (int i = 0; i < left.Length; i++)
        {
            double scaled = left[i] * factor;
            for (int j = 0; j < right.Length; j++) map[(i * right.Length) + j] += scaled * right[j];
        }
    }
}
