namespace EmbedEngine;

/// <summary>
/// What changed between two versions of a store: what is popular, where items lie in vector spaces, what the
/// ranker is given. docs/health.md has every measure with its formula.
/// </summary>
public sealed record DriftReport
{
    /// <summary>The earlier version.</summary>
    public required long From { get; init; }

    /// <summary>The later version.</summary>
    public required long To { get; init; }

    /// <summary>
    /// Kullback-Leibler divergence of the later version's popularity from the earlier one's, in nats: Σ p ln
    /// (p / q), p of the later, both smoothed by half an event an item. 0 = equal.
    /// </summary>
    public required double Kl { get; init; }

    /// <summary>
    /// Jensen-Shannon divergence in nats, 0 to ln 2, not smoothed: a divergence, whose root is the distance.
    /// </summary>
    public required double Js { get; init; }

    /// <summary>Population stability index, Σ (p − q) ln (p / q), smoothed as KL is. 0 = equal.</summary>
    public required double Psi { get; init; }

    /// <summary>What the three would be if the sessions had been dealt to the versions by chance.</summary>
    public required DriftNull Null { get; init; }

    /// <summary>
    /// Mean cosine distance, 0 to 2, of an item's vectors in the two versions, after the one space was turned
    /// onto the other (orthogonal Procrustes), in the first space that both have; null where they have none
    /// in common.
    /// </summary>
    public double? VectorDrift { get; init; }

    /// <summary>
    /// Share, 0 to 1, of an item's 20 nearest neighbours that are the same in both versions, in that space,
    /// or by co-visitation where there is none; null where too few items are in both.
    /// </summary>
    public double? NeighborOverlap { get; init; }

    /// <summary>Whether any measure is beyond what it would be without a change.</summary>
    public bool Drifted => Alarms.Count > 0;

    /// <summary>What is beyond that, a sentence each; empty = nothing.</summary>
    public IReadOnlyList<DriftAlarm> Alarms { get; init; } = [];

    /// <summary>Co-visitation and every space that both versions have.</summary>
    public IReadOnlyList<SpaceDrift> Spaces { get; init; } = [];

    /// <summary>
    /// The features of the rankers for sessions, most changed first; empty unless both versions have one.
    /// </summary>
    public IReadOnlyList<FeatureDrift> Features { get; init; } = [];

    /// <summary>Items whose share of the events changed most, at most 20.</summary>
    public IReadOnlyList<MovedItem> Moved { get; init; } = [];

    /// <summary>Events that the earlier version counts.</summary>
    public required long FromEvents { get; init; }

    /// <summary>Events that the later version counts.</summary>
    public required long ToEvents { get; init; }

    /// <summary>Share of the later version's events on items that the earlier one has none of.</summary>
    public required double NewShare { get; init; }

    /// <summary>Share of the earlier version's events on items that the later one has none of.</summary>
    public required double LostShare { get; init; }
}

/// <summary>95 % of the values that chance alone gives.</summary>
/// <param name="Low">2.5th percentile.</param>
/// <param name="High">97.5th percentile: above it is drift.</param>
public sealed record DriftBand(double Low, double High);

/// <summary>The bands of the measures of popularity.</summary>
/// <param name="Kl">Of <see cref="DriftReport.Kl"/>.</param>
/// <param name="Js">Of <see cref="DriftReport.Js"/>.</param>
/// <param name="Psi">Of <see cref="DriftReport.Psi"/>.</param>
/// <param name="Method">
/// <c>sessions</c>: whole sessions dealt anew, as many to each version as it had, those of both staying in
/// both. <c>multinomial</c>: where the log no longer has the versions' sessions, as many events drawn from
/// both together, in groups of a mean session's length.
/// </param>
public sealed record DriftNull(DriftBand Kl, DriftBand Js, DriftBand Psi, string Method);

/// <summary>One measure beyond what it would be without a change.</summary>
/// <param name="Measure">kl, js, psi or neighbors:NAME of a space.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">Where the alarm begins.</param>
/// <param name="Sentence">What it means, for a person.</param>
public sealed record DriftAlarm(string Measure, double Value, double Threshold, string Sentence);

/// <summary>One space in two versions.</summary>
/// <param name="Space">Its name; <c>covisitation</c> is what sessions have in common.</param>
/// <param name="Items">Items compared.</param>
/// <param name="Distance">Mean cosine distance after alignment; null without vectors.</param>
/// <param name="Overlap">Share of the 20 nearest neighbours in common.</param>
/// <param name="Kept">That share above what chance gives: 1 = all neighbours are kept, 0 = as by chance.
/// </param>
/// <param name="Expected">
/// What a training keeps between its build without the last sessions and that of all, the larger of the two
/// versions'; null where neither says. Less than a quarter of it is drift.
/// </param>
public sealed record SpaceDrift(
    string Space, int Items, double? Distance, double Overlap, double Kept, double? Expected);

/// <summary>One feature of the ranker on the same requests.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Psi">
/// Population stability index over ten bins. By convention .1 is a change, .25 a large one; it alone is no
/// alarm, since a version's ranker was taught its own features.
/// </param>
public sealed record FeatureDrift(string Feature, double Psi);

/// <summary>An item whose share of the events changed.</summary>
/// <param name="Item">Its key as text.</param>
/// <param name="Title">Its title; null where the catalogue has none.</param>
/// <param name="FromShare">Share of the earlier version's events.</param>
/// <param name="ToShare">Share of the later version's events.</param>
public sealed record MovedItem(string Item, string? Title, double FromShare, double ToShare);
