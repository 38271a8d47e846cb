namespace EmbedEngine;

/// <summary>
/// How a fusion is learned: settings <c>ranker</c> and <c>ranker_*</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record RankerSettings
{
    private static readonly Training.TreeBoostingOptions Defaults = new();

    /// <summary>Whether one is learned at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Requests it learns from, at most.</summary>
    public int Requests { get; init; } = 20_000;

    /// <summary>Trees it grows, at most; fewer where later requests stop improving.</summary>
    public int Trees { get; init; } = Defaults.Trees;

    /// <summary>Shrinkage of each tree.</summary>
    public double LearningRate { get; init; } = Defaults.LearningRate;

    /// <summary>L2 penalty on leaf values, in units of summed hessians.</summary>
    public double Lambda { get; init; } = Defaults.Lambda;

    /// <summary>Share of the requests each tree sees.</summary>
    public double RowShare { get; init; } = Defaults.RowShare;

    /// <summary>Share of the features each tree may ask for.</summary>
    public double FeatureShare { get; init; } = Defaults.FeatureShare;

    /// <summary>Trees without improvement after which growing stops.</summary>
    public int Patience { get; init; } = Defaults.Patience;

    /// <summary>
    /// Groups of features it must do without: the sources by name, and item, trend, age, action, past,
    /// session and relation.
    /// </summary>
    public IReadOnlyList<string> Drop { get; init; } = [];
}
