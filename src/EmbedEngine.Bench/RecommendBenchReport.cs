namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Recommend"/> measured, on one thread after a warm-up.</summary>
public sealed record RecommendBenchReport
{
    /// <summary>Requests measured.</summary>
    public required int Requests { get; init; }

    /// <summary>Items asked for.</summary>
    public required int K { get; init; }

    /// <summary>Median of a request, in microseconds.</summary>
    public required double P50Us { get; init; }

    /// <summary>99th percentile, in microseconds.</summary>
    public required double P99Us { get; init; }

    /// <summary>Requests a second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Bytes the managed heap gave out in all requests together.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>
    /// Share of the requests that allocate at all: a few times a second one looks for what other processes
    /// have observed, some 50 kB.
    /// </summary>
    public required double AllocatingShare { get; init; }

    /// <summary>
    /// Median of the index search of item2vec alone, in microseconds; 0 without such vectors.
    /// </summary>
    public required double IndexP50Us { get; init; }

    /// <summary>
    /// Share of the exact 2k best of item2vec that its index finds, over at most 1000 of the requests; null
    /// without such vectors.
    /// </summary>
    public double? AnnRecall { get; init; }
}
