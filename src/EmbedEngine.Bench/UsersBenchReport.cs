namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Users"/> measured; null = that part was not asked for.</summary>
public sealed record UsersBenchReport
{
    /// <summary>Requests of users against requests of their sessions alone.</summary>
    public required UserRequestFigures Requests { get; init; }

    /// <summary>Live events.</summary>
    public required ObserveFigures Observed { get; init; }

    /// <summary>An artifact of histories that was made for it.</summary>
    public HistoryFigures? Histories { get; init; }
}

/// <summary>
/// The same sessions asked for alone and with their users' histories, one after the other, on one thread
/// after a warm-up. Times in microseconds.
/// </summary>
public sealed record UserRequestFigures
{
    /// <summary>Distinct sessions, each the last visit of a user who has an earlier one.</summary>
    public required int Sessions { get; init; }

    /// <summary>Times that each was asked both ways.</summary>
    public required int Rounds { get; init; }

    /// <summary>Events of the users before their sessions, on average; at most 100.</summary>
    public required double PastEvents { get; init; }

    /// <summary>What answers a session alone.</summary>
    public required string Served { get; init; }

    /// <summary>What answers where the past is known too.</summary>
    public required string ServedUser { get; init; }

    /// <summary>Median of a session alone.</summary>
    public required double SessionP50Us { get; init; }

    /// <summary>99th percentile of a session alone.</summary>
    public required double SessionP99Us { get; init; }

    /// <summary>Median of the session with its user's history.</summary>
    public required double UserP50Us { get; init; }

    /// <summary>99th percentile with the history.</summary>
    public required double UserP99Us { get; init; }

    /// <summary>Ratio of the medians: the median of all rounds.</summary>
    public required double Ratio { get; init; }

    /// <summary>Smallest ratio of a round.</summary>
    public required double LeastRatio { get; init; }

    /// <summary>Largest ratio of a round.</summary>
    public required double LargestRatio { get; init; }

    /// <summary>Bytes that a request of a user allocates: the median.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>
    /// Share of the requests of users that allocate at all: a few times a second one looks for what other
    /// processes have observed.
    /// </summary>
    public required double AllocatingShare { get; init; }
}

/// <summary>
/// Events observed one by one, without fsync, while a model of the same process follows. Microseconds.
/// </summary>
public sealed record ObserveFigures
{
    /// <summary>Events.</summary>
    public required int Events { get; init; }

    /// <summary>Median of an event.</summary>
    public required double P50Us { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99Us { get; init; }
}

/// <summary>Opening the histories of many users.</summary>
public sealed record HistoryFigures
{
    /// <summary>Users in the artifact.</summary>
    public required int Users { get; init; }

    /// <summary>Events of all of them.</summary>
    public required long Events { get; init; }

    /// <summary>Length of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Milliseconds to open it with its pages in memory.</summary>
    public required double OpenMs { get; init; }

    /// <summary>
    /// Milliseconds to open it after the system was asked to drop its pages; null where it cannot be asked.
    /// </summary>
    public double? OpenColdMs { get; init; }

    /// <summary>
    /// Bytes of the mapping that are resident once it is open; null where the system does not say.
    /// </summary>
    public long? TouchedBytes { get; init; }

    /// <summary>Median of finding a user and reading the history, of users at random.</summary>
    public required double ReadP50Us { get; init; }
}
