// Measures of distributions, ranks and segments against plain formulas, and against values that the
// documentation of scipy prints.

using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Evaluation;

public sealed class DivergenceTests
{
    /// <summary>What scipy promises to be equal to.</summary>
    private const double Tolerance = 1e-6;

    [Fact]
    public void Kl_OfManyEvents_IsScipysEntropy() =>
        // scipy.stats.entropy([1/2, 1/2], qk=[9/10, 1/10]); half an event of a billion is nothing.
        Assert.Equal(
            0.5108256237659907,
            Divergence.Of([900_000_000, 100_000_000], [500_000_000, 500_000_000]).Kl, Tolerance);

    [Fact]
    public void Js_IsTheSquareOfScipysDistance()
    {
        // scipy.spatial.distance.jensenshannon is the root: of ([1, 0, 0], [0, 1, 0]) it is the root of ln 2,
        // of ([1, 0], [.5, .5]) it is .46450140402245893.
        Assert.Equal(Math.Log(2), Divergence.Of([7, 0, 0], [0, 3, 0]).Js, Tolerance);
        Assert.Equal(
            0.46450140402245893 * 0.46450140402245893, Divergence.Of([4, 0], [5, 5]).Js, Tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Measures_EqualTheirFormulas(int seed)
    {
        var random = new Random(seed);
        int[] from = [.. Enumerable.Range(0, 50).Select(_ => random.Next(3) == 0 ? 0 : random.Next(100))];
        int[] to = [.. from.Select(c => Math.Max(0, c + random.Next(-20, 20)))];
        int items = from.Zip(to).Count(c => c.First + c.Second > 0);
        double Smoothed(int count, int[] of) => (count + .5) / (of.Sum() + (.5 * items));
        double kl = 0, psi = 0, js = 0;
        foreach ((int q, int p) in from.Zip(to).Where(c => c.First + c.Second > 0))
        {
            (double b, double a) = (Smoothed(q, from), Smoothed(p, to));
            kl += a * Math.Log(a / b);
            psi += ((a - b) * Math.Log(a / b));
            (b, a) = ((double)q / from.Sum(), (double)p / to.Sum());
            if (a > 0) js += .5 * a * Math.Log(2 * a / (a + b));
            if (b > 0) js += .5 * b * Math.Log(2 * b / (a + b));
        }
        (double foundKl, double foundJs, double foundPsi) = Divergence.Of(from, to);
        Assert.Equal(kl, foundKl, 1e-12);
        Assert.Equal(js, foundJs, 1e-12);
        Assert.Equal(psi, foundPsi, 1e-12);
        Assert.True(kl >= 0 && psi >= 0 && js >= 0 && js <= Math.Log(2), $"seed {seed}");
        Assert.Equal(default, Divergence.Of(from, from));
        // JS and PSI have no direction.
        Assert.Equal(js, Divergence.Of(to, from).Js, 1e-12);
        Assert.Equal(psi, Divergence.Of(to, from).Psi, 1e-12);
    }

    [Fact]
    public void Psi_OfValues_IsNothingWhereNothingChanged_AndLargeWhereAllDid()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 97 / 10f)];
        Assert.Equal(0, Divergence.OfValues([.. values], values), 1e-12);
        Assert.True(Divergence.OfValues([.. values], [.. values.Select(v => v + 5)]) > .25);
        Assert.Equal(0, Divergence.OfValues([], values));
    }

    [Fact]
    public void Spearman_IsScipys()
    {
        // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]): two values share ranks 3 and 4.
        Assert.Equal(
            0.8207826816681233, RankCorrelation.Spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), Tolerance);
        Assert.Equal(1, RankCorrelation.Spearman([1, 5, 9], [-3, 0, 1e9]), Tolerance);
        Assert.Equal(-1, RankCorrelation.Spearman([1, 5, 9], [3, 2, 1]), Tolerance);
        Assert.Equal(0, RankCorrelation.Spearman([1, 5, 9], [2, 2, 2]));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1], [1, 2]));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Spearman_WithTies_IsPearsonOfMeanRanks(int seed)
    {
        var random = new Random(seed);
        double[] a = [.. Enumerable.Range(0, 80).Select(_ => (double)random.Next(10))];
        double[] b = [.. a.Select(x => x + random.Next(12))];
        static double[] Ranks(double[] of) =>
            [.. of.Select(x => of.Count(y => y < x) + ((of.Count(y => y == x) + 1) / 2.0))];
        (double[] x, double[] y) = (Ranks(a), Ranks(b));
        double covariance = x.Zip(y).Sum(v => (v.First - x.Average()) * (v.Second - y.Average()));
        double expected = covariance / Math.Sqrt(
            x.Sum(v => (v - x.Average()) * (v - x.Average()))
            * y.Sum(v => (v - y.Average()) * (v - y.Average())));
        Assert.Equal(expected, RankCorrelation.Spearman(a, b), 1e-12);
    }

    [Fact]
    public unsafe void Silhouette_IsRousseeuws()
    {
        var random = new Random(5);
        const int Rows = 24, Dims = 4;
        var data = new float[Rows * Dims];
        int[] segments = [.. Enumerable.Range(0, Rows).Select(i => i == 0 ? 3 : i % 3)];
        for (int i = 0; i < Rows; i++)
        {
            for (int d = 0; d < Dims; d++)
                data[(i * Dims) + d] = (d == segments[i] ? 1 : 0) + (float)random.NextDouble();
            VectorMath.Normalize(data.AsSpan(i * Dims, Dims));
        }
        double Distance(int i, int j) => 1 - Enumerable.Range(0, Dims).Sum(
            d => (double)data[(i * Dims) + d] * data[(j * Dims) + d]);
        double expected = Enumerable.Range(0, Rows).Average(i =>
        {
            int[] own = [.. Enumerable.Range(0, Rows).Where(j => j != i && segments[j] == segments[i])];
            if (own.Length == 0) return 0; // a segment of one
            double a = own.Average(j => Distance(i, j));
            double b = segments.Distinct().Where(s => s != segments[i]).Min(
                s => Enumerable.Range(0, Rows).Where(j => segments[j] == s).Average(j => Distance(i, j)));
            return (b - a) / Math.Max(a, b);
        });
        fixed (float* pointer = data)
        {
            var matrix = new RowMatrix(pointer, Rows, Dims, Dims);
            int[] rows = [.. Enumerable.Range(0, Rows)];
            Assert.Equal(expected, Silhouette.Mean(matrix, rows, segments, 4), Tolerance);
            Assert.Equal(0, Silhouette.Mean(matrix, rows, new int[Rows], 4));
        }
    }
}
