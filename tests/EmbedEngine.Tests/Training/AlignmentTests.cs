// Maps from content to behaviour against plain twins: normal equations by Gaussian elimination, the polar
// factor by Newton's iteration, and a rotation that was planted.

using EmbedEngine.Numerics;
using EmbedEngine.Tests.Indexing;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class AlignmentTests
{
    private static float[] Random(int rows, int dims, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * dims];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        return values;
    }

    private static AlignmentSums Sums(
        float[] content, int contentDims, float[] behavior, int dims, double[] weights, int parts = 1,
        int threads = 1)
    {
        int rows = weights.Length;
        using var c = TestMatrix.Of(content, rows, contentDims);
        using var b = TestMatrix.Of(behavior, rows, dims);
        return AlignmentSums.Without(
            AlignmentSums.Of(
                [.. Enumerable.Range(0, rows)], weights, c.Matrix, b.Matrix, parts, threads,
                ProgressScope.None), -1);
    }

    /// <summary>X of A X = B by elimination with pivots; A is n × n, B n × m.</summary>
    private static double[,] Solve(double[,] a, double[,] b)
    {
        int n = a.GetLength(0), m = b.GetLength(1);
        (a, b) = ((double[,])a.Clone(), (double[,])b.Clone());
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(a[i, k]));
            for (int j = 0; j < n; j++) (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]);
            for (int j = 0; j < m; j++) (b[k, j], b[pivot, j]) = (b[pivot, j], b[k, j]);
            for (int i = 0; i < n; i++)
            {
                if (i == k) continue;
                double factor = a[i, k] / a[k, k];
                for (int j = 0; j < n; j++) a[i, j] -= factor * a[k, j];
                for (int j = 0; j < m; j++) b[i, j] -= factor * b[k, j];
            }
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++) b[i, j] /= a[i, i];
        return b;
    }

    [Theory]
    [InlineData(1, 7, 5, 0.0)]
    [InlineData(2, 5, 9, 0.1)]
    [InlineData(3, 6, 6, 10.0)]
    public void Ridge_IsTheSolutionOfTheNormalEquations(int seed, int contentDims, int dims, double strength)
    {
        const int Rows = 60;
        float[] content = Random(Rows, contentDims, seed), behavior = Random(Rows, dims, seed + 100);
        var random = new Random(seed);
        double[] weights = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble())];
        var gram = new double[contentDims, contentDims];
        var cross = new double[contentDims, dims];
        for (int r = 0; r < Rows; r++)
        {
            for (int i = 0; i < contentDims; i++)
            {
                double c = weights[r] * content[(r * contentDims) + i];
                for (int j = 0; j < contentDims; j++) gram[i, j] += c * content[(r * contentDims) + j];
                for (int j = 0; j < dims; j++) cross[i, j] += c * behavior[(r * dims) + j];
            }
        }
        double trace = Enumerable.Range(0, contentDims).Sum(i => gram[i, i]);
        for (int i = 0; i < contentDims; i++) gram[i, i] += strength * trace / contentDims;
        double[,] expected = Solve(gram, cross);
        AlignmentSums sums = Sums(content, contentDims, behavior, dims, weights, parts: 3);
        float[] map = Alignment.Ridge(sums, SymmetricEigen.Solve(sums.Gram, contentDims), strength);
        for (int i = 0; i < contentDims; i++)
            for (int j = 0; j < dims; j++)
                Assert.Equal(expected[i, j], map[(i * dims) + j], 1e-4); // a float of size about 1
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Procrustes_IsThePolarFactor(int seed)
    {
        const int Rows = 80, Dims = 6;
        float[] content = Random(Rows, Dims, seed), behavior = Random(Rows, Dims, seed + 100);
        for (int i = 0; i < behavior.Length; i++) behavior[i] += content[i]; // else it is ill-conditioned
        AlignmentSums sums =
            Sums(content, Dims, behavior, Dims, [.. Enumerable.Repeat(1.0, Rows)]);
        // Higham 1986: X ← (X + X⁻ᵀ) / 2 from K ends in its polar factor, U Vᵀ.
        var x = new double[Dims, Dims];
        var one = new double[Dims, Dims];
        for (int i = 0; i < Dims; i++)
        {
            one[i, i] = 1;
            for (int j = 0; j < Dims; j++) x[i, j] = sums.Cross[(i * Dims) + j];
        }
        for (int step = 0; step < 60; step++)
        {
            double[,] inverse = Solve(x, one);
            var next = new double[Dims, Dims];
            for (int i = 0; i < Dims; i++)
                for (int j = 0; j < Dims; j++) next[i, j] = (x[i, j] + inverse[j, i]) / 2;
            x = next;
        }
        float[] map = Alignment.Procrustes(sums);
        for (int i = 0; i < Dims; i++)
            for (int j = 0; j < Dims; j++) Assert.Equal(x[i, j], map[(i * Dims) + j], 1e-5);
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(4, 7)] // content has fewer dimensions
    [InlineData(7, 4)] // or more: those behaviour has not are lost
    public void Procrustes_OfARotation_FindsIt(int contentDims, int dims)
    {
        const int Rows = 50;
        // A rotation of the larger space, of which content and behaviour have the first coordinates: columns
        // by Gram and Schmidt.
        int n = Math.Max(contentDims, dims);
        double[][] axes = [.. Random(n, n, 11).Chunk(n).Select(r => Array.ConvertAll(r, x => (double)x))];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
            {
                double along = axes[i].Zip(axes[k], (a, b) => a * b).Sum();
                for (int j = 0; j < n; j++) axes[i][j] -= along * axes[k][j];
            }
            double norm = Math.Sqrt(axes[i].Sum(a => a * a));
            for (int j = 0; j < n; j++) axes[i][j] /= norm;
        }
        // rows of `axes` are orthonormal: content × behaviour with orthonormal rows, or columns.
        double Planted(int a, int b) => contentDims <= dims ? axes[a][b] : axes[b][a];
        float[] content = Random(Rows, contentDims, 12);
        if (contentDims > dims)
        {
            // Only what behaviour can tell apart: the projection on the planted columns.
            for (int r = 0; r < Rows; r++)
            {
                var image = new double[dims];
                for (int b = 0; b < dims; b++)
                    for (int a = 0; a < contentDims; a++)
                        image[b] += content[(r * contentDims) + a] * Planted(a, b);
                for (int a = 0; a < contentDims; a++)
                    content[(r * contentDims) + a] =
                        (float)Enumerable.Range(0, dims).Sum(b => image[b] * Planted(a, b));
            }
        }
        var behavior = new float[Rows * dims];
        for (int r = 0; r < Rows; r++)
            for (int b = 0; b < dims; b++)
                behavior[(r * dims) + b] = (float)Enumerable.Range(0, contentDims)
                    .Sum(a => content[(r * contentDims) + a] * Planted(a, b));
        float[] map = Alignment.Procrustes(
            Sums(content, contentDims, behavior, dims, [.. Enumerable.Repeat(1.0, Rows)]));
        for (int a = 0; a < contentDims; a++)
            for (int b = 0; b < dims; b++) Assert.Equal(Planted(a, b), map[(a * dims) + b], 1e-4);
    }

    [Fact]
    public void Sums_AtAnyNumberOfThreads_AreTheSame()
    {
        const int Rows = 200, ContentDims = 9, Dims = 5;
        float[] content = Random(Rows, ContentDims, 1), behavior = Random(Rows, Dims, 2);
        double[] weights = [.. Enumerable.Range(0, Rows).Select(r => 1.0 / (1 + r))];
        AlignmentSums one = Sums(content, ContentDims, behavior, Dims, weights, parts: 5);
        foreach (int threads in (int[])[2, 3, 8])
        {
            AlignmentSums several =
                Sums(content, ContentDims, behavior, Dims, weights, parts: 5, threads);
            Assert.Equal(one.Gram, several.Gram);
            Assert.Equal(one.Cross, several.Cross);
        }
    }
}
