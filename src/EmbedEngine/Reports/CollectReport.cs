namespace EmbedEngine;

/// <summary>What a collection removed and what it had to leave.</summary>
public sealed record CollectReport
{
    /// <summary>Versions removed, newest first.</summary>
    public required IReadOnlyList<long> Collected { get; init; }

    /// <summary>Versions that would have gone but are open in some process.</summary>
    public required IReadOnlyList<long> Leased { get; init; }
}
