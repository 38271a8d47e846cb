namespace EmbedEngine;

/// <summary>
/// How items seen in the same sessions are counted: settings <c>covisitation_*</c> and
/// <c>sequential_neighbors</c> of a training run. <see cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record CovisitationSettings
{
    /// <summary>
    /// Only the last events of a session make pairs: longer sessions are mostly robots and catalogue tours.
    /// </summary>
    public int LastEvents { get; init; } = 20;

    /// <summary>Neighbours kept an item.</summary>
    public int Neighbors { get; init; } = 40;

    /// <summary>
    /// Classic makes the source <c>covisitation</c> look forward only and count repeats, as people's SQL
    /// does.
    /// </summary>
    public CovisitationRule Rule { get; init; }

    /// <summary>Next items kept an item by sequential rules.</summary>
    public int SequentialNeighbors { get; init; } = 100;
}
