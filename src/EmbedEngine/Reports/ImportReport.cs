namespace EmbedEngine;

/// <summary>What one import took in.</summary>
public sealed record ImportReport
{
    /// <summary>Events written to the log: accepted rows without the exact duplicates.</summary>
    public long Events { get; init; }

    /// <summary>Sessions found, of any length.</summary>
    public long Sessions { get; init; }

    /// <summary>Distinct items among the accepted rows of this source.</summary>
    public long Items { get; init; }

    /// <summary>Rows that were not usable.</summary>
    public long Rejected { get; init; }

    /// <summary>The first ten rejected rows in file order.</summary>
    public IReadOnlyList<RejectedRow> FirstErrors { get; init; } = [];

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>
    /// Sessions with fewer than <see cref="ImportOptions.MinSession"/> events: in the log, not trained on.
    /// </summary>
    public long ShortSessions { get; init; }

    /// <summary>
    /// Sessions over <see cref="ImportOptions.MaxEventsPerSession"/>: in the log, not trained on.
    /// </summary>
    public long LongSessions { get; init; }

    /// <summary>
    /// Other sessions over <see cref="ImportOptions.MaxEventsPerMinute"/>: in the log, not trained on.
    /// </summary>
    public long RobotSessions { get; init; }

    /// <summary>
    /// Accepted rows whose session, item, action and time all equal an earlier row's. They are in the log and
    /// in
    /// <see cref="Events"/>, and are learned from once.
    /// </summary>
    public long DuplicateEvents { get; init; }

    /// <summary>
    /// Observed events that were taken into the log before this import; not in <see cref="Events"/>.
    /// </summary>
    public long AdoptedEvents { get; init; }

    /// <summary>Observed events that were left out then: their keys are not of the store's kind.</summary>
    public long UnfitEvents { get; init; }

    /// <summary>Events by action name, as stored.</summary>
    public IReadOnlyDictionary<string, long> EventsByAction { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// Length and 64-bit hash of the file's bytes as <c>length-hash</c>: equal for equal content. Null for
    /// standard input and arrays.
    /// </summary>
    public string? SourceFingerprint { get; init; }
}
