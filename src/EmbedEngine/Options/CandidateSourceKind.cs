namespace EmbedEngine;

/// <summary>
/// Where recommendations come from. The numbers are bits' positions in <see
/// cref="RecommendedItem.Sources"/>.
/// </summary>
public enum CandidateSourceKind
{
    /// <summary>What is popular, decayed by age.</summary>
    Popularity = 0,

    /// <summary>The session's own items, by recency, repeats and action.</summary>
    Self = 1,

    /// <summary>Items seen in the same sessions as the last ten.</summary>
    Covisitation = 2,

    /// <summary>Items whose OUT vector follows the session's IN vectors.</summary>
    Item2Vec = 3,

    /// <summary>
    /// Items whose IN vector lies near the session's last five: similar items, not next items.
    /// </summary>
    Item2VecSimilar = 4,

    /// <summary>What came next after the last item, weighted by 1/distance (sequential rules).</summary>
    Sequential = 5,

    /// <summary>What the most alike sessions of the log went on with (VSTAN over a VMIS index).</summary>
    SessionKnn = 6,

    /// <summary>Items near the session in the space of factorised co-occurrence.</summary>
    Svd = 7,

    /// <summary>
    /// Items whose OUT vector follows, learned from walks over the co-occurrence graph.
    /// </summary>
    Graph = 8,

    /// <summary>Items near the recency-weighted short/long mixture of the whole history.</summary>
    User = 9,

    /// <summary>Items of the traits the history shows.</summary>
    Traits = 10,

    /// <summary>What is popular lately, against what it usually is.</summary>
    Trending = 11,

    /// <summary>What is popular in the categories of the session's last items.</summary>
    Category = 12,

    /// <summary>Co-visitation divided by the square root of the neighbour's popularity.</summary>
    CovisitationNormalized = 13,

    /// <summary>
    /// Items put into a cart or ordered in sessions that saw the last items, where the log has such actions.
    /// </summary>
    CovisitationCart = 14,

    /// <summary>Items ordered in sessions that ordered the same ones (frequently bought together).</summary>
    BoughtTogether = 15,

    /// <summary>
    /// Rank-discounted fusion of co-visitation, item2vec and popularity, with its gates.
    /// </summary>
    HybridDefault = 16,

    /// <summary>
    /// Learned fusion of all sources; a version has it where the gate of <c>train</c> let it in.
    /// </summary>
    Ranker = 18,

    /// <summary>The same, learned for what will be put into the cart in the rest of the session.</summary>
    RankerCarts = 19,

    /// <summary>The same, learned for what will be ordered in the rest of the session.</summary>
    RankerOrders = 20,

    /// <summary>The same, learned for users whose earlier sessions are known.</summary>
    RankerUser = 21,

    /// <summary>The same, learned for users of whose session nothing is known yet.</summary>
    RankerVisit = 22,

    /// <summary>Items of the user's earlier sessions, by recency, repeats and action.</summary>
    History = 23,

    /// <summary>Items seen in the same sessions as the last ones of the user's earlier sessions.</summary>
    CovisitationHistory = 24,

    /// <summary>
    /// Items near the vector of the user's whole history, as the version makes it; nothing without a history.
    /// </summary>
    UserHistory = 25,

    /// <summary>
    /// Items of which the catalogue says what it says of the session's last ones, where it says anything.
    /// </summary>
    Content = 26,

    /// <summary>
    /// Items near the session's last ones in the space of behaviour and content in one, known to the log or
    /// not; where the catalogue says anything.
    /// </summary>
    Fusion = 27,

    /// <summary>
    /// What the version serves by default: the best of all sources by the gate of <c>train</c>.
    /// </summary>
    Hybrid = 17,
}
