namespace EmbedEngine;

/// <summary>
/// Whether a store and its active version are fit to serve, and what to do where they are not. docs/health.md
/// has every check with its threshold and where that comes from.
/// </summary>
public sealed record HealthReport
{
    /// <summary>Whether every check passes.</summary>
    public bool Ok => Checks.All(c => c.Ok);

    /// <summary>The active version; 0 = nothing was trained yet.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// What was checked; what there is nothing to measure on (no times, no users, no vectors) is left out.
    /// </summary>
    public required IReadOnlyList<HealthCheck> Checks { get; init; }

    /// <summary>Whether to train again, and why.</summary>
    public required RetrainAdvice Retrain { get; init; }
}

/// <summary>One thing that was measured.</summary>
public sealed record HealthCheck
{
    /// <summary>Its name, for programs: <c>popularity</c>, <c>index_recall:item2vec</c> …</summary>
    public required string Name { get; init; }

    /// <summary>What was measured, in words, with the item, user or session it is about.</summary>
    public required string Measure { get; init; }

    /// <summary>What it came to.</summary>
    public required double Value { get; init; }

    /// <summary>Where trouble begins.</summary>
    public required double Threshold { get; init; }

    /// <summary>Where the threshold comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Whether all is well.</summary>
    public required bool Ok { get; init; }

    /// <summary>What a person can do about it, with the command; also said where all is well.</summary>
    public required string Remedy { get; init; }
}

/// <summary>Whether to train again.</summary>
/// <param name="Advised">True where there is a reason.</param>
/// <param name="Reasons">A sentence each.</param>
/// <param name="Causes">
/// The same for programs, in the same order: <c>new_items</c>, <c>drift</c>, <c>age</c>.
/// </param>
public sealed record RetrainAdvice(
    bool Advised, IReadOnlyList<string> Reasons, IReadOnlyList<string> Causes);
