namespace EmbedEngine.Training;

/// <summary>
/// Options of <see cref="TreeBoosting"/>. Defaults were measured on slices of four public logs.
/// </summary>
internal sealed record TreeBoostingOptions
{
    /// <summary>Most trees grown; fewer where the later requests stop improving.</summary>
    public int Trees { get; init; } = 300;

    /// <summary>Shrinkage of each tree.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>L2 penalty on leaf values, in units of summed hessians.</summary>
    public double Lambda { get; init; } = 3;

    /// <summary>Share of requests each tree sees.</summary>
    public double RowShare { get; init; } = 0.5;

    /// <summary>Share of features each tree may ask for.</summary>
    public double FeatureShare { get; init; } = 0.6;

    /// <summary>Trees without improvement after which growing stops.</summary>
    public int Patience { get; init; } = 40;

    public ulong Seed { get; init; } = 42;

    public int Threads { get; init; } = 1;

    /// <summary>Throws when a value is out of range.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Trees, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Trees, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (!(LearningRate is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "must be in (0, 1]");
        if (!(Lambda >= 0))
            throw new ArgumentOutOfRangeException(nameof(Lambda), Lambda, "must not be negative");
        if (!(RowShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(RowShare), RowShare, "must be in (0, 1]");
        if (!(FeatureShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(FeatureShare), FeatureShare, "must be in (0, 1]");
    }
}
