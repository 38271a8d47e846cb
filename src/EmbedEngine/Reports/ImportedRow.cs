namespace EmbedEngine;

/// <summary>One event as a dry run of an import read it.</summary>
public sealed record ImportedRow
{
    /// <summary>Key of its session; where sessions are cut by inactivity, of its user.</summary>
    public required string Session { get; init; }

    /// <summary>Key of its user; null = not known.</summary>
    public string? User { get; init; }

    /// <summary>Milliseconds since 1970-01-01 UTC; null = without times.</summary>
    public long? TimeMs { get; init; }

    /// <summary>Name of the action, as the log has it.</summary>
    public required string Action { get; init; }

    /// <summary>Key of the item.</summary>
    public required string Item { get; init; }
}
