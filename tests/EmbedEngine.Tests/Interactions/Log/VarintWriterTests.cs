using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Tests.Interactions.Log;

public sealed class VarintWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SignedDifferences_AnyValues_WritesWhatOneByOneWrites(int seed)
    {
        var random = new Random(seed);
        var whole = new VarintWriter();
        var single = new VarintWriter();
        long last = 0;
        for (int round = 0; round < 500; round++)
        {
            long before = last;
            var values = new long[random.Next(40)];
            for (int i = 0; i < values.Length; i++)
            {
                // Every length of a varint, its edges, and differences that wrap.
                long edge = (1L << random.Next(63)) - random.Next(3);
                values[i] = last = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue)
                    : unchecked(last + (random.Next(2) == 0 ? edge : -edge));
            }
            whole.SignedDifferences(values, before);
            foreach (long value in values)
            {
                single.Signed(unchecked(value - before));
                before = value;
            }
            Assert.True(single.Written.SequenceEqual(whole.Written), $"seed {seed}, round {round}");
        }
        var reader = new VarintReader(whole.Written);
        while (!reader.Complete && !reader.Failed) reader.Signed();
        Assert.False(reader.Failed);
    }
}
