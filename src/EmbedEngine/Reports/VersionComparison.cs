namespace EmbedEngine;

/// <summary>Two versions on the same cases: the active one's figures less those of the other.</summary>
public sealed record VersionComparison
{
    /// <summary>The version measured.</summary>
    public required long Version { get; init; }

    /// <summary>The version it is compared with.</summary>
    public required long With { get; init; }

    /// <summary>Differences by source, of those that both versions have.</summary>
    public required IReadOnlyDictionary<string, MetricDifferences> Sources { get; init; }
}

/// <summary>
/// Differences of means with their paired intervals: cases are the same and resampled together, so that an
/// interval wholly above 0 is a gain.
/// </summary>
/// <param name="Recall">Of recall.</param>
/// <param name="Ndcg">Of NDCG.</param>
/// <param name="Mrr">Of the mean reciprocal rank.</param>
public sealed record MetricDifferences(Measured Recall, Measured Ndcg, Measured Mrr);
