namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Ann"/> measured.</summary>
public sealed record AnnBenchReport
{
    /// <summary>Vectors in the index.</summary>
    public required int Rows { get; init; }

    /// <summary>Floats of a vector.</summary>
    public required int Dims { get; init; }

    /// <summary>Queries asked.</summary>
    public required int Queries { get; init; }

    /// <summary>From vectors in memory to the graph, before it is written.</summary>
    public required double BuildSeconds { get; init; }

    /// <summary>As <see cref="BuildSeconds"/>, processor time of all threads.</summary>
    public required double BuildCpuSeconds { get; init; }

    /// <summary>
    /// The index's file: links, codes and what goes with them. The vectors lie in a file of their own.
    /// </summary>
    public required long IndexBytes { get; init; }

    /// <summary>The vectors the index refers to, as the store keeps them.</summary>
    public required long VectorBytes { get; init; }

    /// <summary>One for each beam width.</summary>
    public required IReadOnlyList<AnnBenchPoint> Points { get; init; }

    /// <summary>Exact searches a second, one at a time on one thread.</summary>
    public required double ExactQps { get; init; }

    /// <summary>
    /// Share of exact results that the exact search of the index gave: 1, or there is a defect.
    /// </summary>
    public required double ExactRecall { get; init; }

    /// <summary>
    /// Searches a second through the index where its own rule chooses between graph and scan.
    /// </summary>
    public required double DefaultQps { get; init; }
}

/// <summary>Searches with one beam width.</summary>
/// <param name="Ef">Nodes kept in view.</param>
/// <param name="Recall">Share of the k exact nearest that were found.</param>
/// <param name="Qps">Searches a second: one at a time, one thread, the best of several passes.</param>
/// <param name="QpsCpu">The same by processor time.</param>
/// <param name="P50">Median time of a search, microseconds.</param>
/// <param name="P99">99th percentile, microseconds.</param>
public sealed record AnnBenchPoint(int Ef, double Recall, double Qps, double QpsCpu, double P50, double P99);
