namespace EmbedEngine;

/// <summary>
/// How vectors of factorised co-occurrence are made: settings <c>svd_*</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record SvdSettings
{
    /// <summary>
    /// <c>svd_rank</c>: length of each vector. The spectrum is flat, so more is
    /// better: HR@20 on the last tenth of Diginetica's training sessions is .239 with 64, .280 with 128, .329
    /// with 256, at three times the work each time. Windows of 3 to 10, shifts to 5 and exponents from 0 to 1
    /// move it by less than .01.
    /// </summary>
    public int Rank { get; init; } = 128;

    /// <summary><c>svd_window</c>: events to each side that an item is seen with.</summary>
    public int Window { get; init; } = 5;

    /// <summary><c>svd_shift</c>: its logarithm is taken off the information of a pair.</summary>
    public double Shift { get; init; } = 1;

    /// <summary><c>svd_smoothing</c>: exponent of context counts.</summary>
    public double Smoothing { get; init; } = 0.75;

    /// <summary><c>svd_exponent</c>: p of U·S^p.</summary>
    public double Exponent { get; init; } = 0.5;
}
