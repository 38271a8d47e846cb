namespace EmbedEngine.Statistics;

/// <summary>What counts as seen together.</summary>
internal sealed record CooccurrenceOptions
{
    /// <summary>
    /// Units of one pair at distance 1 where distances weigh: a pair at distance d counts 60 / d of them.
    /// </summary>
    public const int DistanceUnits = 60;

    /// <summary>Events to each side of an event that it is seen with. 1 to 1000; default 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>
    /// Whether near pairs count more: 60 / distance, rounded to a whole number, instead of 1.
    /// </summary>
    public bool DistanceWeighting { get; init; }

    /// <summary>Entries kept a row, those of the largest counts, ties by smaller column; 0 = all.</summary>
    public int TopNeighbors { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        if (Window is < 1 or > 1000)
            throw new ArgumentOutOfRangeException(nameof(Window), Window, "Window must be 1 to 1000");
        ArgumentOutOfRangeException.ThrowIfNegative(TopNeighbors);
    }
}
