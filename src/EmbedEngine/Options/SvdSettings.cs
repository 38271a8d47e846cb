namespace EmbedEngine;

/// <summary>
/// How vectors of factorised co-occurrence (T2) are made: settings <c>svd_*</c> of a training run.
/// </summary>
public sealed record SvdSettings
{
    /// <summary>
    /// <c>svd_rank</c>: length of each vector, 1 to 1024; default 128. The spectrum is flat, so more is
    /// better: HR@20 on the last tenth of Diginetica's training sessions is .239 with 64, .280 with 128, .329
    /// with 256, at three times the work each time. Windows of 3 to 10, shifts to 5 and exponents from 0 to 1
    /// move it by less than .01.
    /// </summary>
    public int Rank { get; init; } = 128;

    /// <summary>
    /// <c>svd_window</c>: events to each side that an item is seen with, 1 to 1000; default 5.
    /// </summary>
    public int Window { get; init; } = 5;

    /// <summary>
    /// <c>svd_shift</c>: its logarithm is taken off the information of a pair, 1 to 1,000,000; default 1
    /// (none).
    /// </summary>
    public double Shift { get; init; } = 1;

    /// <summary><c>svd_exponent</c>: p of U·S^p, 0 to 1; default 0.5.</summary>
    public double Exponent { get; init; } = 0.5;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting.</exception>
    public void Validate()
    {
        TrainSettings.Require(Rank is >= 1 and <= 1024, "svd_rank", "1 to 1024");
        TrainSettings.Require(Window is >= 1 and <= 1000, "svd_window", "1 to 1000");
        TrainSettings.Require(Shift is >= 1 and <= 1e6, "svd_shift", "1 to 1000000");
        TrainSettings.Require(Exponent is >= 0 and <= 1, "svd_exponent", "0 to 1");
    }
}
