namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Covisitation"/> measured.</summary>
public sealed record CovisitationBenchReport
{
    /// <summary>Events imported.</summary>
    public required long Events { get; init; }

    /// <summary>Items counted.</summary>
    public required int Items { get; init; }

    /// <summary>From the file to a committed store.</summary>
    public required double ImportSeconds { get; init; }

    /// <summary>As <see cref="ImportSeconds"/>, processor time.</summary>
    public required double ImportCpuSeconds { get; init; }

    /// <summary>From the store's log to neighbour lists in memory.</summary>
    public required double CovisitationSeconds { get; init; }

    /// <summary>As <see cref="CovisitationSeconds"/>, processor time.</summary>
    public required double CovisitationCpuSeconds { get; init; }

    /// <summary>The part of <see cref="CovisitationCpuSeconds"/> that reads the log.</summary>
    public required double LoadCpuSeconds { get; init; }

    /// <summary>From events in memory to items by popularity.</summary>
    public required double PopularitySeconds { get; init; }

    /// <summary>As <see cref="PopularitySeconds"/>, processor time.</summary>
    public required double PopularityCpuSeconds { get; init; }

    /// <summary>Pairs kept.</summary>
    public required long Rows { get; init; }

    /// <summary>Sum of their weights.</summary>
    public required double WeightSum { get; init; }

    /// <summary>Score of the most popular item.</summary>
    public required double BestPopularity { get; init; }
}
