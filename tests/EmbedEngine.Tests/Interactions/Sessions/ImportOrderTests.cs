// What must not depend on chance: the order of rows, the size of the sort buffer, how events are spread over
// files.

using EmbedEngine.Tests.Interactions.Reading;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Tests.Interactions.Sessions;

public sealed class ImportOrderTests
{
    private static List<string> Rows(Random random, int count, bool textKeys, bool distinctTimes)
    {
        string[] actions = ["view", "cart", "order", "like"];
        var times = Enumerable.Range(0, count).Select(
            i => 1_000_000 + (distinctTimes ? i * 97 : random.Next(count * 20)));
        return [.. times.Select(t => textKeys
            ? $"s{random.Next(count / 5)},u{random.Next(20)},i{random.Next(50)},{actions[random.Next(4)]},{t}"
            : $"{random.Next(count / 5)},{random.Next(20)},{random.Next(50)},{actions[random.Next(4)]},{t}")];
    }

    private static string Dump(
        string header, IEnumerable<string> rows, int capacity, ImportOptions? options = null)
    {
        using var scratch = new ImportScratch();
        string path = scratch.Write("a.csv", header + "\n" + string.Join('\n', rows) + "\n");
        scratch.Import(path, options, capacity);
        Assert.True(!Directory.Exists(scratch.Temp)
            || Directory.GetFiles(scratch.Temp).Length == 0, "spilled runs stay");
        return scratch.Dump();
    }

    [Theory]
    [InlineData("session,x,item,action,ts", false)]
    [InlineData("session,x,item,action,ts", true)]
    [InlineData("x,user,item,action,ts", false)]
    [InlineData("x,user,item,action,ts", true)]
    public void Import_ShuffledRows_GivesTheSameCorpus(string header, bool textKeys)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            List<string> rows = Rows(random, 400, textKeys, distinctTimes: true);
            string[] shuffled = [.. rows];
            random.Shuffle(shuffled);
            Assert.Equal(Dump(header, rows, 1 << 20), Dump(header, shuffled, 1 << 20));
        }
    }

    [Theory]
    [InlineData("session,user,item,action,ts")]
    [InlineData("session,user,item,action,x")]
    [InlineData("x,user,item,action,ts")]
    public void Import_AnyBufferSize_GivesTheSameCorpus(string header)
    {
        List<string> rows = Rows(new Random(9), 1000, textKeys: true, distinctTimes: false);
        string whole = Dump(header, rows, 1 << 20);
        foreach (int capacity in (int[])[1, 2, 7, 100, 333, 999, 1000, 1001])
            Assert.Equal(whole, Dump(header, rows, capacity));
    }

    [Theory]
    [InlineData("session,user,item,action,ts")]
    [InlineData("x,user,item,action,ts")]
    public void Corpus_OfSeveralFiles_EqualsTheOneOfAll(string header)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            List<string> rows = Rows(new Random(seed), 600, textKeys: false, distinctTimes: true);
            string whole = Dump(header, rows, 1 << 20);
            using var scratch = new ImportScratch();
            // Consecutive thirds, then interleaved ones: pieces of a session meet in both ways.
            for (int part = 0; part < 3; part++)
            {
                IEnumerable<string> some =
                    seed % 2 == 0 ? rows.Skip(part * 200).Take(200) : rows.Where((_, i) => i % 3 == part);
                scratch.Import(scratch.Write($"{part}.csv", header + "\n" + string.Join('\n', some)));
            }
            Assert.Equal(Normalize(whole), Normalize(scratch.Dump()));
        }
    }

    // A merged session keeps the user of its first file, which is not the one of its earliest event.
    private static string Normalize(string dump) =>
        string.Join('\n', dump.Split('\n').Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..]));

    [Fact]
    public void Corpus_TextAndInt64Sessions_ShareKeysAsText()
    {
        using var scratch = new ImportScratch();
        scratch.Import(scratch.Write("a.csv", "session,item,ts\n1,1,5\n2,2,5\n2,3,6\n"));
        scratch.Import(scratch.Write("b.csv", "session,item,ts\nx,1,9\n1,2,7\nx,2,10\n"));
        Assert.Equal("2 u=-: 2/clicks@5000 3/clicks@6000\n1 u=-: 1/clicks@5000 2/clicks@7000\n"
            + "x u=-: 1/clicks@9000 2/clicks@10000\n", scratch.Dump());
        SessionCorpus corpus = scratch.Load();
        Assert.Equal(["2", "1", "x"], Enumerable.Range(0, 3).Select(corpus.SessionKey));
    }

    [Fact]
    public void Corpus_NoSegments_IsEmpty()
    {
        using var scratch = new ImportScratch();
        SessionCorpus corpus = scratch.Load();
        Assert.Equal((0, 0L, false), (corpus.SessionCount, corpus.EventCount, corpus.HasTimes));
    }

    [Fact]
    public void DropDuplicates_LongRunOfEqualTimes_AgreesWithASet()
    {
        var random = new Random(2);
        for (int round = 0; round < 200; round++)
        {
            LogEvent[] events = [.. Enumerable.Range(0, random.Next(1, 200))
                .Select(i => new LogEvent(i / random.Next(1, 60), random.Next(12), (byte)random.Next(3)))
                .OrderBy(e => e.TimeMs)];
            LogEvent[] expected = [.. events.Distinct()];
            int kept = SessionAssembler.DropDuplicates(events);
            Assert.Equal(expected, events[..kept]);
        }
    }
}
