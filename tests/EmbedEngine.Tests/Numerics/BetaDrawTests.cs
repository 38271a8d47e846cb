using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class BetaDrawTests
{
    private const int Draws = 40_000;

    private static double[] Draw(double a, double b, ulong seed)
    {
        var draws = new double[Draws];
        for (int i = 0; i < Draws; i++)
        {
            CounterStream random = new CounterRandom(seed, (ulong)i).Stream();
            draws[i] = BetaDraw.Next(a, b, ref random);
        }
        return draws;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(0.3, 4)]
    [InlineData(0.05, 0.05)]
    [InlineData(40, 900)]
    public void Next_AnyShapes_HasTheMomentsOfBeta(double a, double b)
    {
        double[] draws = Draw(a, b, seed: 7);
        double mean = a / (a + b), variance = a * b / ((a + b) * (a + b) * (a + b + 1));
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        // Four standard errors; that of the variance is taken from the draws' own fourth moments.
        Assert.Equal(mean, draws.Average(), 4 * Math.Sqrt(variance / Draws));
        double[] squares = Array.ConvertAll(draws, d => (d - mean) * (d - mean));
        double spread = Math.Sqrt(squares.Select(s => (s - variance) * (s - variance)).Average());
        Assert.Equal(variance, squares.Average(), 4 * spread / Math.Sqrt(Draws));
    }

    // The j-th smallest of n uniform numbers is Beta(j, n + 1 − j).
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 5)]
    [InlineData(2, 2)]
    public void Next_WholeShapes_IsTheOrderStatisticOfUniforms(int j, int n)
    {
        double[] draws = Draw(j, n + 1 - j, seed: 3);
        var uniforms = new double[Draws];
        CounterStream random = new CounterRandom(99).Stream();
        var sample = new double[n];
        for (int i = 0; i < Draws; i++)
        {
            for (int u = 0; u < n; u++) sample[u] = random.NextDouble();
            Array.Sort(sample);
            uniforms[i] = sample[j - 1];
        }
        Array.Sort(draws);
        Array.Sort(uniforms);
        double apart = 0;
        for (int i = 0, at = 0; i < Draws; i++)
        {
            while (at < Draws && uniforms[at] <= draws[i]) at++;
            apart = Math.Max(apart, Math.Abs(i - at) / (double)Draws);
        }
        // Two samples of one distribution differ by more once in a million (Kolmogorov and Smirnov).
        Assert.True(apart < 2.7 * Math.Sqrt(2.0 / Draws), $"distributions are {apart} apart");
    }

    [Fact]
    public void Next_SameStream_SameDraw() => Assert.Equal(Draw(0.7, 3, 5)[..50], Draw(0.7, 3, 5)[..50]);
}
