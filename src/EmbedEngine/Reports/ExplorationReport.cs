namespace EmbedEngine;

/// <summary>
/// What exploration costs and what it shows: <c>hybrid</c> with a share of its places explored, and without,
/// on the same cases.
/// </summary>
public sealed record ExplorationReport
{
    /// <summary>Share of the places that is explored.</summary>
    public required float Share { get; init; }

    /// <summary>Cases evaluated.</summary>
    public required long Cases { get; init; }

    /// <summary>Items of the version that little is known of: at most five events.</summary>
    public required int LittleKnown { get; init; }

    /// <summary>How many different ones of them were recommended.</summary>
    public required int Shown { get; init; }

    /// <summary>How many different ones are recommended without exploration.</summary>
    public required int ShownWithout { get; init; }

    /// <summary>Places that were explored, of all lists together.</summary>
    public required long Places { get; init; }

    /// <summary>Figures with exploration.</summary>
    public required SourceMetrics With { get; init; }

    /// <summary>Figures without.</summary>
    public required SourceMetrics Without { get; init; }

    /// <summary>Those with exploration less those without, with paired intervals.</summary>
    public required MetricDifferences Difference { get; init; }
}
