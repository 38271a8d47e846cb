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
    /// Sessions whose rows name several users: each is taken for the first one's, with all its events.
    /// </summary>
    public long MixedSessions { get; init; }

    /// <summary>
    /// Observed events that were taken into the log before this import; not in <see cref="Events"/>.
    /// </summary>
    public long AdoptedEvents { get; init; }

    /// <summary>Observed events that were left out then: their keys are not of the store's kind.</summary>
    public long UnfitEvents { get; init; }

    /// <summary>Events by action name, as stored.</summary>
    public IReadOnlyDictionary<string, long> EventsByAction { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// The columns that were taken, by what they are: item, session, user, time, action, category, title.
    /// Empty for formats without columns. Of several files the first that has one says it.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the columns that were not taken, in file order.</summary>
    public IReadOnlyList<string> UnusedColumns { get; init; } = [];

    /// <summary>Kind of the item keys.</summary>
    public KeyKind ItemKeys { get; init; }

    /// <summary>What times were read as; null = there were none.</summary>
    public TimeUnit? TimeUnit { get; init; }

    /// <summary>Earliest time in milliseconds since 1970; null = no times.</summary>
    public long? FirstMs { get; init; }

    /// <summary>Latest time, likewise.</summary>
    public long? LastMs { get; init; }

    /// <summary>Events by action name of the actions that mean nothing to the engine yet.</summary>
    public IReadOnlyDictionary<string, long> UnknownActions { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// What a person should read before believing any figure: no times, odd times, keys that look like
    /// floating-point numbers, actions that are not known, nothing to learn from. Each names its file.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Length and 64-bit hash of the file's bytes as <c>length-hash</c>: equal for equal content. Null for
    /// standard input and arrays.
    /// </summary>
    public string? SourceFingerprint { get; init; }
}
