namespace EmbedEngine;

/// <summary>A mean over cases with its 95 % interval by bootstrap over sessions.</summary>
/// <param name="Value">Mean over all cases; a case that could not be answered counts 0.</param>
/// <param name="Low">2.5th percentile of the resampled means.</param>
/// <param name="High">97.5th percentile of the resampled means.</param>
public readonly record struct Measured(double Value, double Low, double High);

/// <summary>Quality of one source over a set of cases, at the report's k.</summary>
public sealed record SourceMetrics
{
    /// <summary>
    /// Share of the true items found among the first k; with one target per case it equals the hit rate.
    /// </summary>
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

    /// <summary>
    /// Mean −log2 of a recommended item's share of the training events, in bits: larger is less obvious. Null
    /// where nothing was recommended, or in figures of an older release.
    /// </summary>
    public double? Novelty { get; init; }

    /// <summary>
    /// Mean over the lists of 1 − likeness of their pairs: by category (one category: 1, else 0) where the
    /// version has categories, else by the cosine of item2vec vectors. Null where no list has two items or
    /// nothing tells likeness.
    /// </summary>
    public double? Diversity { get; init; }

    /// <summary>
    /// Mean training events of a recommended item over those of a true one: 1 recommends as popular items as
    /// are taken, more leans to the popular. Null where there is nothing to compare.
    /// </summary>
    public double? PopularityBias { get; init; }

    /// <summary>
    /// Rest of session by action, as the OTTO challenge counts it; null elsewhere and without carts and
    /// orders.
    /// </summary>
    public ActionRecall? ByAction { get; init; }

    /// <summary>Parts of the cases; null in figures of an older release.</summary>
    public SourceSlices? Slices { get; init; }
}

/// <summary>
/// Recall by action over the rest of a session: Σ hits / Σ min(k, truths) over all sessions. Of clicks the
/// next one alone is true, of carts and orders every distinct item carted or ordered. Null where no session
/// has such a truth.
/// </summary>
/// <param name="Clicks">Of the next click.</param>
/// <param name="Carts">Of all carts.</param>
/// <param name="Orders">Of all orders.</param>
/// <param name="Weighted">.1 clicks + .3 carts + .6 orders; null unless there are all three.</param>
public sealed record ActionRecall(Measured? Clicks, Measured? Carts, Measured? Orders, Measured? Weighted);

/// <summary>One source on a part of the cases.</summary>
/// <param name="Cases">Cases that have a target in the part.</param>
/// <param name="Recall">Mean share of those targets found among the first k.</param>
/// <param name="Mrr">Mean reciprocal rank of the first of them.</param>
public sealed record SliceMetrics(long Cases, double Recall, double Mrr);

/// <summary>One source on each part of the cases.</summary>
/// <param name="ShortSessions">Histories of at most 2 events.</param>
/// <param name="LongSessions">Histories of 6 events or more.</param>
/// <param name="Cold">Targets with at most 5 events in training, or none.</param>
/// <param name="Repeats">Targets that the history already holds.</param>
/// <param name="Unseen">Targets new to the session.</param>
public sealed record SourceSlices(
    SliceMetrics ShortSessions, SliceMetrics LongSessions, SliceMetrics Cold, SliceMetrics Repeats,
    SliceMetrics Unseen)
{
    /// <summary>The parts with their names in reports.</summary>
    public IEnumerable<(string Name, SliceMetrics Metrics)> ByName =>
        [("short", ShortSessions), ("long", LongSessions), ("cold", Cold), ("repeats", Repeats),
            ("unseen", Unseen)];
}
