namespace EmbedEngine.Bench;

/// <summary>
/// What <see cref="BenchRuns.Nmf"/> measured. Seconds are wall time, CpuSeconds processor time of all
/// threads.
/// </summary>
public sealed record NmfBenchReport
{
    /// <summary>Rows of the matrix.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of the matrix.</summary>
    public required int Columns { get; init; }

    /// <summary>Entries that are stored: all of a dense matrix.</summary>
    public required long Entries { get; init; }

    /// <summary>Components.</summary>
    public required int Rank { get; init; }

    /// <summary>Threads that it was allowed.</summary>
    public required int Threads { get; init; }

    /// <summary>The factorisation with its start, from the matrix in memory to factors in memory.</summary>
    public required double Seconds { get; init; }

    /// <summary>As <see cref="Seconds"/>.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Iterations made.</summary>
    public required int Iterations { get; init; }

    /// <summary>Whether the tolerance was reached.</summary>
    public required bool Converged { get; init; }

    /// <summary>|X − WH| / |X|, Frobenius, in double, computed afterwards.</summary>
    public required double RelativeError { get; init; }

    /// <summary>
    /// Microseconds a row of projecting X on the final H by exact NNLS, wall time of one thread.
    /// </summary>
    public required double NnlsMicrosecondsPerRow { get; init; }
}
