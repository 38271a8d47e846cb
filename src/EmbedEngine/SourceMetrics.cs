namespace EmbedEngine;

/// <summary>A mean over cases with its 95 % interval by bootstrap over sessions.</summary>
/// <param name="Value">Mean over all cases; a case that could not be answered counts 0.</param>
/// <param name="Low">2.5th percentile of the resampled means.</param>
/// <param name="High">97.5th percentile of the resampled means.</param>
public readonly record struct Measured(double Value, double Low, double High);

/// <summary>Quality of one source over a set of cases, at the report's k (E1).</summary>
public sealed record SourceMetrics
{
    /// <summary>Share of the true items found among the first k; with one target per case it equals the hit rate.</summary>
    public required Measured Recall { get; init; }

    /// <summary>Normalised discounted cumulative gain, 1 / log2(rank + 1) for one target.</summary>
    public required Measured Ndcg { get; init; }

    /// <summary>Mean average precision; 1 / rank for one target.</summary>
    public required Measured Map { get; init; }

    /// <summary>Mean reciprocal rank of the first true item.</summary>
    public required Measured Mrr { get; init; }

    /// <summary>Share of cases with at least one true item among the first k.</summary>
    public required Measured HitRate { get; init; }

    /// <summary>Share of the version's items that were recommended at least once.</summary>
    public required double Coverage { get; init; }
}
