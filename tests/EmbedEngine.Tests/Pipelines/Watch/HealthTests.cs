// Health: a sound shop passes every check; each planted fault is named by its check, with a remedy.

namespace EmbedEngine.Tests.Pipelines.Watch;

public sealed class HealthTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string[] Failed(HealthReport report) =>
        [.. report.Checks.Where(c => !c.Ok).Select(c => c.Name)];

    private static string Said(HealthReport report) => string.Join(
        '\n', report.Checks.Where(c => !c.Ok).Select(c => $"{c.Name}: {c.Measure}: {c.Value} {c.Threshold}"));

    private HealthReport Of(List<List<ShopEvent>> sessions, bool train = true)
    {
        using Engine engine = _scratch.Open();
        WatchedShop.Import(engine, _scratch, "a.csv", sessions);
        if (train) engine.Train(StoreScratch.Tiny());
        return engine.Health();
    }

    [Fact]
    public void ASoundShop_PassesEveryCheck()
    {
        HealthReport report = Of(WatchedShop.Sessions(8000));
        Assert.True(report.Ok, Said(report));
        Assert.Equal(1, report.Version);
        Assert.False(report.Retrain.Advised);
        Assert.Empty(report.Retrain.Reasons);
        string[] names = [.. report.Checks.Select(c => c.Name)];
        Assert.Equal(names.Distinct(), names);
        string[] expected =
        [
            "serving", "popularity", "user_key", "session_key", "session_users", "robots", "session_signal",
            "session_order", "vectors:item2vec", "index_recall:item2vec", "pairs:item2vec", "version_age",
            "live_backlog", "set_aside", "unfit_events", "disk",
        ];
        Assert.Empty(expected.Except(names));
        Assert.All(report.Checks, c => Assert.True(c.Measure.Length > 10 && c.Source.Length > 10));
        Assert.All(report.Checks, c => Assert.True(c.Remedy.Contains("embedengine", StringComparison.Ordinal)
            || c.Remedy.Contains("import", StringComparison.Ordinal)
            || c.Remedy.Contains("--", StringComparison.Ordinal), c.Remedy));
    }

    [Fact]
    public void AnItemOfTwoFifthsOfTheEvents_IsNamed()
    {
        int n = 0;
        HealthReport report = Of([.. WatchedShop.Sessions(4000).Select(
            s => s.Select(e => n++ % 5 < 2 ? e with { Item = 777 } : e).ToList())]);
        Assert.Contains("popularity", Failed(report));
        HealthCheck check = report.Checks.Single(c => c.Name == "popularity");
        Assert.Contains("777", check.Measure);
        Assert.Contains("embedengine forget", check.Remedy);
        Assert.InRange(check.Value, .38, .45);
    }

    [Fact]
    public void OneKeyForHalfTheVisitors_IsNamed()
    {
        HealthReport report = Of([.. WatchedShop.Sessions(4000).Select(
            (s, i) => i % 2 == 0 ? s.ConvertAll(e => e with { User = "guest" }) : s)]);
        Assert.Equal(["user_key"], Failed(report));
        Assert.Contains("guest", report.Checks.Single(c => c.Name == "user_key").Measure);
    }

    [Fact]
    public void OneSessionKeyForHalfTheVisitors_IsNamed()
    {
        HealthReport report = Of([.. WatchedShop.Sessions(4000).Select(
            (s, i) => i % 2 == 0 ? s.ConvertAll(e => e with { Session = "none" }) : s)]);
        Assert.Contains("session_key", Failed(report));
        Assert.Contains("none", report.Checks.Single(c => c.Name == "session_key").Measure);
    }

    [Fact]
    public void SessionsOfSeveralUsers_AreCounted_ByImport_AndByHealth()
    {
        List<List<ShopEvent>> leaky = [.. WatchedShop.Sessions(4000).Select((s, i) => i % 20 != 0 ? s
            : [.. s.Select((e, at) => at == s.Count - 1 ? e with { User = "another" } : e)])];
        using Engine engine = _scratch.Open();
        ImportReport imported = engine.Import(WatchedShop.Write(_scratch, "a.csv", leaky));
        Assert.Equal((leaky.Count + 19) / 20, imported.MixedSessions);
        Assert.Contains(imported.Warnings, w => w.Contains("several users", StringComparison.Ordinal));
        HealthReport report = engine.Health();
        HealthCheck check = report.Checks.Single(c => c.Name == "session_users");
        Assert.False(check.Ok);
        Assert.InRange(check.Value, .045, .055);
        Assert.Contains("--session", check.Remedy);
        // Over imports too: the segments show it.
        WatchedShop.Import(engine, _scratch, "b.csv",
            leaky.Take(40).Select(s => s.Take(1).Select(e => e with { User = "third", Item = 5 })));
        Assert.True(
            engine.Health().Checks.Single(c => c.Name == "session_users").Value > check.Value + .03);
    }

    [Fact]
    public void Robots_AreNamed()
    {
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(4000);
        long start = sessions[^1][0].TimeMs;
        sessions.Add([.. Enumerable.Range(0, 400).Select(
            i => new ShopEvent("crawler", "bot", i % 150, start + (i * 100)))]);
        HealthReport report = Of(sessions);
        Assert.Contains("robots", Failed(report));
        HealthCheck check = report.Checks.Single(c => c.Name == "robots");
        Assert.Contains("crawler", check.Measure);
        Assert.Contains("--max-events-per-minute", check.Remedy);
    }

    [Theory]
    [InlineData(true, "session_signal")]
    [InlineData(false, "session_order")]
    public void ShuffledSessions_AreNamed(bool acrossSessions, string check)
    {
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(8000);
        sessions = acrossSessions ? WatchedShop.Shuffled(sessions) : WatchedShop.Reordered(sessions);
        HealthReport report = Of(sessions, train: false);
        Assert.Contains(check, Failed(report));
        if (!acrossSessions) Assert.DoesNotContain("session_signal", Failed(report));
        Assert.Contains("serving", Failed(report)); // nothing was trained
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(6, true)]
    public void NewItems_AboveATwentieth_AreAReasonToTrain(int percent, bool advised)
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(6000);
        WatchedShop.Import(engine, _scratch, "a.csv", sessions);
        engine.Train(StoreScratch.Tiny());
        ShopEvent[] recent = [.. sessions.SelectMany(s => s).Take(500)];
        for (int i = 0; i < recent.Length; i++)
        {
            long item = i % 100 < percent ? 90_000 + i : recent[i].Item;
            engine.Observe($"live{i % 50}", $"{item}", "clicks", sessions[^1][0].TimeMs + (i * 1000));
        }
        HealthReport report = engine.Health();
        Assert.Equal(advised, report.Retrain.Advised);
        Assert.Equal(advised ? ["new_items"] : [], report.Retrain.Causes);
        Assert.Equal(percent / 100.0, report.Checks.Single(c => c.Name == "new_items").Value, 9);
        if (advised) Assert.Contains("train now", report.Retrain.Reasons[0]);
    }

    [Fact]
    public void WhatIsPopularNow_IsAReasonToTrain_WhereItHasChanged()
    {
        using Engine engine = _scratch.Open();
        List<List<ShopEvent>> sessions = WatchedShop.Sessions(9000);
        int half = sessions.Count / 2;
        WatchedShop.Import(engine, _scratch, "a.csv", sessions.Take(half));
        engine.Train(StoreScratch.Tiny());
        WatchedShop.Import(engine, _scratch, "b.csv", sessions.Skip(half).Take(half / 2));
        Assert.Empty(engine.Health().Retrain.Causes);
        // Known items, others of them in favour.
        WatchedShop.Import(engine, _scratch, "c.csv", sessions.Skip(half + (half / 2)).Select(
            s => s.Select(e => e with { Item = 149 - e.Item })));
        HealthReport report = engine.Health();
        Assert.Contains("drift", report.Retrain.Causes);
        Assert.Contains("drift", Failed(report));
    }
}
