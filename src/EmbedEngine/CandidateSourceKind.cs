namespace EmbedEngine;

/// <summary>Where recommendations come from (R1). The numbers are bits' positions in <see cref="RecommendedItem.Sources"/>.</summary>
public enum CandidateSourceKind
{
    /// <summary>What is popular, decayed by age (S1).</summary>
    Popularity = 0,

    /// <summary>The session's own items, by recency, repeats and action.</summary>
    Self = 1,

    /// <summary>Items seen in the same sessions as the last ten (S2).</summary>
    Covisitation = 2,

    /// <summary>Items whose OUT vector follows the session's IN vectors (T1).</summary>
    Item2Vec = 3,

    /// <summary>Items whose IN vector lies near the session's last five (T1): similar items, not next items.</summary>
    Item2VecSimilar = 4,

    /// <summary>Rank-discounted fusion of co-visitation, item2vec and popularity, with its gates (R2).</summary>
    HybridDefault = 16,

    /// <summary>What the version serves by default: the best of all sources by the gate of <c>train</c>.</summary>
    Hybrid = 17,
}
