// Drift between versions: none between trainings of one log, and by its name where something was planted.

namespace EmbedEngine.Tests.Pipelines.Watch;

public sealed class DriftTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static TrainOptions Small(ulong seed = 1) =>
        StoreScratch.Tiny(seed, settings: [("ranker_trees", "8")]);

    private static string[] Names(DriftReport report) => [.. report.Alarms.Select(a => a.Measure)];

    [Fact]
    public void OtherSeeds_OfOneLog_AreNoDrift()
    {
        using Engine engine = _scratch.Open();
        WatchedShop.Import(engine, _scratch, "a.csv", WatchedShop.Sessions(6000));
        for (ulong seed = 1; seed <= 3; seed++) engine.Train(Small(seed));
        for (long version = 2; version <= 3; version++)
        {
            DriftReport report = engine.Drift(version - 1, version);
            Assert.Equal((0, 0, 0), (report.Kl, report.Js, report.Psi));
            Assert.Equal(new DriftBand(0, 0), report.Null.Js);
            Assert.True(!report.Drifted, string.Join("; ", report.Alarms.Select(a => a.Sentence)));
            Assert.Equal("covisitation", report.Spaces[0].Space);
            Assert.Equal(1, report.Spaces[0].Overlap); // counted, not learned
            Assert.InRange(report.VectorDrift!.Value, 0, 1);
            Assert.InRange(report.NeighborOverlap!.Value, 0.05, 1);
        }
        DriftReport usual = engine.Drift();
        Assert.Equal((2, 3), (usual.From, usual.To));
    }

    [Fact]
    public void ALogThatGrewByItsKind_IsNoDrift_AndOneOfOtherItems_Is()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(8000);
        int half = sessions.Count / 2;
        WatchedShop.Import(engine, _scratch, "a.csv", sessions.Take(half));
        engine.Train(Small());
        WatchedShop.Import(engine, _scratch, "b.csv", sessions.Skip(half));
        engine.Train(Small());
        DriftReport grew = engine.Drift();
        Assert.True(!grew.Drifted, string.Join("; ", grew.Alarms.Select(a => a.Sentence)));
        Assert.True(grew.Null.Js.Low > 0 && grew.Js > 0);

        // A third of the shelf is replaced.
        WatchedShop.Import(engine, _scratch, "c.csv", WatchedShop.Later(sessions, 40).Select(
            s => s.Select(e => e.Item % 3 == 0 ? e with { Item = e.Item + 10_000 } : e)));
        engine.Train(Small());
        DriftReport shifted = engine.Drift();
        Assert.True(shifted.Drifted);
        Assert.Empty(((string[])["kl", "js", "psi"]).Except(Names(shifted)));
        Assert.Contains("later events are on items that the earlier version has none of",
            shifted.Alarms[0].Sentence);
        Assert.InRange(shifted.NewShare, .1, .3);
        Assert.Equal(0, shifted.LostShare);
        Assert.NotEmpty(shifted.Moved);
        Assert.All(shifted.Moved, m => Assert.NotEqual(m.FromShare, m.ToShare));
    }

    [Fact]
    public void ShuffledSessions_ChangeNeighbours_NotPopularity()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(8000);
        WatchedShop.Import(engine, _scratch, "a.csv", sessions);
        engine.Train(Small());
        WatchedShop.Import(
            engine, _scratch, "b.csv", WatchedShop.Later(WatchedShop.Shuffled(sessions), 60));
        engine.Compact(TimeSpan.FromDays(40)); // what was before is gone
        engine.Train(Small());
        DriftReport report = engine.Drift();
        // Rewritten segments tell nobody which sessions a version had.
        Assert.Equal("multinomial", report.Null.Method);
        Assert.Contains("neighbors:covisitation", Names(report));
        Assert.DoesNotContain("js", Names(report));
        Assert.Contains("mixed up", report.Alarms[0].Sentence);
    }

    [Fact]
    public void FewItems_AndUnknownVersions_AreSaid()
    {
        using Engine engine = _scratch.Open();
        WatchedShop.Import(engine, _scratch, "a.csv", WatchedShop.Sessions(300, items: 12));
        Assert.Equal(
            ErrorCode.NoModel, Assert.Throws<EmbedEngineException>(() => engine.Drift()).Code);
        engine.Train(StoreScratch.Least());
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.Drift()).Code);
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.Drift(1, 9)).Code);
        DriftReport itself = engine.Drift(1, 1);
        Assert.False(itself.Drifted);
        Assert.Null(itself.NeighborOverlap);
    }
}
