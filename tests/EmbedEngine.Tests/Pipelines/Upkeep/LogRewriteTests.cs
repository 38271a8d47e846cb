// Compaction changes no event and no order; retention and forgetting remove what they name and nothing else.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Pipelines.Upkeep;

public sealed class LogRewriteTests : IDisposable
{
    private const string Marker = "zq-forget-me-8842";

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Corpus() => SimulatedStore.DumpCorpus(FileSystem.Real, _scratch.Store);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Compact_ManyHeaders_TheCorpusStaysTheSameToTheEvent(bool times, bool textKeys)
    {
        var random = new Random(5);
        using Engine engine = _scratch.Open();
        for (int file = 0; file < 12; file++)
        {
            var rows =
                new System.Text.StringBuilder(times ? "session,item,user,ts\n" : "session,item,user\n");
            for (int i = 0; i < 40; i++)
            {
                // Sessions go on in later files, and times are often equal.
                string session = textKeys ? $"s{random.Next(25)}" : $"{random.Next(25)}";
                rows.Append(
                    $"{session},{(textKeys ? "i" : "")}{random.Next(9)},"
                    + $"{(textKeys ? "u" : "")}{random.Next(4)}");
                rows.Append(times ? $",{1_700_000_000 + random.Next(30) * 600}\n" : "\n");
            }
            var options = new ImportOptions
            {
                MinSession = 1 + file % 3 % 2, MaxEventsPerSession = file % 4 == 3 ? 6 : 0,
                Session = file % 5 == 4 && times ? null : "session",
            };
            engine.Import(EventSource.Csv(_scratch.Write($"{file}.csv", rows.ToString())), options);
        }
        string before = Corpus();
        List<string> logged = LoggedEvents.Of(FileSystem.Real, _scratch.Store);
        CompactReport report = engine.Compact();
        Assert.Equal(before, Corpus());
        Assert.Equal(logged.Order(), LoggedEvents.Of(FileSystem.Real, _scratch.Store).Order());
        Assert.Equal((12L, 0L, 0L), (report.SegmentsBefore, report.RemovedEvents, report.RemovedSessions));
        Assert.InRange(report.SegmentsAfter, 2, 11);
        CompactReport again = engine.Compact();
        Assert.Equal(report.SegmentsAfter, again.SegmentsAfter);
        Assert.Equal(before, Corpus());
        Assert.Empty(engine.Verify(full: true).Faults);
    }

    [Fact]
    public void Compact_WithRetention_DropsWhatIsOlderAndCountsIt()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write(
            "a.csv", "session,item,ts\n1,1,1700000000\n1,2,1700000001\n2,1,1700086400\n2,3,1700086401\n")));
        engine.Import(EventSource.Csv(
            _scratch.Write("b.csv", "session,item,ts\n3,4,1700000500\n3,5,1700086399\n3,5,1700086402\n")));
        CompactReport report = engine.Compact(TimeSpan.FromDays(1));
        // Newest 1700086402: what is before 1700000002 goes.
        Assert.Equal((2L, 1L, 1L), (report.RemovedEvents, report.RemovedSessions, report.SegmentsAfter));
        Assert.Equal(5, engine.Info().Events);
        Assert.Equal(4, engine.Compact(TimeSpan.Zero).RemovedEvents);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Compact(TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void Forget_UserAndItem_ThenTrainAndCollect_NoByteOfTheKeysIsLeft()
    {
        var rows = new System.Text.StringBuilder("user,item,ts,title\n");
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
            rows.Append($"u{i % 7},i{random.Next(12)},{1_700_000_000 + i},t\n");
        for (int i = 0; i < 10; i++) rows.Append($"user-{Marker},i{i},{1_700_000_900 + i},t\n");
        for (int i = 0; i < 10; i++)
            rows.Append($"u{i % 3},item-{Marker},{1_700_001_900 + i},title-{Marker}\n");
        using (Engine engine = _scratch.Open())
        {
            engine.Import(EventSource.Csv(_scratch.Write("a.csv", rows.ToString())), new ImportOptions {
                Title = "title" });
            engine.Observe($"user-{Marker}", "i1", timeMs: 1_700_002_000_000);
            engine.Observe("u1", $"item-{Marker}", timeMs: 1_700_002_000_000);
            engine.Train(StoreScratch.Tiny());
            engine.Observe($"user-{Marker}", $"item-{Marker}", timeMs: 1_700_002_000_001);
        }
        Assert.NotEmpty(FilesWith(Marker));
        using (Engine engine = _scratch.Open())
        {
            ForgetReport user = engine.ForgetUser($"user-{Marker}");
            Assert.Equal((12L, 0L), (user.RemovedEvents, user.OpenLiveLogs));
            Assert.Equal(11, engine.ForgetItem($"item-{Marker}").RemovedEvents);
            Assert.Equal(ErrorCode.Unknown,
                Assert.Throws<EmbedEngineException>(() => engine.ForgetUser($"user-{Marker}")).Code);
            engine.Train(StoreScratch.Tiny());
            engine.Collect(0);
            Assert.Equal(300, engine.Info().Events);
        }
        Assert.Empty(FilesWith(Marker));
    }

    private IEnumerable<string> FilesWith(string text) =>
        Directory.GetFiles(_scratch.Store, "*", SearchOption.AllDirectories).Where(
        f => File.ReadAllBytes(f).AsSpan()
            .IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0).Select(
            f => Path.GetRelativePath(_scratch.Store, f));

    [Fact]
    public void Forget_TheLastKey_ItsOrdinalIsNotGivenAgain()
    {
        using Engine engine = _scratch.Open();
        engine.Import(
            EventSource.Csv(_scratch.Write("a.csv", "user,item,ts\n5,10,1\n5,11,2\n6,12,3\n6,13,4\n")));
        (long items, long users) = Last();
        engine.ForgetItem("13");
        engine.ForgetUser("6");
        engine.Import(EventSource.Csv(_scratch.Write("b.csv", "user,item,ts\n7,14,5\n7,10,6\n")));
        Assert.Equal((items + 1, users + 1), Last());
    }

    private (long, long) Last() => CatalogFile.Read(_scratch.Store, c => (
        (long)c.Scalar("SELECT max(ordinal) FROM item_key")!,
        (long)c.Scalar("SELECT max(ordinal) FROM user_key")!));
}
