using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using FsCheck;
using FsCheck.Fluent;

namespace EmbedEngine.Tests.Interactions.Corpus;

/// <summary>What a user had done before a session, against a scan of all events.</summary>
public sealed class UserHistoriesTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Logs of few users with visits of one event and more, in any order.</summary>
    [Fact]
    public void Before_IsWhatASortOfAllEventsSays()
    {
        var events =
            from user in Gen.Choose(0, 3)
            from minute in Gen.Choose(0, 400)
            from item in Gen.Choose(1, 6)
            select (User: user, Minute: minute, Item: item);
        Prop.ForAll(events.ListOf().Where(log => log.Count > 1).ToArbitrary(), log => Check([.. log]))
            .QuickCheckThrowOnFailure();
    }

    private void Check((int User, int Minute, int Item)[] log)
    {
        // Distinct moments: the order of equal ones is the log's, which a sort does not know.
        log = [.. log.DistinctBy(e => (e.User, e.Minute))];
        if (log.Length < 2) return;
        string rows =
            string.Concat(log.Select(e => $"u{e.User},{e.Item},{1_700_000_000 + (e.Minute * 60)}\n"));
        string store = Path.Combine(_scratch.Root, Guid.NewGuid().ToString("N"));
        using (Engine engine = Engine.Open(store))
            engine.Import(EventSource.Csv(_scratch.Write("a.csv", "user,item,time\n" + rows)));
        string[] segments = Directory.GetFiles(Path.Combine(store, "events"), "*.eel");
        SessionCorpus corpus = SessionCorpus.Load(FileSystem.Real, segments, ProgressScope.None);
        UserHistories? histories = UserHistories.Of(corpus);
        var tail = new EventTail();
        Dictionary<long, (int User, int Item)[]> atMoment = log.GroupBy(e => Ms(e.Minute))
            .ToDictionary(g => g.Key, g => g.Select(e => (e.User, e.Item)).ToArray());
        for (int s = 0; s < corpus.SessionCount; s++)
        {
            histories!.Before(s, tail);
            long start = corpus.TimesMs[corpus.Offsets[s]];
            int user = UserAt(log, corpus, s);
            long[] expected = [.. log.Where(e => e.User == user && Ms(e.Minute) < start)
                .Select(e => Ms(e.Minute)).Order()];
            Assert.Equal(expected, tail.TimesMs.ToArray());
        }
    }

    private static long Ms(int minute) => (1_700_000_000L + (minute * 60L)) * 1000;

    private static int UserAt((int User, int Minute, int Item)[] log, SessionCorpus corpus, int session)
    {
        // The user of a session is the one who has events at all of its moments.
        long[] times = corpus.TimesMs[(int)corpus.Offsets[session]..(int)corpus.Offsets[session + 1]];
        int ordinal = corpus.Users[session];
        int[] order = [.. log.Select(e => e.User).Distinct()];
        return order[ordinal];
    }

    [Fact]
    public void Tail_KeepsTheLatest_AndMapsWhatIsKnown()
    {
        var tail = new EventTail(3);
        for (int i = 0; i < 3; i++) tail.AddBefore(2 - i, 0, i);
        Assert.True(tail.IsFull);
        Assert.Equal([0, 1, 2], tail.Items.ToArray());
        var rows = new EventTail(3);
        tail.MapTo([7, -1, 9], rows);
        Assert.Equal([7, 9], rows.Items.ToArray());
        tail.MapTo([7], rows);
        Assert.Equal([7], rows.Items.ToArray());
    }
}
