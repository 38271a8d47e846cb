// The counter-based generator and the alias table: fixed values, uniformity, and what is refused.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public class RandomTests
{
    // Mean of χ² is the degrees of freedom f, its deviation √(2f); six deviations: about 1e-9 by chance.
    private static void AssertChiSquare(double[] expected, long[] found)
    {
        double chi = 0;
        int freedom = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] == 0)
            {
                Assert.Equal(0, found[i]);
                continue;
            }
            double d = found[i] - expected[i];
            chi += d * d / expected[i];
            freedom++;
        }
        Assert.True(
            chi < freedom + 6 * Math.Sqrt(2 * Math.Max(1, freedom)), $"chi-square {chi}, freedom {freedom}");
    }

    [Fact]
    public void At_SameName_SameNumberInAnyOrder()
    {
        var random = new CounterRandom(42, 1, 2, 3);
        CounterStream stream = random.Stream();
        for (ulong i = 0; i < 100; i++) Assert.Equal(random.At(i), stream.NextUInt64());
        Assert.Equal(new CounterRandom(42, 1, 2, 3).At(77), random.At(77));
    }

    [Fact]
    public void At_EveryPartOfTheName_ChangesIt()
    {
        var names = new HashSet<ulong>();
        for (ulong a = 0; a < 4; a++)
            for (ulong b = 0; b < 4; b++)
                for (ulong c = 0; c < 4; c++)
                    for (ulong d = 0; d < 4; d++)
                        for (ulong i = 0; i < 16; i++)
                            Assert.True(names.Add(new CounterRandom(a, b, c, d).At(i)));
    }

    [Fact]
    public void At_BitsOverCountersAndStreams_AreBalanced()
    {
        const int n = 40000;
        var ones = new int[64];
        for (int i = 0; i < n; i++)
        {
            ulong x = i % 2 == 0
                ? new CounterRandom(1).At((ulong)i) : new CounterRandom(1, (ulong)i).At(0);
            for (int bit = 0; bit < 64; bit++) ones[bit] += (int)(x >> bit) & 1;
        }
        // Deviation of a fair coin over n throws is √n/2 = 100; six of them.
        Assert.All(ones, count => Assert.InRange(count, n / 2 - 600, n / 2 + 600));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void NextInt_Bound_IsUniform(int bound)
    {
        CounterStream stream = new CounterRandom(5, (ulong)bound).Stream();
        var found = new long[bound];
        for (int i = 0; i < 100000; i++) found[stream.NextInt(bound)]++;
        AssertChiSquare(Enumerable.Repeat(100000.0 / bound, bound).ToArray(), found);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRandom(5).Stream().NextInt(0));
    }

    [Fact]
    public void NextFloat_StaysBelowOne()
    {
        CounterStream stream = new CounterRandom(9).Stream();
        double sum = 0;
        for (int i = 0; i < 100000; i++)
        {
            float x = stream.NextFloat();
            Assert.InRange(x, 0f, 0.99999997f);
            sum += x;
        }
        Assert.Equal(0.5, sum / 100000, 0.006); // deviation of the mean is .0009
    }

    [Fact]
    public void AliasTable_AnyWeights_DrawsInProportion()
    {
        CounterStream stream = new CounterRandom(3).Stream();
        for (int round = 0; round < 30; round++)
        {
            int n = 1 + stream.NextInt(60);
            var weights = new double[n];
            for (int i = 0; i < n; i++)
                weights[i] = stream.NextInt(4) == 0 ? 0 : Math.Pow(stream.NextDouble(), 3) + 0.01;
            weights[stream.NextInt(n)] = 2;
            var table = new AliasTable(weights);
            var found = new long[n];
            for (int i = 0; i < 100000; i++) found[table.Sample(stream.NextUInt64())]++;
            double sum = weights.Sum();
            AssertChiSquare(weights.Select(w => w / sum * 100000).ToArray(), found);
        }
    }

    [Fact]
    public void AliasTable_ExtremeBits_NeverDrawAZeroWeight()
    {
        var table = new AliasTable([0, 1e-300, 1e300, 0, 1.7e308]);
        foreach (ulong bits in new[] { 0UL, ulong.MaxValue, 0xFFFFFFFFUL, 0xFFFFFFFF00000000UL, 1UL << 63 })
            Assert.Contains(table.Sample(bits), new[] { 1, 2, 4 });
    }

    [Fact]
    public void AliasTable_BadWeights_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new AliasTable([]));
        Assert.Throws<ArgumentException>(() => new AliasTable([0, 0]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, -1]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, double.PositiveInfinity]));
    }
}
