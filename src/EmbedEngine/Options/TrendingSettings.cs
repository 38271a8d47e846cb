namespace EmbedEngine;

/// <summary>
/// What trending means: settings <c>trending_*</c> of a training run. <see cref="SettingTable"/> has the
/// ranges.
/// </summary>
public sealed record TrendingSettings
{
    /// <summary>
    /// The window as a share of the log's events: one so far back weighs 1 / e of the last.
    /// </summary>
    public double WindowShare { get; init; } = 0.01;

    /// <summary>The window is at least this many events: fewer tell nothing apart.</summary>
    public int FewestEvents { get; init; } = 1000;

    /// <summary>How much the rise counts beside the level.</summary>
    public double LiftExponent { get; init; } = 0.25;
}
