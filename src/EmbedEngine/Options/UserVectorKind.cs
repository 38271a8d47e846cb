namespace EmbedEngine;

/// <summary>How a history becomes one vector. Vectors of one version and kind are comparable.</summary>
public enum UserVectorKind
{
    /// <summary>What the version has chosen on sessions it had not learned from (default).</summary>
    Served = 0,

    /// <summary>
    /// A short and a long memory mixed: .6 of exp(-.15 n) and .4 of exp(-.01 n), n events back.
    /// </summary>
    Mix = 1,

    /// <summary>exp(-.05 n), n events back.</summary>
    Average = 2,

    /// <summary>exp(-.05 d), d days back; where no times are known, as <see cref="Average"/>.</summary>
    Time = 3,

    /// <summary>As <see cref="Mix"/>, each event divided by the root of its item's count: what everybody does
    /// says little.</summary>
    Debiased = 4,

    /// <summary>All events alike.</summary>
    Mean = 5,

    /// <summary>By how rare the item is among customers.</summary>
    TfIdf = 6,

    /// <summary>.95^n, n events back.</summary>
    Recency = 7,

    /// <summary>Weights learned from what came next.</summary>
    Attention = 8,

    /// <summary>
    /// A network learned from what came next: mean, mean of the last 5 and last, to a vector.
    /// </summary>
    Encoder = 9,
}
