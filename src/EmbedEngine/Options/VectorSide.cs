namespace EmbedEngine;

/// <summary>Which vectors of a space are searched.</summary>
public enum VectorSide
{
    /// <summary>What items are, by cosine: items that resemble the query (default).</summary>
    In = 0,

    /// <summary>
    /// What comes after them, by inner product: items that follow a user or a session of that vector. Spaces
    /// without OUT vectors have none.
    /// </summary>
    Out = 1,
}
