using EmbedEngine.Evaluation;

namespace EmbedEngine.Tests.Evaluation;

public sealed class PairedComparisonTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;
    private readonly string _test;

    public PairedComparisonTests()
    {
        string Sessions(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i =>
            $"{{\"session_id\":{i},\"items\":[{i % 20},{i % 20 + 20},{i % 20 + 40}]}}\n"));
        _engine = _scratch.Open();
        _engine.Import(EventSource.SessionsJsonl(_scratch.Write("a.jsonl", Sessions(0, 100))));
        _engine.Train(StoreScratch.Tiny(name: "first"));
        _engine.Import(EventSource.SessionsJsonl(
            _scratch.Write("b.jsonl", string.Concat(Enumerable.Range(1000, 200).Select(i =>
            $"{{\"session_id\":{i},\"items\":[{i % 20},{i % 20 + 60}]}}\n")))));
        _engine.Train(StoreScratch.Tiny(name: "second"));
        _test = _scratch.Write("test.jsonl", string.Concat(Enumerable.Range(5000, 40).Select(i =>
            $"{{\"session_id\":{i},\"items\":[{i % 20},{i % 20 + 60}]}}\n")));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Evaluate_WithAnotherVersion_GivesPairedDifferences()
    {
        var options = new EvaluateOptions { Test = EventSource.SessionsJsonl(_test), K = 2, CompareWith = 1 };
        EvaluationReport report = _engine.Evaluate(options);
        VersionComparison compared = report.Compared!;
        Assert.Equal((2L, 1L), (compared.Version, compared.With));
        // Only the second version has seen that i + 60 follows i.
        MetricDifferences d = compared.Sources["covisitation"];
        Assert.Equal(report.Sources["covisitation"].Recall.Value, d.Recall.Value, 1e-9);
        Assert.True(d.Recall.Low > 0.5, $"{d.Recall}");
        Assert.InRange(d.Recall.Value, d.Recall.Low, d.Recall.High);
        Assert.Contains("\"compared\":{\"version\":2,\"with\":1", report.ToJson(), StringComparison.Ordinal);
        // Against itself there is no difference, nor any doubt about it.
        foreach (MetricDifferences same in _engine.Evaluate(options with
        {
            CompareWith = 2,
        }).Compared!.Sources.Values)
            Assert.Equal(new Measured(0, 0, 0), same.Recall);
    }

    [Fact]
    public void Evaluate_ComparisonWithoutATestFileOrVersion_IsRefused()
    {
        ArgumentException e =
            Assert.Throws<ArgumentException>(() => _engine.Evaluate(new EvaluateOptions { CompareWith = 1 }));
        Assert.Contains("--test", e.Message, StringComparison.Ordinal);
        var missing = new EvaluateOptions { Test = EventSource.SessionsJsonl(_test), CompareWith = 77 };
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => _engine.Evaluate(missing)).Code);
    }

    [Fact]
    public void Evaluate_SessionsTheOtherVersionLearnedFrom_AreRefused()
    {
        // The second version, made after, has seen them too: roll back to see that the other one is asked as
        // well.
        _engine.Rollback(1);
        string seen = _scratch.Write(
            "seen.jsonl", "{\"session_id\":1001,\"items\":[1,61]}\n{\"session_id\":7000,\"items\":[1,2]}\n");
        var options = new EvaluateOptions { Test = EventSource.SessionsJsonl(seen), K = 2 };
        Assert.Equal(2, _engine.Evaluate(options).Cases);
        EmbedEngineException e =
            Assert.Throws<EmbedEngineException>(() => _engine.Evaluate(options with { CompareWith = 2 }));
        Assert.Equal(ErrorCode.Leak, e.Code);
        Assert.Contains("version 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Means_AnyThreads_GiveTheSameResamples()
    {
        var random = new Random(1);
        double[] table = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())];
        int[] weights = [.. Enumerable.Range(0, 100).Select(_ => random.Next(4))];
        Assert.Equal(
            Bootstrap.Means(table, weights, 3, 7), Bootstrap.Means(table, weights, 3, 7, threads: 3));
    }
}
