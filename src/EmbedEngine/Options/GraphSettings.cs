namespace EmbedEngine;

/// <summary>
/// How vectors of walks over the item graph (T3) are made: settings <c>graph_*</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record GraphSettings
{
    /// <summary>
    /// <c>graph_neighbors</c>: edges kept an item, those of the most co-occurrences.
    /// </summary>
    public int Neighbors { get; init; } = 50;

    /// <summary><c>graph_walks</c>: walks from each item.</summary>
    public int Walks { get; init; } = 10;

    /// <summary><c>graph_walk_length</c>: items of a walk.</summary>
    public int WalkLength { get; init; } = 20;

    /// <summary><c>graph_p</c>: node2vec's return parameter.</summary>
    public double P { get; init; } = 1;

    /// <summary><c>graph_q</c>: node2vec's in-out parameter.</summary>
    public double Q { get; init; } = 1;
}
