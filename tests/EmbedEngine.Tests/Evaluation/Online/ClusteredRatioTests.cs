// The ratio of sums, its variance and the difference of two, by hand and against the definition.

using EmbedEngine.Evaluation.Online;

namespace EmbedEngine.Tests.Evaluation.Online;

public sealed class ClusteredRatioTests
{
    [Fact]
    public void Variance_IsThatOfTheResiduals()
    {
        var random = new Random(3);
        (int Outcomes, int Trials)[] users = new (int, int)[500];
        var ratio = new ClusteredRatio();
        for (int u = 0; u < users.Length; u++)
        {
            int trials = random.Next(1, 8);
            users[u] = (random.Next(trials + 1), trials);
            ratio.Add(users[u].Outcomes, users[u].Trials);
        }
        double r = users.Sum(u => (double)u.Outcomes) / users.Sum(u => (double)u.Trials);
        double mean = users.Average(u => (double)u.Trials);
        double residuals = users.Sum(u => Math.Pow(u.Outcomes - r * u.Trials, 2)) / (users.Length - 1);
        Assert.Equal(r, ratio.Value, 1e-12);
        Assert.Equal(residuals / (mean * mean) / users.Length, ratio.Variance, 1e-12);
        Measured measured = ratio.Measured();
        Assert.Equal(2 * 1.959963984540054 * Math.Sqrt(ratio.Variance), measured.High - measured.Low, 1e-9);
    }

    [Fact]
    public void Minus_ByHand()
    {
        // 100 of 200 users with one trial each, and 130 of 200: SE² = .25/199 + .2275/199.
        ClusteredRatio half = Of(100, 200), more = Of(130, 200);
        OnlineDifference d = more.Minus("b", half, "a", "clicked");
        double error = Math.Sqrt((0.25 + 0.2275) / 199);
        Assert.Equal(0.15, d.Difference.Value, 1e-12);
        Assert.Equal(0.15 - 1.959963984540054 * error, d.Difference.Low, 1e-12);
        Assert.Equal(0.3, d.Lift, 1e-12);
        Assert.Equal(0.0022, d.P, 0.0001);
        Assert.Equal((1.959963984540054 + 0.8416212335729143) * error, d.Detectable, 1e-12);
        Assert.True(d.Alarm);
        Assert.Null(d.NotJudged);
        OnlineDifference same = half.Minus("b", half, "a", "clicked");
        Assert.Equal((0, 1, false), (same.Difference.Value, same.P, same.Alarm));
    }

    [Theory]
    [InlineData(99, 99, 200, 100, "b has 99 users")]
    [InlineData(200, 100, 99, 50, "a has 99 users")]
    [InlineData(200, 19, 200, 100, "b has 19 users who clicked")]
    [InlineData(200, 100, 200, 0, "a has 0 users who clicked")]
    public void Minus_TooFew_IsNotJudged_AndSaysWhy(
        int users, int with, int others, int otherWith, string why)
    {
        OnlineDifference d = Of(with, users).Minus("b", Of(otherWith, others), "a", "clicked");
        Assert.StartsWith(why, d.NotJudged, StringComparison.Ordinal);
        Assert.Equal((1, false), (d.P, d.Alarm));
    }

    private static ClusteredRatio Of(int with, int users)
    {
        var ratio = new ClusteredRatio();
        for (int u = 0; u < users; u++) ratio.Add(u < with ? 1 : 0, 1);
        return ratio;
    }
}
