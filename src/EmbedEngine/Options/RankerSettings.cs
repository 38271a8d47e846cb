namespace EmbedEngine;

/// <summary>
/// How a fusion is learned: settings <c>ranker</c> and <c>ranker_*</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record RankerSettings
{
    /// <summary>Whether one is learned at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Requests it learns from, at most.</summary>
    public int Requests { get; init; } = 20_000;

    /// <summary>Trees it grows, at most; fewer where later requests stop improving.</summary>
    public int Trees { get; init; } = 300;

    /// <summary>
    /// Groups of features it must do without: the sources by name, and item, trend, age, action, past,
    /// session and relation.
    /// </summary>
    public IReadOnlyList<string> Drop { get; init; } = [];
}
