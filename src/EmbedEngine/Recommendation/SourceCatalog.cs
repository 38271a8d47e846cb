// The one list of candidate sources: what each is called, how many candidates it may propose to a ranker,
// whether it needs a session, and how it is opened from a version's artifacts. A new source is a file in
// Sources/, a row here and its number in CandidateSourceKind; ranker features, reports, gate, reasons and the
// bindings' names follow from the row.

using EmbedEngine.Indexing;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>A row of <see cref="SourceCatalog"/>.</summary>
/// <param name="Kind">Its number, below 32: it is a bit of <see cref="RecommendedItem.Sources"/>.</param>
/// <param name="Name">The one spelling of its name.</param>
/// <param name="Candidates">How many items it may propose to a ranker.</param>
/// <param name="Open">Makes it; null where the version lacks what it needs.</param>
internal sealed record SourceEntry(
    CandidateSourceKind Kind, string Name, int Candidates, Func<VersionData, CandidateSource?> Open)
{
    /// <summary>Whether it answers without a session, the same for everybody.</summary>
    public bool ForAnyone { get; init; }

    /// <summary>
    /// Whether it goes by what a user did in earlier sessions, and only rankers of users ask it.
    /// </summary>
    public bool OfUsers { get; init; }

    /// <summary>Vector space whose likeness it stands for; null where it is none's.</summary>
    public string? Space { get; init; }
}

/// <summary>Single sources; fusions of them are not here.</summary>
internal static class SourceCatalog
{
    /// <summary>
    /// Every source, in the order of ranker features: moving a row changes what a deterministic training of a
    /// ranker gives, so new ones go to the end.
    /// </summary>
    public static readonly SourceEntry[] All =
    [
        new(CandidateSourceKind.SessionKnn, "session_knn", 100, SessionKnnSource.Open),
        new(CandidateSourceKind.Covisitation, "covisitation", 100, v => CovisitationSource.Open(
            CandidateSourceKind.Covisitation, v, v.Covisitation.SymmetricLists)),
        new(CandidateSourceKind.Item2Vec, "item2vec", 100, v => Item2VecSource.Open(
            CandidateSourceKind.Item2Vec, v.Item2Vec)),
        new(CandidateSourceKind.Graph, "graph", 60, v => Item2VecSource.Open(
            CandidateSourceKind.Graph, v.FindSpace(VersionData.GraphSpace)))
            { Space = VersionData.GraphSpace },
        new(CandidateSourceKind.Svd, "svd", 60, v => VectorSource.Open(
            CandidateSourceKind.Svd, v.FindSpace(VersionData.SvdSpace), 0.6f))
            { Space = VersionData.SvdSpace },
        new(CandidateSourceKind.Sequential, "sequential", 60, v => CovisitationSource.Open(
            CandidateSourceKind.Sequential, v, v.Covisitation.DirectedLists)),
        new(CandidateSourceKind.Self, "self", 60, v => new SelfSource(v.ActionWeights)),
        new(CandidateSourceKind.CovisitationNormalized, "covisitation_normalized", 60,
            CovisitationSource.OpenNormalized),
        new(CandidateSourceKind.Item2VecSimilar, "item2vec_similar", 40, v => VectorSource.Open(
            CandidateSourceKind.Item2VecSimilar, v.Item2Vec, 1))
            { Space = VersionData.Item2VecSpace },
        new(CandidateSourceKind.User, "user", 40, v => UserSource.Open(CandidateSourceKind.User, v)),
        new(CandidateSourceKind.CovisitationCart, "covisitation_cart", 60, v => CovisitationSource.Open(
            CandidateSourceKind.CovisitationCart, v, v.ActionCovisitation?.Cart)),
        new(CandidateSourceKind.BoughtTogether, "bought_together", 40, v => CovisitationSource.Open(
            CandidateSourceKind.BoughtTogether, v, v.ActionCovisitation?.BoughtTogether)),
        new(CandidateSourceKind.Trending, "trending", 60, TrendingSource.Open) { ForAnyone = true },
        new(CandidateSourceKind.Category, "category", 30, CategorySource.Open),
        new(CandidateSourceKind.Popularity, "popularity", 20, v => new PopularitySource(v.Popularity))
            { ForAnyone = true },
        new(CandidateSourceKind.Traits, "traits", 30, TraitSource.Open) { OfUsers = true },
        new(CandidateSourceKind.History, "history", 60, v => new HistorySource(v.ActionWeights))
            { OfUsers = true },
        new(CandidateSourceKind.CovisitationHistory, "covisitation_history", 60, HistoryNeighborSource.Open)
            { OfUsers = true },
        // As user, but only where a past is known: rankers tell the two apart.
        new(CandidateSourceKind.UserHistory, "user_history", 60, v => UserSource.Open(
            CandidateSourceKind.UserHistory, v)) { OfUsers = true },
        new(CandidateSourceKind.Content, "content", 60, v => VectorSource.Open(
            CandidateSourceKind.Content, v.Content, 0.8f)) { Space = VersionData.ContentSpace },
        new(CandidateSourceKind.Fusion, "fusion", 60, v => VectorSource.Open(
            CandidateSourceKind.Fusion, v.FindSpace(VersionData.FusionSpace), VectorSource.FusionDecay))
            { Space = VersionData.FusionSpace },
    ];

    // Kinds are few and below 32: their places are looked up, not searched.
    private static readonly int[] s_slots = SlotsByKind();

    /// <summary>
    /// Place of a source in <see cref="All"/>, or −1 for a fusion and for what is no source.
    /// </summary>
    public static int SlotOf(CandidateSourceKind kind) =>
        (uint)kind < (uint)s_slots.Length ? s_slots[(int)kind] : -1;

    /// <summary>Whether a kind is a source of its own rather than a fusion.</summary>
    public static bool IsSingle(CandidateSourceKind kind) => SlotOf(kind) >= 0;

    /// <summary>Whether a kind answers without a session, the same for everybody.</summary>
    public static bool IsForAnyone(CandidateSourceKind kind) =>
        SlotOf(kind) is >= 0 and int slot && All[slot].ForAnyone;

    /// <summary>Whether a kind goes by what a user did in earlier sessions.</summary>
    public static bool IsOfUsers(CandidateSourceKind kind) =>
        SlotOf(kind) is >= 0 and int slot && All[slot].OfUsers;

    /// <summary>Bit of a source in <see cref="RecommendedItem.Sources"/>.</summary>
    public static uint BitOf(CandidateSourceKind kind) => 1u << (int)kind;

    /// <summary>Bit of the source that a space's likeness is; 0 for a space that is no source.</summary>
    public static uint BitOfSpace(string space)
    {
        foreach (SourceEntry entry in All)
        {
            if (entry.Space == space) return BitOf(entry.Kind);
        }
        return 0;
    }

    private static int[] SlotsByKind()
    {
        int[] slots = new int[32];
        Array.Fill(slots, -1);
        for (int i = 0; i < All.Length; i++) slots[(int)All[i].Kind] = i;
        return slots;
    }
}
