// Settings of the session neighbours. What they are here they are in the artifact: serving reads them from
// there.

namespace EmbedEngine;

/// <summary>What makes two sessions alike (<c>session_knn_similarity</c>).</summary>
public enum SessionSimilarity
{
    /// <summary>The sum of the weights of shared items.</summary>
    Vec = 0,

    /// <summary>That sum divided by the square root of the neighbour's length.</summary>
    Cosine = 1,
}

/// <summary>
/// How the sessions most like the one asked about are found and what they propose: VSTAN (Garg et al. 2019,
/// "Sequence and Time Aware Neighborhood"; Ludewig and Jannach 2020) over a VMIS index (Kersbergen et al.
/// 2022, "Serenade"). Immutable. <see cref="SettingTable"/>
/// has the ranges.
/// </summary>
public sealed record SessionKnnOptions
{
    /// <summary>
    /// <c>session_knn_sessions_per_item</c>: the most recent sessions kept of each item (m); bounds file,
    /// memory and time.
    /// </summary>
    public int SessionsPerItem { get; init; } = 500;

    /// <summary><c>session_knn_neighbors</c>: most alike sessions that propose (k).</summary>
    public int Neighbors { get; init; } = 500;

    /// <summary>
    /// <c>session_knn_last_items</c>: different items of the session asked about, newest first.
    /// </summary>
    public int LastItems { get; init; } = 10;

    /// <summary>
    /// <c>session_knn_session_items</c>: last different items kept of each session of the log.
    /// </summary>
    public int SessionItems { get; init; } = 50;

    /// <summary><c>session_knn_similarity</c>: <c>vec</c> or <c>cosine</c>.</summary>
    public SessionSimilarity Similarity { get; init; } = SessionSimilarity.Vec;

    /// <summary>
    /// <c>session_knn_position_decay</c>: an item n steps back weighs exp(−n / this) (λ_spw); 0 = all alike.
    /// </summary>
    public double PositionDecay { get; init; } = 3;

    /// <summary>
    /// <c>session_knn_match_decay</c>: a neighbour whose newest shared item is the n-th newest of the session
    /// asked about weighs exp(−n / this) when it proposes (λ_ipw); 0 = all alike.
    /// </summary>
    public double MatchDecay { get; init; } = 2;

    /// <summary>
    /// <c>session_knn_match_idf</c>: a shared item weighs its idf to this power; 0 = all alike.
    /// </summary>
    public double MatchIdf { get; init; } = 1;

    /// <summary>
    /// <c>session_knn_distance_decay</c>: an item n places from the last shared one weighs exp(−n / this)
    /// (λ_inh); 0 = all alike.
    /// </summary>
    public double DistanceDecay { get; init; } = 5;

    /// <summary>
    /// <c>session_knn_before</c>: an item that comes before the last shared one weighs this.
    /// </summary>
    public double BeforeWeight { get; init; } = 0.7;

    /// <summary>
    /// <c>session_knn_recency</c>: a session weighs exp(−s / this), s the share of the log's sessions that
    /// are newer (λ_snh, by order instead of time, so that it means the same in any log); 0 = all alike.
    /// </summary>
    public double Recency { get; init; } = 1;

    /// <summary>
    /// <c>session_knn_idf</c>: a proposed item weighs 1 + this · its idf, ln(1 + sessions / sessions with
    /// it).
    /// </summary>
    public double IdfWeight { get; init; } = 2;

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting.</exception>
    public void Validate() => SettingTable.Check(this);
}
