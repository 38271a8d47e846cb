using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class DelimitedTextTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Split_AnyRecord_CutsWhereTheScalarTwinCuts(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] record = new byte[random.Next(random.Next(10) == 0 ? 400 : 90)];
            int alphabet = random.Next(2, 40);
            for (int i = 0; i < record.Length; i++) record[i] = (byte)(',' + random.Next(alphabet));
            int room = random.Next(1, 30);
            var (starts, ends) = (new int[room], new int[room]);
            var (expectedStarts, expectedEnds) = (new int[room], new int[room]);
            int expected = DelimitedText.SplitScalar(record, (byte)',', expectedStarts, expectedEnds);
            string what = $"seed {seed}, round {round}, {record.Length} bytes";
            Assert.True(expected == DelimitedText.Split(record, (byte)',', starts, ends), what);
            Assert.True(expected == record.Count(b => b == ',') + 1, what);
            Assert.True(expectedStarts.SequenceEqual(starts) && expectedEnds.SequenceEqual(ends), what);
        }
    }
}
