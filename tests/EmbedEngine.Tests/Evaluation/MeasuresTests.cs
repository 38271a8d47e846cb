// Rest of session by action, slices and what lists are like beside accuracy: on stores and sources small
// enough to work out by hand, and with sources that know the answer, or nothing.

using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Tests.Evaluation;

public sealed class MeasuresTests : IDisposable
{
    private const int Click = 0, Cart = 1, Order = 2;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public MeasuresTests()
    {
        // Item i is in 10 · i sessions, with one of two categories: 1, 2 -> a; 3, 4 -> b.
        var text = new System.Text.StringBuilder("session,item,ts,category\n");
        int session = 0;
        for (int item = 1; item <= 4; item++)
        {
            for (int i = 0; i < 10 * item; i++, session++)
                text.Append(System.Globalization.CultureInfo.InvariantCulture,
                    $"{session},{item},{1_700_000_000 + session * 60},{(item <= 2 ? "a" : "b")}\n");
        }
        _engine = _scratch.Open();
        _engine.Import(EventSource.Auto(_scratch.Write("log.csv", text.ToString())), new ImportOptions {
            MinSession = 1 });
        _engine.Train(StoreScratch.Tiny());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Answers every session with the same rows.</summary>
    private sealed class Fixed(params int[] rows) : CandidateSource
    {
        public override CandidateSourceKind Kind => CandidateSourceKind.Covisitation;

        public override void Collect(
            in SessionContext session, int count, RequestScratch scratch, CandidateList list)
        {
            list.Reserve(count);
            foreach (int row in rows.Take(count)) list.Add(row, -list.Count);
        }
    }

    /// <summary>
    /// Answers with the item that follows the session's last one in a cycle of four: the leak.
    /// </summary>
    private sealed class Oracle(Func<int, int> next) : CandidateSource
    {
        public override CandidateSourceKind Kind => CandidateSourceKind.Covisitation;

        public override void Collect(
            in SessionContext session, int count, RequestScratch scratch, CandidateList list)
        {
            list.Reserve(count);
            if (count > 0) list.Add(next(session.Rows[^1]), 1);
        }
    }

    private int Row(long item) => _engine.Model!.TryGetRow(item, out int row) ? row : ~(int)item;

    private EvaluationSet Set(params (long Item, int Action)[][] sessions)
    {
        var offsets = new List<long> { 0 };
        foreach ((long, int)[] s in sessions) offsets.Add(offsets[^1] + s.Length);
        return new EvaluationSet
        {
            Offsets = [.. offsets],
            Rows = [.. sessions.SelectMany(s => s.Select(e => Row(e.Item)))],
            Actions = [.. sessions.SelectMany(s => s.Select(e => (byte)e.Action))],
            TimesMs = [.. sessions.SelectMany(s => s.Select(_ => TrainingSet.NoTime))],
        };
    }

    private SourceMetrics Run(CandidateSource source, EvaluationSet set, EvaluationProtocol protocol, int k =
        20, int threads = 1) =>
        Report(source, set, protocol, k, threads).Sources["covisitation"];

    private EvaluationReport Report(
        CandidateSource source, EvaluationSet set, EvaluationProtocol protocol, int k = 20, int threads = 1)
    {
        var recommender = new Recommender(_engine.Model!.Served.Data, CandidateSourceKind.HybridDefault);
        recommender.Register(source);
        return new Evaluator(recommender, set, new EvaluatorOptions(
            protocol, k, [CandidateSourceKind.Covisitation], threads, 1)).Run(ProgressScope.None);
    }

    [Fact]
    public void Rest_ByAction_IsOttosRatioOfSums()
    {
        // Two events each, so that the cut lies between them; then what is true is the second event alone.
        EvaluationSet set = Set(
            [(1, Click), (2, Click)], [(1, Click), (3, Click)], [(1, Click), (2, Cart)],
            [(1, Click), (4, Cart)],
            [(1, Click), (99, Cart)], [(1, Click), (2, Order)]);
        ActionRecall recall = Run(new Fixed(Row(2)), set, EvaluationProtocol.Rest).ByAction!;
        Assert.Equal(1 / 2.0, recall.Clicks!.Value.Value, 1e-12);
        // an item nobody knows stays in the denominator
        Assert.Equal(1 / 3.0, recall.Carts!.Value.Value, 1e-12);
        Assert.Equal(1, recall.Orders!.Value.Value, 1e-12);
        Assert.Equal(.1 / 2 + .3 / 3 + .6, recall.Weighted!.Value.Value, 1e-12);
        Assert.InRange(recall.Carts.Value.Low, 0, 1 / 3.0);
        Assert.InRange(recall.Carts.Value.High, 1 / 3.0, 1);
    }

    [Fact]
    public void Truth_OfARest_IsTheNextClickAndAllCartsAndOrders()
    {
        EvaluationSet set = Set([
            (1, Click), (2, Cart), (3, Click), (4, Click), (2, Cart), (1, Cart), (3, Order), (3, Order),
            (2, Order)]);
        var truth = new CaseTruth();
        VersionData data = _engine.Model!.Served.Data;
        truth.SetRest(set, data.ActionWeights, data.ActionKinds, 1, 9);
        Assert.Equal([Row(3)], truth.OfAction(0).ToArray());
        Assert.Equal([Row(2), Row(1)], truth.OfAction(1).ToArray());
        Assert.Equal([Row(3), Row(2)], truth.OfAction(2).ToArray());
        Assert.Equal([Row(2), Row(3), Row(4), Row(1)], truth.Targets.ToArray());
        truth.SetOne(Row(4));
        Assert.Empty(truth.OfAction(1).ToArray());
        Assert.Equal([Row(4)], truth.Targets.ToArray());
    }

    [Fact]
    public void Rest_DenominatorIsAtMostK_AndSumsOverSessions()
    {
        // Carts of 3 in one session, 1 in the other, k 2: one hit of min(2, 3) + min(2, 1) = 3.
        EvaluationSet set = Set(
            [(1, Cart), (2, Cart), (3, Cart), (4, Cart)], [(1, Click), (4, Cart)]);
        // A cut after the first event is what this needs; try seeds until both sessions have it.
        var recommender = new Recommender(_engine.Model!.Served.Data, CandidateSourceKind.HybridDefault);
        recommender.Register(new Fixed(Row(3), Row(1)));
        ulong seed = 0;
        while (new CounterRandom(seed, 0xC07, 0UL).At(0) % 3 != 0) seed++;
        // One action alone has nothing to compare, so add a session with a click to be found nowhere.
        EvaluationReport report = new Evaluator(recommender, Set(
            [(1, Cart), (2, Cart), (3, Cart), (4, Cart)], [(1, Click), (4, Cart)], [(1, Click), (2, Click)]),
            new EvaluatorOptions(EvaluationProtocol.Rest, 2, [CandidateSourceKind.Covisitation], 1, seed))
            .Run(ProgressScope.None);
        ActionRecall recall = report.Sources["covisitation"].ByAction!;
        Assert.Equal(1 / 3.0, recall.Carts!.Value.Value, 1e-12);
        Assert.Equal(0, recall.Clicks!.Value.Value);
        Assert.Null(recall.Orders);
        Assert.Null(recall.Weighted); // without orders there is no weighted figure
        Assert.Equal(2, set.SessionCount);
    }

    [Fact]
    public void ByAction_OfOneActionOrAnotherProtocol_IsNotReported()
    {
        EvaluationSet set = Set([(1, Click), (2, Click)], [(3, Click), (2, Click)]);
        Assert.Null(Run(new Fixed(Row(2)), set, EvaluationProtocol.Rest).ByAction);
        Assert.Null(Run(new Fixed(Row(2)), Set([(1, Click), (2, Cart)], [(1, Click), (2, Click)]),
            EvaluationProtocol.Last).ByAction);
    }

    [Fact]
    public void BeyondAccuracy_OfAKnownList_IsWorkedOutByHand()
    {
        // 100 events, item i in 10 i of them; every list is [4, 3, 1], the truth is item 2.
        SourceMetrics m =
            Run(new Fixed(Row(4), Row(3), Row(1)), Set([(3, Click), (2, Click)]), EvaluationProtocol.Last);
        double bits = -(Math.Log2(.4) + Math.Log2(.3) + Math.Log2(.1)) / 3;
        Assert.Equal(bits, m.Novelty!.Value, 1e-6);
        Assert.Equal(2 / 3.0, m.Diversity!.Value, 1e-6); // of three pairs one is of one category
        Assert.Equal((40 + 30 + 10) / 3.0 / 20, m.PopularityBias!.Value, 1e-9);
        Assert.Equal(3 / 4.0, m.Coverage, 1e-12);
    }

    [Fact]
    public void Slices_PutEachCaseWhereItBelongs()
    {
        EvaluationSet set = Set(
            // short, unseen, rank 1
            [(1, Click), (2, Click)],
            // long, repeat, rank 2
            [(1, Click), (3, Click), (1, Click), (3, Click), (1, Click), (2, Click), (3, Click)],
            // cold, unseen, never found
            [(1, Click), (1, Click), (1, Click), (77, Click)]);
        SourceSlices s = Run(new Fixed(Row(2), Row(3)), set, EvaluationProtocol.Last).Slices!;
        Assert.Equal(new SliceMetrics(1, 1, 1), s.ShortSessions);
        Assert.Equal(new SliceMetrics(1, 1, .5), s.LongSessions);
        Assert.Equal(new SliceMetrics(1, 0, 0), s.Cold);
        Assert.Equal(new SliceMetrics(1, 1, .5), s.Repeats);
        Assert.Equal(new SliceMetrics(2, .5, .5), s.Unseen);
    }

    [Fact]
    public void SourceThatKnowsTheAnswer_ScoresOne()
    {
        var random = new Random(3);
        long Next(long item) => item % 4 + 1;
        EvaluationSet set = Set([.. Enumerable.Range(0, 200).Select(_ =>
        {
            var session = new List<(long, int)> { (random.Next(1, 5), Click) };
            while (session.Count < 5) session.Add((Next(session[^1].Item1), Click));
            return session.ToArray();
        })]);
        Model model = _engine.Model!;
        int NextRow(int row) => Row(Next(model.ItemAt(row)));
        SourceMetrics m = Run(new Oracle(NextRow), set, EvaluationProtocol.Next);
        foreach (Measured metric in (Measured[])[m.Recall, m.Ndcg, m.Map, m.Mrr, m.HitRate])
            Assert.Equal(new Measured(1, 1, 1), metric);
        // One place off it knows nothing.
        Assert.Equal(0, Run(new Oracle(row => row), set, EvaluationProtocol.Next).Recall.Value);
    }

    [Fact]
    public void SourceThatReturnsNothing_CountsEveryCaseAsMissed()
    {
        EvaluationReport report =
            Report(new Fixed(), Set([(1, Click), (2, Cart), (3, Order)]), EvaluationProtocol.Rest);
        SourceMetrics m = report.Sources["covisitation"];
        Assert.Equal((1L, 0.0, 0.0), (report.Cases, m.Recall.Value, m.Coverage));
        Assert.Equal((null, null, null), (m.Novelty, m.Diversity, m.PopularityBias));
        Assert.Equal(report.Cases, m.Slices!.ShortSessions.Cases);
        Assert.Contains("\"novelty\":null", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void SessionsOfOneEvent_UnknownItemsAndNone_AreNoCases()
    {
        Assert.Equal(
            0, Report(new Fixed(0), Set([(1, Click)], [(88, Click)]), EvaluationProtocol.Next).Cases);
        EvaluationReport unknown =
            Report(new Fixed(0), Set([(88, Click), (89, Click)]), EvaluationProtocol.Next);
        Assert.Equal((1L, 0.0), (unknown.Cases, unknown.Sources["covisitation"].Recall.Value));
    }

    [Theory]
    [InlineData(EvaluationProtocol.Next)]
    [InlineData(EvaluationProtocol.Rest)]
    public void SessionOfTenThousandEvents_IsEvaluated(EvaluationProtocol protocol)
    {
        EvaluationSet set =
            Set([.. Enumerable.Repeat(0, 10_000).Select((_, i) => ((long)(i % 4 + 1), i % 3))]);
        EvaluationReport report = Report(new Fixed(Row(1), Row(2)), set, protocol);
        Assert.Equal(protocol == EvaluationProtocol.Next ? 9_999 : 1, report.Cases);
    }

    [Fact]
    public void AnyThreads_GiveTheSameMeasures()
    {
        var random = new Random(8);
        EvaluationSet set =
            Set([.. Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, random.Next(1, 9))
            .Select(_ => ((long)random.Next(1, 7), random.Next(3))).ToArray())]);
        SourceMetrics one = Run(new Fixed(2, 0, 1), set, EvaluationProtocol.Rest);
        Assert.NotNull(one.ByAction);
        Assert.Equal(one, Run(new Fixed(2, 0, 1), set, EvaluationProtocol.Rest, threads: 3));
    }

    [Fact]
    public void ReportJson_KeepsTheNewMeasures()
    {
        EvaluationReport report = Report(
            new Fixed(Row(2), Row(3)),
            Set([(1, Click), (2, Cart)], [(1, Click), (2, Click)], [(3, Click), (3, Order)]),
            EvaluationProtocol.Rest);
        using var json = System.Text.Json.JsonDocument.Parse(report.ToJson());
        System.Text.Json.JsonElement source =
            json.RootElement.GetProperty("sources").GetProperty("covisitation");
        foreach (string key in (string[])["recall_clicks", "recall_carts", "recall_orders", "weighted_recall",
            "novelty", "diversity"])
            Assert.True(source.TryGetProperty(key, out _), key);
        Assert.Equal(
            3, json.RootElement.GetProperty("slices").GetProperty("short").GetProperty("cases").GetInt32());
        SourceMetrics back = ReportJson.Read(json.RootElement).Sources["covisitation"];
        SourceMetrics own = report.Sources["covisitation"];
        Assert.Equal(own.ByAction!.Weighted!.Value.Value, back.ByAction!.Weighted!.Value.Value, 1e-6);
        Assert.Equal(own.Novelty!.Value, back.Novelty!.Value, 1e-6);
        Assert.Equal(own.Slices!.Unseen.Recall, back.Slices!.Unseen.Recall, 1e-6);
    }
}
