namespace EmbedEngine;

/// <summary>
/// How vectors of walks over the item graph are made: settings <c>graph_*</c> of a training run. <see
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

    /// <summary>
    /// <c>graph_window</c>: events to each side that an item is seen with. Windows of 1, 2 and 5 measured
    /// alike (HR@20 .408, .412, .413 on the last tenth of Diginetica's training sessions).
    /// </summary>
    public int Window { get; init; } = 2;

    /// <summary><c>graph_walk_window</c>: items to each side in a walk that are its context.</summary>
    public int WalkWindow { get; init; } = 2;

    /// <summary><c>graph_negative_samples</c>: as <see cref="SkipGramOptions.NegativeSamples"/>.</summary>
    public int NegativeSamples { get; init; } = 16;

    /// <summary><c>graph_negative_exponent</c>: as <see cref="SkipGramOptions.NegativeExponent"/>.</summary>
    public double NegativeExponent { get; init; } = 0.5;

    /// <summary>
    /// <c>graph_epochs</c>: passes over all walks, which are ten times a small log's events and repeat
    /// themselves.
    /// </summary>
    public int Epochs { get; init; } = 1;

    /// <summary><c>graph_learning_rate</c>: as <see cref="SkipGramOptions.LearningRate"/>.</summary>
    public double LearningRate { get; init; } = 0.15;

    /// <summary><c>graph_p</c>: node2vec's return parameter.</summary>
    public double P { get; init; } = 1;

    /// <summary><c>graph_q</c>: node2vec's in-out parameter.</summary>
    public double Q { get; init; } = 1;
}
