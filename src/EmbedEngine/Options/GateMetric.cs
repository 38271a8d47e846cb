namespace EmbedEngine;

/// <summary>What a version's sources are compared by when what it serves is chosen; all at 20.</summary>
public enum GateMetric
{
    /// <summary>Share of the true items found.</summary>
    Recall,

    /// <summary>Normalised discounted cumulative gain.</summary>
    Ndcg,

    /// <summary>Mean average precision.</summary>
    Map,

    /// <summary>Mean reciprocal rank.</summary>
    Mrr,

    /// <summary>Share of the cases with a true item found.</summary>
    HitRate,
}
