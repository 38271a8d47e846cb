// Bounded selection against a full sort.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public class TopKTests
{
    [Fact]
    public void Offer_RandomStreams_EqualsFullSort()
    {
        CounterStream random = new CounterRandom(1).Stream();
        for (int round = 0; round < 500; round++)
        {
            int n = random.NextInt(200), k = random.NextInt(40);
            var all = new List<(float Score, int Row)>();
            var rows = new int[k];
            var scores = new float[k];
            var top = new TopK(rows, scores);
            for (int i = 0; i < n; i++)
            {
                int kind = random.NextInt(12);
                float score = kind == 0 ? float.NaN : kind == 1 ? float.NegativeInfinity : random.NextInt(30);
                int row = i * 7919 % 211;
                top.Offer(score, row);
                if (!float.IsNaN(score)) all.Add((score, row));
            }
            var expected = all.OrderByDescending(p => p.Score).ThenBy(p => p.Row).Take(k).ToArray();
            Assert.Equal(expected.Length, top.Finish());
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], (scores[i], rows[i]));
        }
    }

    [Fact]
    public void Threshold_FullAndNotFull_BoundsWhatEnters()
    {
        var top = new TopK(new int[2], new float[2]);
        Assert.Equal(float.NegativeInfinity, top.Threshold);
        top.Offer(1, 1);
        top.Offer(5, 5);
        Assert.Equal(1, top.Threshold);
        Assert.False(top.Offer(1, 2));
        Assert.True(top.Offer(1, 0));
        Assert.Equal(2, top.Finish());
        Assert.Equal(0, top.Count);
    }

    [Fact]
    public void Offer_NoRoomAtAll_TakesNothing()
    {
        var top = new TopK([], []);
        Assert.False(top.Offer(1, 1));
        Assert.Equal(0, top.Finish());
        Assert.Throws<ArgumentException>(() => new TopK(new int[1], new float[2]));
    }

    [Fact]
    public void Offer_And_Finish_DoNotAllocate()
    {
        var rows = new int[10];
        var scores = new float[10];
        Allocation.AssertNone(() => Fill(rows, scores));
    }

    private static void Fill(int[] rows, float[] scores)
    {
        var top = new TopK(rows, scores);
        for (int i = 0; i < 1000; i++) top.Offer(i * 37 % 101, i);
        top.Finish();
    }
}
