namespace EmbedEngine;

/// <summary>
/// How popularity is counted: settings <c>popularity_*</c> of a training run. <see cref="SettingTable"/> has
/// the ranges.
/// </summary>
public sealed record PopularitySettings
{
    /// <summary>λ: an event weighs exp(−λ · days of age). At .01 one of 70 days ago counts half.</summary>
    public double DecayPerDay { get; init; } = 0.01;

    /// <summary>Trailing windows, in days, each with a list of its own; the first is 0, all time.</summary>
    public IReadOnlyList<int> WindowsDays { get; init; } = AllWindows;

    /// <summary>
    /// Whether the events of sessions too short to learn from count too, of items that longer sessions have;
    /// not for trends.
    /// </summary>
    public bool ShortSessions { get; init; }

    /// <summary>Items kept of each list.</summary>
    public int ListLength { get; init; } = 10_000;

    private static readonly int[] AllWindows = [0, 1, 7, 28];
}
