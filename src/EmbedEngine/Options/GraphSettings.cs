namespace EmbedEngine;

/// <summary>
/// How vectors of walks over the item graph (T3) are made: settings <c>graph_*</c> of a training run.
/// </summary>
public sealed record GraphSettings
{
    /// <summary>
    /// <c>graph_neighbors</c>: edges kept an item, those of the most co-occurrences, 1 to 10,000; default 50.
    /// </summary>
    public int Neighbors { get; init; } = 50;

    /// <summary><c>graph_walks</c>: walks from each item, 1 to 10,000; default 10.</summary>
    public int Walks { get; init; } = 10;

    /// <summary><c>graph_walk_length</c>: items of a walk, 2 to 10,000; default 20.</summary>
    public int WalkLength { get; init; } = 20;

    /// <summary><c>graph_p</c>: node2vec's return parameter, 0.001 to 1000; default 1.</summary>
    public double P { get; init; } = 1;

    /// <summary><c>graph_q</c>: node2vec's in-out parameter, 0.001 to 1000; default 1.</summary>
    public double Q { get; init; } = 1;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting.</exception>
    public void Validate()
    {
        TrainSettings.Require(Neighbors is >= 1 and <= 10_000, "graph_neighbors", "1 to 10000");
        TrainSettings.Require(Walks is >= 1 and <= 10_000, "graph_walks", "1 to 10000");
        TrainSettings.Require(WalkLength is >= 2 and <= 10_000, "graph_walk_length", "2 to 10000");
        TrainSettings.Require(P is >= 1e-3 and <= 1e3, "graph_p", "0.001 to 1000");
        TrainSettings.Require(Q is >= 1e-3 and <= 1e3, "graph_q", "0.001 to 1000");
    }
}
