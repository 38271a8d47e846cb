namespace EmbedEngine;

/// <summary>What is predicted in an evaluation.</summary>
public enum EvaluationProtocol
{
    /// <summary>The next item after every prefix of a session.</summary>
    Next = 0,

    /// <summary>The last item of a session from all before it.</summary>
    Last = 1,

    /// <summary>The distinct items of the rest of a session after a seeded random cut.</summary>
    Rest = 2,
}

/// <summary>Figures of one evaluation, by source name.</summary>
public sealed record EvaluationReport
{
    /// <summary>Length of the evaluated lists.</summary>
    public required int K { get; init; }

    /// <summary>What was predicted.</summary>
    public required EvaluationProtocol Protocol { get; init; }

    /// <summary>Cases evaluated: the denominator of every mean.</summary>
    public required long Cases { get; init; }

    /// <summary>Sessions the cases came from: the unit of the intervals.</summary>
    public required long Sessions { get; init; }

    /// <summary>Metrics by source name, in the order of <see cref="SourceNames.All"/>.</summary>
    public required IReadOnlyDictionary<string, SourceMetrics> Sources { get; init; }

    /// <summary>The source that <c>hybrid</c> stands for in this version.</summary>
    public required string ServedSource { get; init; }

    /// <summary>Median latency of a hybrid request on one thread, microseconds.</summary>
    public required double P50Us { get; init; }

    /// <summary>99th percentile latency of a hybrid request on one thread, microseconds.</summary>
    public required double P99Us { get; init; }

    /// <summary>The comparison that <see cref="EvaluateOptions.CompareWith"/> asked for.</summary>
    public VersionComparison? Compared { get; init; }

    /// <summary>What requests knew of their users.</summary>
    public EvaluationHistory History { get; init; }

    /// <summary>
    /// Figures with users' histories less those of the session alone, on the same cases, by source: with <see
    /// cref="EvaluationHistory.User"/> only.
    /// </summary>
    public IReadOnlyDictionary<string, MetricDifferences>? AgainstSession { get; init; }

    /// <summary>What <see cref="EvaluateOptions.Explore"/> asked for.</summary>
    public ExplorationReport? Exploration { get; init; }

    /// <summary>
    /// What <see cref="EvaluateOptions.Record"/> has kept of the version, oldest first: in a report without a
    /// test file only.
    /// </summary>
    public IReadOnlyList<RecordedEvaluation> Recorded { get; init; } = [];

    /// <summary>
    /// The report as one JSON object: <c>k protocol cases sessions served_source sources slices p50_us
    /// p99_us</c>; by source
    /// <c>recall ndcg map mrr hit_rate</c>, each with its interval as <c>…_ci</c>, <c>coverage novelty
    /// diversity popularity_bias</c>, and for rest of session <c>recall_clicks recall_carts recall_orders
    /// weighted_recall</c>.
    /// </summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream)) Evaluation.ReportJson.Write(
            json, this);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
