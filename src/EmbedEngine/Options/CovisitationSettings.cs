namespace EmbedEngine;

/// <summary>
/// How items seen in the same sessions are counted: settings <c>covisitation_*</c>,
/// <c>sequential_neighbors</c> and <c>bought_together_hours</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record CovisitationSettings
{
    private static readonly Statistics.CovisitationOptions Defaults = new();

    /// <summary>
    /// Only the last events of a session make pairs: longer sessions are mostly robots and catalogue tours.
    /// </summary>
    public int LastEvents { get; init; } = Defaults.LastEvents;

    /// <summary>Neighbours kept an item.</summary>
    public int Neighbors { get; init; } = Defaults.TopNeighbors;

    /// <summary>Pairs further apart than this do not count.</summary>
    public double WindowHours { get; init; } = Defaults.WindowHours;

    /// <summary>A pair weighs exp(−this · hours apart).</summary>
    public double DecayPerHour { get; init; } = Defaults.DecayPerHour;

    /// <summary>
    /// Classic makes the source <c>covisitation</c> look forward only and count repeats, as people's SQL
    /// does.
    /// </summary>
    public CovisitationRule Rule { get; init; }

    /// <summary>Next items kept an item by sequential rules.</summary>
    public int SequentialNeighbors { get; init; } = 100;

    /// <summary>A basket is what is ordered within this time in one session; default two weeks.</summary>
    public double BasketHours { get; init; } = 14 * 24;
}
