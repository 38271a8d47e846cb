namespace EmbedEngine;

/// <summary>A user as one version sees them.</summary>
public sealed record UserProfile
{
    /// <summary>Key of the user, as asked.</summary>
    public required string User { get; init; }

    /// <summary>Kind of the store's user keys; Unset where the version keeps no users.</summary>
    public required KeyKind UserKeys { get; init; }

    /// <summary>Known events it was made of, at most 100.</summary>
    public required int Events { get; init; }

    /// <summary>The vector, of length 1; empty where the version makes none.</summary>
    public required float[] Vector { get; init; }

    /// <summary>Name of the space the vector lies in: where it can be searched for items.</summary>
    public required string? Space { get; init; }

    /// <summary>How the vector was made.</summary>
    public required UserVectorKind Kind { get; init; }

    /// <summary>Version that made the vector.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Version whose item vectors it is made of: with those of another version it means nothing.
    /// </summary>
    public required long DependsOn { get; init; }

    /// <summary>Share of each trait, sum 1; empty where the version has no traits.</summary>
    public required float[] Traits { get; init; }

    /// <summary>What stood in where the user's own history was too short; None = it was not.</summary>
    public required Fallback Fallback { get; init; }
}
