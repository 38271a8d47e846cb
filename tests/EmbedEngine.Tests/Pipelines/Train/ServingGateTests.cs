namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class ServingGateTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Train_OnPureRepeats_ServesTheSessionsOwnItems()
    {
        // Every session looks at three items of its own again and again: nothing but the session tells what
        // is next.
        const int seed = 31;
        var random = new Random(seed);
        string lines = string.Concat(Enumerable.Range(0, 1500).Select(s =>
        {
            int[] own = [random.Next(3000), random.Next(3000), random.Next(3000)];
            return $"{{\"session_id\":{s},\"items\":[{string.Join(',', own.Concat(own).Concat(own))}]}}\n";
        }));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.SessionsJsonl(_scratch.Write("a.jsonl", lines)));
        EvaluationReport report = engine.Train(StoreScratch.Tiny()).Metrics!;
        Assert.True(report.Sources["self"].Recall.Value > report.Sources["hybrid_default"].Recall.Value);
        Assert.Equal("self", report.ServedSource);
        // As served: padded, so at least as good as the source alone.
        Assert.True(report.Sources["hybrid"].Recall.Value >= report.Sources["self"].Recall.Value);
        foreach ((string name, SourceMetrics metrics) in report.Sources)
            Assert.True(report.Sources["hybrid"].Recall.Value >= metrics.Recall.Value, name);
        // What was measured is what is served, also after the store was closed.
        using Engine again = _scratch.Open();
        Assert.Equal(CandidateSourceKind.Self, again.Model!.Served.Recommender.ServedSource);
        var own = new RecommendedItem[5];
        var served = new RecommendedItem[5];
        again.Recommend([new(1), new(2)], own, new RecommendOptions { Source = CandidateSourceKind.Self });
        again.Recommend([new(1), new(2)], served);
        Assert.Equal(own, served);
    }

    [Fact]
    public void Train_OnAnOrdinaryShop_HybridIsNotBelowAnyComponentBeyondChance()
    {
        _scratch.MakeTrained(6000, 120);
        using Engine engine = _scratch.Open();
        EvaluationReport report = engine.Evaluate();
        Measured hybrid = report.Sources["hybrid"].Recall;
        foreach (SourceMetrics metrics in report.Sources.Values)
            Assert.True(hybrid.High >= metrics.Recall.Value);
        // The ranker is measured as `hybrid` only.
        if (report.ServedSource != "ranker")
            Assert.True(
                report.Sources["hybrid"].Recall.Value >= report.Sources[report.ServedSource].Recall.Value);
    }
}
