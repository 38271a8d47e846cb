namespace EmbedEngine.Statistics;

/// <summary>How pairs of items of one session are counted.</summary>
internal sealed record CovisitationOptions
{
    /// <summary>
    /// Which pairs count. The classic rule has no use for <see cref="DistanceWeighting"/> and <see
    /// cref="Symmetric"/>: it never divides and never looks back.
    /// </summary>
    public CovisitationRule Rule { get; init; }

    /// <summary>
    /// Only the last events of a session make pairs: longer sessions are mostly robots and catalogue tours.
    /// </summary>
    public int LastEvents { get; init; } = 20;

    /// <summary>Pairs further apart than this do not count.</summary>
    public double WindowHours { get; init; } = 12;

    /// <summary>Weight falls by exp(−this · hours apart).</summary>
    public double DecayPerHour { get; init; } = 0.05;

    /// <summary>Neighbours kept an item.</summary>
    public int TopNeighbors { get; init; } = 40;

    /// <summary>
    /// Divide by the distance in events. Classical recipes do not; it lifts Diginetica HR@20 from .39 to .42.
    /// </summary>
    public bool DistanceWeighting { get; init; } = true;

    /// <summary>Count both a → b and b → a, whatever came first; false counts only what came later.</summary>
    public bool Symmetric { get; init; } = true;

    /// <summary>
    /// Action codes of the events pairs start from (256 entries); null = all that are no removal.
    /// </summary>
    public IReadOnlyList<bool>? SourceActions { get; init; }

    /// <summary>
    /// Action codes of the events pairs end at (256 entries); null = all that are no removal.
    /// </summary>
    public IReadOnlyList<bool>? TargetActions { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LastEvents, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LastEvents, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(TopNeighbors, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TopNeighbors, 10_000);
        if (!(WindowHours > 0))
            throw new ArgumentOutOfRangeException(nameof(WindowHours), WindowHours, "must be above 0");
        if (!(DecayPerHour >= 0))
            throw new ArgumentOutOfRangeException(nameof(DecayPerHour), DecayPerHour, "must not be negative");
    }
}
