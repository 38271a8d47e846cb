namespace EmbedEngine;

/// <summary>What folding new events into a new version did.</summary>
public sealed record RefreshReport
{
    /// <summary>The new version, now active.</summary>
    public required long Version { get; init; }

    /// <summary>The version it was made of.</summary>
    public required long Parent { get; init; }

    /// <summary>Events of the log that the parent had not learned.</summary>
    public required long NewEvents { get; init; }

    /// <summary>Events of items that the parent does not know: they wait for the next training.</summary>
    public required long UnknownItemEvents { get; init; }

    /// <summary>Users with a history.</summary>
    public required long Users { get; init; }

    /// <summary>Names of the artifacts made anew; the others are the parent's.</summary>
    public required IReadOnlyList<string> Renewed { get; init; }

    /// <summary>Seconds it took.</summary>
    public required double Seconds { get; init; }
}
