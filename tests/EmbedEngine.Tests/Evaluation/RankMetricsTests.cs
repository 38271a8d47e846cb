using EmbedEngine.Evaluation;

namespace EmbedEngine.Tests.Evaluation;

public sealed class RankMetricsTests
{
    private static double[] Of(int trueCount, int k, params int[] trueRanks)
    {
        var isTrue = new bool[trueRanks.Length == 0 ? k : Math.Max(k, trueRanks.Max())];
        foreach (int rank in trueRanks) isTrue[rank - 1] = true;
        var sums = new double[RankMetrics.Count];
        RankMetrics.Add(isTrue, trueCount, k, sums);
        return sums;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    public void Add_OneTarget_IsOneOverRank(int rank)
    {
        double[] found = Of(1, 20, rank);
        Assert.Equal([1, 1 / Math.Log2(rank + 1), 1.0 / rank, 1.0 / rank, 1], found);
    }

    [Fact]
    public void Add_NoHitOrNoTarget_IsZero()
    {
        Assert.Equal(new double[5], Of(1, 20));
        Assert.Equal(new double[5], Of(3, 20));
        Assert.Equal(new double[5], Of(0, 20, 1));
    }

    [Fact]
    public void Add_SeveralTargets_ByHand()
    {
        // Three true items, found at ranks 1, 3 and not at all, of a list of five.
        double[] found = Of(3, 5, 1, 3);
        double ideal = 1 + 1 / Math.Log2(3) + 0.5;
        Assert.Equal(2.0 / 3, found[0], 1e-12);
        Assert.Equal((1 + 0.5) / ideal, found[1], 1e-12);
        Assert.Equal((1 + 2.0 / 3) / 3, found[2], 1e-12);
        Assert.Equal(1, found[3], 1e-12);
        Assert.Equal(1, found[4], 1e-12);
    }

    [Fact]
    public void Add_MoreTargetsThanPlaces_PerfectListIsOne() =>
        Assert.All(Of(7, 3, 1, 2, 3), value => Assert.Equal(1, value, 1e-12));

    [Fact]
    public void Add_Twice_Sums()
    {
        var sums = new double[RankMetrics.Count];
        RankMetrics.Add([true], 1, 1, sums);
        RankMetrics.Add([false, true], 1, 2, sums);
        Assert.Equal([2, 1 + 1 / Math.Log2(3), 1.5, 1.5, 2], sums);
    }
}
