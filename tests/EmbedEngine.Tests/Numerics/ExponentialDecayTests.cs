using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class ExponentialDecayTests
{
    [Theory]
    [InlineData(0.05 / 3_600_000, 43_200_000)]
    [InlineData(0.01 / 86_400_000, 2_000L * 86_400_000)]
    [InlineData(50.0 / 3_600_000, 3_600_000_000_000_000)] // the table ends long before
    [InlineData(0.0, 1_000_000)]
    [InlineData(1.0 / 2048, 100_000)]
    [InlineData(0.3, 100_000)] // no step is short enough: no table
    public void At_AnyTime_IsTheExponential(double rate, long longest)
    {
        var decay = new ExponentialDecay(rate, longest);
        const int seed = 5;
        var random = new Random(seed);
        var times = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(longest + 1) >> random.Next(40))
            .Concat([0, 1, longest, longest + 1, 2 * longest]);
        foreach (long ms in times)
        {
            double expected = Math.Exp(-rate * ms);
            // Roundings of products and series, and of the exponents, which both sides round in ways of their
            // own.
            double tolerance = expected * (1.5e-15 + 2.3e-16 * rate * ms);
            Assert.True(Math.Abs(decay.At(ms) - expected) <= tolerance,
                $"seed {seed}, {ms} ms: {decay.At(ms)} for {expected}");
        }
    }

    [Theory]
    [InlineData(-1.0, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(1.0, -5)]
    public void Constructor_OutOfRange_Throws(double rate, long longest) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialDecay(rate, longest));
}
