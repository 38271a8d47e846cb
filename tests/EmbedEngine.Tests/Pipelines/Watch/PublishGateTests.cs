// The gate before publish: lets in what is as good, keeps out what was trained on shuffled sessions, and says
// how it compared.

namespace EmbedEngine.Tests.Pipelines.Watch;

public sealed class PublishGateTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static TrainOptions Gated(ulong seed = 2, params (string Name, string Value)[] settings) =>
        StoreScratch.Tiny(seed, settings: settings) with { Gate = PublishGate.Active };

    [Fact]
    public void AGoodVersion_IsPublished_AsIs_OnLaterSessions_OrRebuilt()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(8000);
        int most = sessions.Count * 3 / 4;
        WatchedShop.Import(engine, _scratch, "a.csv", sessions.Take(most));
        ModelVersion first = engine.Train(Gated(1));
        Assert.True(first.IsActive); // there was none to compare with
        Assert.Null(first.Gate);

        // The same log: the active version has seen all of it.
        ModelVersion second = engine.Train(Gated());
        PublishGateReport gate = second.Gate!;
        Assert.True(gate.Passed, string.Join("; ", gate.Reasons));
        Assert.True(second.IsActive);
        Assert.Equal(("rebuilt", 1, "recall"), (gate.Method, gate.Against, gate.Metric));
        Assert.True(gate.Sessions > 50 && gate.Cases > gate.Sessions);
        Assert.InRange(gate.Difference.Value, gate.Difference.Low, gate.Difference.High);
        Assert.Equal(gate.New - gate.Active, gate.Difference.Value, 6);
        Assert.Equal(0, gate.LostShare);

        // A quarter more: all of what measures lies after what it has seen.
        WatchedShop.Import(engine, _scratch, "b.csv", sessions.Skip(most));
        ModelVersion third = engine.Train(Gated(3));
        Assert.True(third.IsActive, string.Join("; ", third.Gate!.Reasons));
        Assert.Equal(("as_is", 2), (third.Gate!.Method, third.Gate.Against));
        // What the manifest says is what was returned.
        Assert.Equal(
            third.Gate with { Reasons = [] },
            engine.Versions()[^1].Gate! with { Reasons = third.Gate.Reasons } with { Reasons = [] });
    }

    [Fact]
    public void AFewLaterSessions_MoveTheCut_BehindWhatTheActiveVersionHasSeen()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(12_000);
        int later = 120; // of about 2,000: behind the usual cut
        WatchedShop.Import(engine, _scratch, "a.csv", sessions.SkipLast(later));
        engine.Train(StoreScratch.Tiny());
        WatchedShop.Import(engine, _scratch, "b.csv", sessions.TakeLast(later));
        PublishGateReport gate = engine.Train(Gated()).Gate!;
        Assert.Equal("as_is", gate.Method);
        Assert.InRange(gate.Sessions, 100, later + 9); // some overlap
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AVersionOfShuffledSessions_IsKeptUnpublished(bool alone)
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(8000);
        WatchedShop.Import(engine, _scratch, "a.csv", sessions);
        engine.Train(StoreScratch.Tiny());
        WatchedShop.Import(
            engine, _scratch, "b.csv", WatchedShop.Later(WatchedShop.Shuffled(sessions), 60));
        if (alone) engine.Compact(TimeSpan.FromDays(40));
        ModelVersion version = engine.Train(Gated());
        Assert.False(version.IsActive);
        Assert.False(version.Gate!.Passed);
        Assert.Contains(version.Gate.Reasons, r => r.Contains("look shuffled", StringComparison.Ordinal));
        if (alone)
            Assert.Contains(version.Gate.Reasons, r => r.Contains("neighbours", StringComparison.Ordinal));
        Assert.Equal(1, engine.Model!.Version.Number);
        // Kept, and published by whoever knows better.
        engine.Publish(version.Number);
        Assert.Equal(version.Number, engine.Model!.Version.Number);
    }

    [Fact]
    public void AVersionOfASpoiltPast_IsBelow_OnTheSameLaterSessions()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(12_000);
        int part = sessions.Count / 3;
        WatchedShop.Import(engine, _scratch, "a.csv", sessions.Take(part));
        engine.Train(StoreScratch.Tiny());
        // What comes between is shuffled, what measures is not; the good past falls out of retention.
        WatchedShop.Import(engine, _scratch, "b.csv",
            WatchedShop.Shuffled(WatchedShop.Later([.. sessions.Skip(part).Take(part)], 40)));
        WatchedShop.Import(
            engine, _scratch, "c.csv", WatchedShop.Later([.. sessions.Skip(2 * part).Take(100)], 40));
        engine.Compact(TimeSpan.FromDays(30));
        long cut = sessions[2 * part][0].TimeMs + (40 * 86_400_000L);
        ModelVersion version = engine.Train(Gated() with { UntilMs = cut });
        Assert.False(version.IsActive);
        Assert.True(version.Gate!.Difference.High < 0 || version.Gate.Method == "rebuilt",
            $"{version.Gate}");
        Assert.NotEmpty(version.Gate.Reasons);
    }

    [Fact]
    public void NothingToMeasureOn_IsRefused_AndSaysSo()
    {
        using Engine engine = _scratch.Open();
        WatchedShop.Import(engine, _scratch, "a.csv", WatchedShop.Sessions(60, items: 12).Take(2));
        engine.Train(StoreScratch.Least());
        ModelVersion version = engine.Train(StoreScratch.Least() with { Gate = PublishGate.Active });
        Assert.False(version.IsActive);
        Assert.Equal("none", version.Gate!.Method);
        Assert.NotEmpty(version.Gate.Reasons);
    }

    [Fact]
    public void AnUnknownGate_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new TrainOptions { Gate = (PublishGate)7 }.Validate());
}
