// Protocols, denominators and sampling on stores small enough to count by hand.

using System.Text.Json;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private const int Clicks = 0, Remove = 3;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public EvaluatorTests()
    {
        // After 1 comes 2, after 3 comes 4; 9 is what is popular.
        string lines = string.Concat(Enumerable.Range(0, 40).Select(i =>
            $"{{\"session_id\":{i},\"items\":{(i % 2 == 0 ? "[1,2,9]" : "[3,4,9]")}}}\n"));
        _engine = _scratch.Open();
        _engine.Import(EventSource.SessionsJsonl(_scratch.Write("log.jsonl", lines)));
        _engine.Train(StoreScratch.Tiny());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private EvaluationSet Set(params (long Item, int Action)[][] sessions)
    {
        int Row(long item) => _engine.Model!.TryGetRow(item, out int row) ? row : ~(int)item;
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

    private static (long, int)[] Items(params long[] items) => [.. items.Select(i => (i, Clicks))];

    private EvaluationReport Run(
        EvaluationSet set, EvaluationProtocol protocol, int k = 2, int threads = 1,
        params CandidateSourceKind[] sources) =>
        new Evaluator(
            _engine.Model!.Served.Recommender, set, new EvaluatorOptions(protocol, k, sources, threads, 1))
            .Run(
            ProgressScope.None);

    [Fact]
    public void Run_Next_CountsEveryPrefix()
    {
        EvaluationReport report = Run(Set(Items(1, 2, 9), Items(3, 4)), EvaluationProtocol.Next);
        Assert.Equal((3L, 2L), (report.Cases, report.Sessions));
        // Self at k 2: no item comes back. Popularity: 9, then a tie that row order decides.
        Assert.Equal(0, report.Sources["self"].Recall.Value);
        Assert.True(report.Sources["popularity"].Recall.Value >= 1 / 3.0);
        // Co-visitation: 1 → {2 (next to it), 9 (two off)} and so on: all three are found at rank 1.
        Assert.Equal(1, report.Sources["covisitation"].Recall.Value);
    }

    [Theory]
    [InlineData(0, 1.0)] // 1 and 700 are seen: 1 comes back, found by what was seen
    [InlineData(2, 1.0)] // 700 is not known and does not count
    [InlineData(1, 0.0)] // 2 alone is left
    public void Run_MaxHistory_KeepsTheLastKnownEvents(int maxHistory, double recall)
    {
        var options = new EvaluatorOptions(
            EvaluationProtocol.Last, 5, [CandidateSourceKind.Self], 1, 1) { MaxHistory = maxHistory };
        EvaluationReport report = new Evaluator(
            _engine.Model!.Served.Recommender, Set(Items(1, 700, 2, 1)), options).Run(ProgressScope.None);
        Assert.Equal((1L, recall), (report.Cases, report.Sources["self"].Recall.Value));
    }

    [Fact]
    public void Evaluate_MaxHistoryOutOfRange_OrWithoutATestFile_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new EvaluateOptions { MaxHistory = -1 }.Validate());
        Assert.Throws<ArgumentException>(() => _engine.Evaluate(new EvaluateOptions { MaxHistory = 1 }));
    }

    [Fact]
    public void Run_Last_CountsOneCaseASession()
    {
        EvaluationReport report = Run(Set(Items(1, 2, 9), Items(3, 4), Items(1)), EvaluationProtocol.Last);
        Assert.Equal((2L, 2L), (report.Cases, report.Sessions)); // one event leaves nothing to predict from
    }

    [Fact]
    public void Run_Rest_TargetsAreTheDistinctItemsAfterTheCut()
    {
        // Two events: the cut can only lie between them. The repeat is one target, an unknown item is one of
        // its own.
        EvaluationReport report =
            Run(Set(Items(1, 1)), EvaluationProtocol.Rest, 2, 1, CandidateSourceKind.Self);
        Assert.Equal((1L, 1.0), (report.Cases, report.Sources["self"].Recall.Value));
        EvaluationSet set = Set(Items(1, 700, 701, 1));
        // Wherever the cut falls, item 1 comes back and is found among one, two or three targets: recall 1,
        // 1/2, 1/3.
        double recall =
            Run(set, EvaluationProtocol.Rest, 20, 1, CandidateSourceKind.Self).Sources["self"].Recall.Value;
        ulong random = new CounterRandom(1, 0xC07, 0).At(0);
        int cut = 1 + (int)(random % 3);
        Assert.Equal(1.0 / (4 - cut), recall, 1e-12);
    }

    [Fact]
    public void Run_Rest_RemovalsAreNoTargets()
    {
        EvaluationReport report = Run(
            Set([(1, Clicks), (2, Remove)], [(1, Clicks), (2, Clicks)]), EvaluationProtocol.Rest);
        Assert.Equal(1, report.Cases);
    }

    [Fact]
    public void Run_NextAndLast_RemovalsAreNoTargets()
    {
        EvaluationSet set = Set([(1, Clicks), (2, Remove), (9, Clicks), (9, Remove)]);
        Assert.Equal(1, Run(set, EvaluationProtocol.Next).Cases);
        Assert.Equal(0, Run(set, EvaluationProtocol.Last).Cases);
    }

    [Fact]
    public void Run_UnknownTargetsAndHistories_StayInTheDenominator()
    {
        // One case each can answer, one with an unknown target, one with an unknown history.
        EvaluationSet set = Set(Items(1, 2), Items(1, 555), Items(556, 2));
        EvaluationReport report = Run(set, EvaluationProtocol.Last, 1);
        Assert.Equal(3, report.Cases);
        Assert.Equal(1 / 3.0, report.Sources["covisitation"].Recall.Value, 1e-12);
        // Popularity alone is measured without a history as unanswerable; the hybrids fall back to it as when
        // served.
        Assert.Equal(3, Run(set, EvaluationProtocol.Last, 20).Cases);
        Assert.Equal(
            2 / 3.0, Run(set, EvaluationProtocol.Last, 20).Sources["hybrid_default"].Recall.Value, 1e-12);
    }

    [Fact]
    public void Run_AnyThreads_GivesTheSameFigures()
    {
        var random = new Random(4);
        long[] items = [1, 2, 3, 4, 9, 77];
        EvaluationSet set = Set([.. Enumerable.Range(0, 300)
            .Select(_ =>
                Items([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => items[random.Next(6)])]))]);
        foreach (EvaluationProtocol protocol in Enum.GetValues<EvaluationProtocol>())
        {
            EvaluationReport one = Run(set, protocol);
            foreach (int threads in (int[])[2, 5])
            {
                EvaluationReport many = Run(set, protocol, threads: threads);
                Assert.Equal(one.Cases, many.Cases);
                foreach ((string name, SourceMetrics metrics) in one.Sources)
                    Assert.Equal(metrics, many.Sources[name]);
            }
        }
    }

    [Fact]
    public void Run_NoSessions_GivesZeros()
    {
        EvaluationReport report = Run(Set(), EvaluationProtocol.Next);
        Assert.Equal((0L, 0L), (report.Cases, report.Sessions));
        Assert.All(report.Sources.Values, m => Assert.Equal(0, m.Recall.Value));
    }

    [Fact]
    public void Run_Coverage_IsTheShareOfItemsEverRecommended()
    {
        EvaluationReport report = Run(Set(Items(1, 2), Items(1, 2)), EvaluationProtocol.Last, 1);
        Assert.Equal(1.0 / 5, report.Sources["self"].Coverage, 1e-12);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(10, 9)]
    [InlineData(1000, 7)]
    [InlineData(3, 1)]
    public void Sample_TakesClustersEvenly_WithAllTheirCases(int clusters, int max)
    {
        // Cluster c has 1 + c % 3 cases of one event each, whose row is the cluster's number.
        var ids = Enumerable.Range(0, clusters).SelectMany(c => Enumerable.Repeat(c, 1 + c % 3)).ToArray();
        var set = new EvaluationSet
        {
            Offsets = [.. Enumerable.Range(0, ids.Length + 1).Select(i => (long)i)],
            Rows = ids, Actions = new byte[ids.Length], TimesMs = new long[ids.Length],
            Targets = [.. ids.Select(i => i + 1)], Clusters = ids,
        };
        EvaluationSet sample = set.Sample(max);
        int[] taken = [.. sample.Rows.Distinct()];
        Assert.Equal(max, taken.Length);
        Assert.Equal(Enumerable.Range(0, max), sample.Clusters!.Distinct());
        foreach (int c in taken) Assert.Equal(1 + c % 3, sample.Rows.Count(r => r == c));
        Assert.Equal(sample.Rows.Select(r => r + 1), sample.Targets!);
        // Even: no two taken neighbours are further apart than the share, rounded up, and one.
        for (int i = 1; i < taken.Length; i++)
            Assert.InRange(taken[i] - taken[i - 1], 1, (clusters + max - 1) / max + 1);
        Assert.Same(set, set.Sample(0));
        Assert.Same(set, set.Sample(clusters));
    }

    [Fact]
    public void ReportJson_RoundTrips()
    {
        EvaluationReport report = Run(Set(Items(1, 2, 9), Items(3, 4, 1)), EvaluationProtocol.Rest);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) ReportJson.Write(json, report);
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        EvaluationReport back = ReportJson.Read(document.RootElement);
        Assert.Equal(
            (report.K, report.Protocol, report.Cases, report.Sessions, report.ServedSource),
            (back.K, back.Protocol, back.Cases, back.Sessions, back.ServedSource));
        Assert.Equal(report.Sources.Keys, back.Sources.Keys);
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            // Written to six places.
            Assert.Equal(m.Recall.Value, back.Sources[name].Recall.Value, 1e-6);
            Assert.Equal(m.Ndcg.Low, back.Sources[name].Ndcg.Low, 1e-6);
            Assert.Equal(m.Map.High, back.Sources[name].Map.High, 1e-6);
            Assert.Equal(m.Mrr.Value, back.Sources[name].Mrr.Value, 1e-6);
            Assert.Equal(m.HitRate.Value, back.Sources[name].HitRate.Value, 1e-6);
            Assert.Equal(m.Coverage, back.Sources[name].Coverage, 1e-6);
        }
    }

    [Fact]
    public void Recall_OnShuffledSessions_IsNoBetterThanPopularity()
    {
        // Items drawn at random have nothing to learn: whatever beats popularity then has seen the answers.
        const int seed = 12;
        var random = new Random(seed);
        string Lines(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i =>
            $"{{\"session\":{i},\"events\":[" + string.Join(',', Enumerable.Range(0, 5).Select(e =>
                $"{{\"aid\":{random.Next(200)},\"ts\":{1_700_000_000_000 + i * 1000L + e},"
                + "\"type\":\"clicks\"}"))
            + "]}\n"));
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        engine.Import(EventSource.OttoJsonl(scratch.Write("noise.jsonl", Lines(0, 2000))));
        ModelVersion version = engine.Train(StoreScratch.Tiny());
        EvaluationReport test = engine.Evaluate(new EvaluateOptions
        {
            Test = EventSource.OttoJsonl(scratch.Write("test.jsonl", Lines(5000, 500))),
        });
        foreach (EvaluationReport report in (EvaluationReport[])[version.Metrics!, test])
        {
            foreach ((string name, SourceMetrics m) in report.Sources)
            {
                // Chance is 20 of 200, .1; 800 and more cases give a standard error of .01: four of them are
                // room enough.
                Assert.True(
                    m.Recall.Value < 0.1 + 4 * 0.0106, $"seed {seed}: {name} has recall {m.Recall.Value}");
            }
        }
    }
}
