namespace EmbedEngine;

/// <summary>What makes two users alike.</summary>
public enum UserLikeness
{
    /// <summary>The cosine of their traits (default).</summary>
    Traits = 0,

    /// <summary>The cosine of their vectors.</summary>
    Vector = 1,
}
