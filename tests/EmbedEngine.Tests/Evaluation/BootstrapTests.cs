using EmbedEngine.Evaluation;

namespace EmbedEngine.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void Interval_OfAProportion_IsTheNormalOne()
    {
        // 1,000 clusters of one case, 300 hits: standard error √(.3 · .7 / 1000) = .0145.
        double[] table = [.. Enumerable.Range(0, 1000).Select(i => i % 10 < 3 ? 1.0 : 0)];
        double[] means = Bootstrap.Means(table, [.. Enumerable.Repeat(1, 1000)], 1, seed: 1);
        (double low, double high) = Bootstrap.Interval(means, 1, 0);
        // 500 resamples place a 2.5 % quantile within about ± .2 standard errors, one in a hundred times ±
        // .5.
        Assert.InRange(low, 0.3 - 2.5 * 0.0145, 0.3 - 1.5 * 0.0145);
        Assert.InRange(high, 0.3 + 1.5 * 0.0145, 0.3 + 2.5 * 0.0145);
    }

    [Fact]
    public void Interval_OfAPairedDifference_IsNarrowerThanOfEachAlone()
    {
        var random = new Random(5);
        var table = new double[2000];
        for (int i = 0; i < 1000; i++)
        {
            // Both hit the same hard and easy cases; the first hits one in twenty more.
            double easy = random.NextDouble() < 0.5 ? 1 : 0;
            table[2 * i] = easy == 0 && i % 10 == 0 ? 1 : easy;
            table[2 * i + 1] = easy;
        }
        double[] means = Bootstrap.Means(table, [.. Enumerable.Repeat(1, 1000)], 2, seed: 2);
        (double low, double high) = Bootstrap.Interval(means, 2, 0, minus: 1);
        (double aLow, double aHigh) = Bootstrap.Interval(means, 2, 0);
        Assert.True(low > 0 && high < 0.1, $"{low} … {high}");
        Assert.True(high - low < (aHigh - aLow) / 2);
    }

    [Fact]
    public void Interval_OfFewLargeClusters_IsWiderThanOfAsManySingleCases()
    {
        // 20 sessions of 50 equal cases say as much as 20 cases, not as 1,000.
        double[] clustered = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 50.0 : 0)];
        double[] single = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 1.0 : 0)];
        (double low, double high) = Bootstrap.Interval(
            Bootstrap.Means(clustered, [.. Enumerable.Repeat(50, 20)], 1, 3), 1, 0);
        (double singleLow, double singleHigh) = Bootstrap.Interval(
            Bootstrap.Means(single, [.. Enumerable.Repeat(1, 1000)], 1, 3), 1, 0);
        // √50 = 7 times as wide; half of that leaves room for the draws.
        Assert.True(high - low > 3.5 * (singleHigh - singleLow));
    }

    [Fact]
    public void Means_OfUnequalClusters_DivideByCasesNotByClusters()
    {
        // One cluster holds 9 hits of 9 cases, one a miss: every mean is a / (a + b) with weights 9 and 1.
        double[] means = Bootstrap.Means([9, 0], [9, 1], 1, 4);
        Assert.All(means, m => Assert.Contains(m, (double[])[0, 0.9, 1]));
        Assert.Contains(0.9, means);
    }

    [Fact]
    public void Means_SameSeed_AreTheSame_AndEmptyIsZero()
    {
        double[] table = [1, 0, 2, 5];
        Assert.Equal(Bootstrap.Means(table, [1, 2, 3, 4], 1, 7), Bootstrap.Means(table, [1, 2, 3, 4], 1, 7));
        Assert.NotEqual(
            Bootstrap.Means(table, [1, 2, 3, 4], 1, 7), Bootstrap.Means(table, [1, 2, 3, 4], 1, 8));
        Assert.All(Bootstrap.Means([], [], 2, 1), m => Assert.Equal(0, m));
        Assert.All(Bootstrap.Means([0, 0], [0, 0], 1, 1), m => Assert.Equal(0, m));
    }

    [Fact]
    public void Percentile_InterpolatesBetweenOrderStatistics()
    {
        Assert.Equal(0, Bootstrap.Percentile([], 0.5));
        Assert.Equal(4, Bootstrap.Percentile([4], 0.99));
        Assert.Equal(2.5, Bootstrap.Percentile([1, 2, 3, 4], 0.5));
        Assert.Equal(1, Bootstrap.Percentile([1, 2, 3, 4], 0));
        Assert.Equal(4, Bootstrap.Percentile([1, 2, 3, 4], 1));
    }
}
