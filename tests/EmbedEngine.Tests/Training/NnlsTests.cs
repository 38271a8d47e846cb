using EmbedEngine.Numerics;
using EmbedEngine.Training;
using FsCheck;
using FsCheck.Fluent;

namespace EmbedEngine.Tests.Training;

public sealed class NnlsTests
{
    private static float[] Project(Nnls nnls, float[] x)
    {
        using var workspace = new NnlsWorkspace(nnls);
        var w = new float[nnls.Rank];
        nnls.Project(x, w, workspace);
        return w;
    }

    /// <summary>
    /// The readable oracle: Lawson and Hanson 1974, chapter 23, on the normal equations, with Gaussian
    /// elimination. For rows of H that are far from dependent.
    /// </summary>
    private static double[] LawsonHanson(float[] h, int k, int d, float[] x)
    {
        var gram = new double[k, k];
        var target = new double[k];
        for (int c = 0; c < d; c++)
        {
            for (int i = 0; i < k; i++)
            {
                target[i] += (double)h[i * d + c] * x[c];
                for (int j = 0; j < k; j++) gram[i, j] += (double)h[i * d + c] * h[j * d + c];
            }
        }
        var w = new double[k];
        var passive = new SortedSet<int>();
        while (true)
        {
            double[] gradient = [.. Enumerable.Range(0, k).Select(
                i => target[i] - Enumerable.Range(0, k).Sum(j => gram[i, j] * w[j]))];
            int[] rest = [.. Enumerable.Range(0, k).Where(i => !passive.Contains(i) && gradient[i] > 1e-10)];
            if (rest.Length == 0) return w;
            passive.Add(rest.MaxBy(i => gradient[i]));
            while (true)
            {
                int[] set = [.. passive];
                double[] s = LeastSquares(gram, target, set);
                if (s.All(v => v > 0))
                {
                    Array.Clear(w);
                    for (int i = 0; i < set.Length; i++) w[set[i]] = s[i];
                    break;
                }
                double step = 1;
                for (int i = 0; i < set.Length; i++)
                    if (s[i] <= 0) step = Math.Min(step, w[set[i]] / (w[set[i]] - s[i]));
                for (int i = 0; i < set.Length; i++)
                {
                    w[set[i]] += step * (s[i] - w[set[i]]);
                    if (s[i] <= 0 && w[set[i]] <= 1e-14) passive.Remove(set[i]);
                }
            }
        }
    }

    private static double[] LeastSquares(double[,] gram, double[] target, int[] set)
    {
        int n = set.Length;
        var a = new double[n, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) a[i, j] = gram[set[i], set[j]];
            a[i, n] = target[set[i]];
        }
        for (int p = 0; p < n; p++)
        {
            for (int i = 0; i < n; i++)
            {
                if (i == p) continue;
                double factor = a[i, p] / a[p, p];
                for (int j = p; j <= n; j++) a[i, j] -= factor * a[p, j];
            }
        }
        return [.. Enumerable.Range(0, n).Select(i => a[i, n] / a[i, i])];
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 9)]
    [InlineData(16, 64)]
    [InlineData(37, 60)]
    public void Project_RandomRows_EqualTheOracle(int k, int d)
    {
        float[] h = NmfTests.RandomMatrix(k, d, k, 0.4);
        using var nnls = new Nnls(h, k, d);
        for (int row = 0; row < 60; row++)
        {
            float[] x =
                Array.ConvertAll(NmfTests.RandomMatrix(1, d, 100 + row), v => row % 3 == 0 ? v - 0.4f : v);
            double[] expected = LawsonHanson(h, k, d, x);
            float[] found = Project(nnls, x);
            for (int t = 0; t < k; t++) Assert.Equal(expected[t], found[t], 1e-5);
        }
    }

    private static (double Residual, double Violation) Judge(float[] h, int k, int d, float[] x, float[] w)
    {
        var left = new double[d];
        for (int c = 0; c < d; c++)
            left[c] = x[c] - Enumerable.Range(0, k).Sum(t => (double)w[t] * h[t * d + c]);
        double violation = 0;
        for (int t = 0; t < k; t++)
        {
            double gradient = Enumerable.Range(0, d).Sum(c => left[c] * h[t * d + c]);
            violation = Math.Max(violation, w[t] > 0 ? Math.Abs(gradient) : gradient);
        }
        return (left.Sum(v => v * v), violation);
    }

    [Fact]
    public void Project_AnyProblem_MeetsTheOptimalityConditions()
    {
        // Small whole numbers make dependent, equal and zero rows of H common: what a solver trips over.
        Gen<(int K, int D, int Seed, int Levels)> problems =
            from k in Gen.Choose(1, 20)
            from d in Gen.Choose(1, 25)
            from seed in Gen.Choose(0, 1_000_000)
            from levels in Gen.Choose(2, 5)
            select (k, d, seed, levels);
        Prop.ForAll(problems.ToArbitrary(), p =>
        {
            var random = new Random(p.Seed);
            float[] h = [.. Enumerable.Range(0, p.K * p.D).Select(_ => (float)random.Next(p.Levels))];
            float[] x = [.. Enumerable.Range(0, p.D).Select(_ => (float)(random.Next(20) - 5))];
            using var nnls = new Nnls(h, p.K, p.D);
            float[] w = Project(nnls, x);
            // Weights are rounded to float: a gradient of at most |h|² · |w| · 2^-24 each, here below 1e-2.
            return w.All(v => v >= 0 && float.IsFinite(v)) && Judge(h, p.K, p.D, x, w).Violation < 1e-2;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
    }

    [Fact]
    public void Project_CollinearRows_FitAsWellAsWithoutThem()
    {
        float[] h = NmfTests.RandomMatrix(4, 30, 3),
        doubled = [.. h, .. h.Select(v => 2 * v), .. new float[30]];
        using Nnls plain = new(h, 4, 30), collinear = new(doubled, 9, 30);
        for (int row = 0; row < 40; row++)
        {
            float[] x = NmfTests.RandomMatrix(1, 30, row);
            double expected = Judge(h, 4, 30, x, Project(plain, x)).Residual;
            float[] w = Project(collinear, x);
            Assert.Equal(expected, Judge(doubled, 9, 30, x, w).Residual, 1e-5);
            Assert.Equal(0, w[8]); // nothing depends on a zero row
        }
    }

    [Fact]
    public void Project_Batch_EqualsRowsAndSparseEqualsDense()
    {
        float[] x = NmfTests.RandomMatrix(1500, 40, 1, 0.2), h = NmfTests.RandomMatrix(7, 40, 2, 0.5);
        using var nnls = new Nnls(h, 7, 40);
        using var dense = new NmfDense(x, 1500, 40);
        using var sparse = new NmfSparse(NmfTests.Sparse(x, 1500, 40));
        float[] one = nnls.Project(dense, 1, ProgressScope.None);
        Assert.Equal(one, nnls.Project(dense, 3, ProgressScope.None));
        float[] other = nnls.Project(sparse, 2, ProgressScope.None);
        // sums in double in another order
        for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], other[i], 1e-6f);
        for (int row = 0; row < 1500; row += 97)
            Assert.Equal(one[(row * 7)..(row * 7 + 7)], Project(nnls, x[(row * 40)..(row * 40 + 40)]));
    }

    [Fact]
    public void Project_Warm_AllocatesNothing()
    {
        using var nnls = new Nnls(NmfTests.RandomMatrix(16, 64, 2, 0.5), 16, 64);
        using var workspace = new NnlsWorkspace(nnls);
        float[] x = NmfTests.RandomMatrix(1, 64, 4), w = new float[16];
        Allocation.AssertNone(() => nnls.Project(x, w, workspace));
    }

    [Fact]
    public void Project_BadInput_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Nnls([], 0, 3));
        Assert.Throws<ArgumentException>(() => new Nnls([1, 2, 3], 2, 2));
        NmfTests.Refuses<ArgumentException>("row 1, column 0", () => new Nnls([1, 2, float.NaN, 3], 2, 2));
        using var nnls = new Nnls([1, 2, 2, 1], 2, 2);
        Assert.Equal(new float[2], Project(nnls, [0, 0]));
        Assert.Equal(new float[2], Project(nnls, [-1, -5]));
        NmfTests.Refuses<ArgumentException>("NaN", () => Project(nnls, [1, float.NaN]));
        Assert.Throws<ArgumentException>(() => Project(nnls, [1]));
        using var workspace = new NnlsWorkspace(nnls);
        Assert.Throws<ArgumentException>(() => nnls.Project([0, 2], [1, 1], new float[2], workspace));
        Assert.Throws<ArgumentException>(() => nnls.Project([0, 1], [1], new float[2], workspace));
        Assert.Throws<ArgumentException>(() => nnls.Project([1, 1], new float[3], workspace));
    }
}
