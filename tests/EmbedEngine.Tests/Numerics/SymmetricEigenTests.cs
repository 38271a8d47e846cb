using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class SymmetricEigenTests
{
    private static double[] Random(int n, int seed, int rank = int.MaxValue)
    {
        var random = new Random(seed);
        var a = new double[n * n];
        for (int k = 0; k < Math.Min(n, rank); k++)
        {
            double[] v = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
            double scale = random.NextDouble() * 20 - 10;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++) a[i * n + j] += scale * v[i] * v[j];
        }
        return a;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(7, 7)]
    [InlineData(50, 50)]
    [InlineData(50, 4)] // singular: an eigenvalue of 46 copies
    [InlineData(129, 129)]
    public void Solve_RandomMatrix_GivesOrthonormalPairs(int n, int rank)
    {
        double[] a = Random(n, n, rank);
        SymmetricEigen eigen = SymmetricEigen.Solve(a, n);
        double scale = a.Max(Math.Abs) * n;
        for (int k = 0; k < n; k++)
        {
            ReadOnlySpan<double> v = eigen.Vectors.AsSpan(k * n, n);
            for (int i = 0; i < n; i++)
            {
                double sum = 0;
                for (int j = 0; j < n; j++) sum += a[i * n + j] * v[j];
                // rounding of n products of that size
                Assert.Equal(eigen.Values[k] * v[i], sum, 1e-13 * scale);
            }
            for (int l = 0; l <= k; l++)
            {
                double dot = 0;
                for (int i = 0; i < n; i++) dot += v[i] * eigen.Vectors[l * n + i];
                Assert.Equal(l == k ? 1 : 0, dot, 1e-12);
            }
        }
    }

    [Fact]
    public void Solve_ByHand_GivesKnownValues()
    {
        // [[2, 1], [1, 2]] has 1 and 3; a diagonal has itself; zeros have zeros.
        Assert.Equal(
            [1.0, 3.0], SymmetricEigen.Solve([2, 1, 1, 2], 2).Values.Order().Select(v => Math.Round(v, 12)));
        Assert.Equal([-5.0, 0.0, 4.0], SymmetricEigen.Solve([4, 0, 0, 0, -5, 0, 0, 0, 0], 3).Values.Order());
        Assert.All(SymmetricEigen.Solve(new double[25], 5).Values, v => Assert.Equal(0, v));
        Assert.Empty(SymmetricEigen.Solve([], 0).Values);
    }

    [Fact]
    public void Solve_BadInput_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Solve([1, double.NaN, double.NaN, 1], 2));
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Solve([double.PositiveInfinity], 1));
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Solve([1, 2, 3], 2));
    }
}
