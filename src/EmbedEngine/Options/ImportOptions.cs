namespace EmbedEngine;

/// <summary>
/// How an import reads its source. Immutable; every default suits a file with a usual header. Columns are
/// named as the header has them, a nested property of JSON by its path (<c>payload.item</c>), a column
/// without header by its number from 1; <c>-</c> says that there is none, whatever the names look like.
/// </summary>
public sealed record ImportOptions
{
    /// <summary>Rows that may be bad before the import ends without a trace: 1,000.</summary>
    public const long DefaultMaxErrors = 1000;

    /// <summary>Classical inactivity that ends a session: 30 minutes.</summary>
    public const int DefaultSessionGapMinutes = 30;

    /// <summary>The layout; used where the source does not say it. Default: found from the content.</summary>
    public EventFormat Format { get; init; } = EventFormat.Auto;

    /// <summary>Header name of the session column; null finds it by common names.</summary>
    public string? Session { get; init; }

    /// <summary>Header name of the user column; null finds it by common names.</summary>
    public string? User { get; init; }

    /// <summary>
    /// Header name of the time column; null finds it by common names; no such column keeps file order.
    /// </summary>
    public string? Time { get; init; }

    /// <summary>
    /// Header name of the action column; null finds it; no such column makes every event a click.
    /// </summary>
    public string? Action { get; init; }

    /// <summary>Header name of the item column; null finds it by common names.</summary>
    public string? Item { get; init; }

    /// <summary>Header name of an item category column; null finds it; optional.</summary>
    public string? Category { get; init; }

    /// <summary>Header name of an item title column; null finds it; optional.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Header name of a column of numbers that orders events of one session and time (−9·10^12 to
    /// 9·10^12, thousandths count); null = the order of the rows. Where two rows agree in it too, they keep
    /// the order they have.
    /// </summary>
    public string? Order { get; init; }

    /// <summary>Header name of a column of ratings; null = none. Only with <see cref="MinRating"/>.</summary>
    public string? Rating { get; init; }

    /// <summary>
    /// Rows with a lower rating, or none, are left out and counted (<see cref="ImportReport.BelowRating"/>);
    /// null (default) takes all.
    /// </summary>
    public double? MinRating { get; init; }

    /// <summary>
    /// What separates the columns of a delimited file: one character, or <c>::</c>; null finds it.
    /// </summary>
    public string? Delimiter { get; init; }

    /// <summary>
    /// How the file's text is coded: <c>utf-8</c>, <c>utf-16</c>, <c>latin1</c>; null: UTF-16 where its first
    /// bytes say so (a byte order mark), else UTF-8.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>
    /// The zone of dates that name none: an IANA name (<c>Europe/Berlin</c>, from the system's tzdata) or an
    /// offset (<c>+02:00</c>); null (default) = UTC. A time that the clocks went through twice is taken by
    /// the zone's standard time, one that they skipped as if they had not. Numbers have no zone.
    /// </summary>
    public string? TimeZone { get; init; }

    /// <summary>
    /// True reads everything, reports (with <see cref="ImportReport.Rows"/>) and changes nothing; the store
    /// need not exist, and is not made.
    /// </summary>
    public bool DryRun { get; init; }

    /// <summary>What the times are. Default: found from the first rows.</summary>
    public TimeUnit TimeUnit { get; init; } = TimeUnit.Auto;

    /// <summary>What action names mean, over the built-in spellings. Default: none.</summary>
    public IReadOnlyList<ActionMapping> Actions { get; init; } = [];

    /// <summary>
    /// Kind of the item keys; <see cref="KeyKind.Unset"/> takes the store's, else finds it.
    /// </summary>
    public KeyKind Keys { get; init; } = KeyKind.Unset;

    /// <summary>
    /// Inactivity in minutes that ends a session where only users are known; 1 to 525,600, default 30. The
    /// gap is to the previous event of the same user.
    /// </summary>
    public int SessionGapMinutes { get; init; } = DefaultSessionGapMinutes;

    /// <summary>
    /// Sessions with fewer events are kept in the log and not trained on; at least 1, default 2.
    /// </summary>
    public int MinSession { get; init; } = 2;

    /// <summary>
    /// Sessions with more events are taken for robots: kept in the log, not trained on. 0 (default) = no
    /// limit.
    /// </summary>
    public int MaxEventsPerSession { get; init; }

    /// <summary>
    /// Sessions with more distinct events than this in any less than 60 seconds are taken for robots: kept in
    /// the log, not trained on. Looks at times, so it says nothing of inputs without them. 0 (default) = no
    /// limit.
    /// </summary>
    public int MaxEventsPerMinute { get; init; }

    /// <summary>
    /// Bad rows tolerated; one more ends the import with nothing left behind. 0 or more, default 1,000.
    /// </summary>
    public long MaxErrors { get; init; } = DefaultMaxErrors;

    /// <summary>Ends the import at the first bad row.</summary>
    public bool Strict { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its documented range.</exception>
    /// <exception cref="ArgumentException">A column name is empty, or an action mapping is not
    /// usable.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Format)) throw new ArgumentOutOfRangeException(nameof(Format));
        if (Format == EventFormat.Columns)
            throw new ArgumentException(
                "format Columns is that of EventSource.Columns, not of a file", nameof(Format));
        if (!Enum.IsDefined(TimeUnit)) throw new ArgumentOutOfRangeException(nameof(TimeUnit));
        if (!Enum.IsDefined(Keys)) throw new ArgumentOutOfRangeException(nameof(Keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(SessionGapMinutes, 1, nameof(SessionGapMinutes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SessionGapMinutes, 525_600, nameof(SessionGapMinutes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSession, 1, nameof(MinSession));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxEventsPerSession, nameof(MaxEventsPerSession));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxEventsPerMinute, nameof(MaxEventsPerMinute));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxErrors, nameof(MaxErrors));
        foreach (string? column in (string?[])
            [Session, User, Time, Action, Item, Category, Title, Order, Rating])
        {
            if (column is { Length: 0 }) throw new ArgumentException("a column name is empty");
        }
        ReadingOptions.Validate(this);
        ArgumentNullException.ThrowIfNull(Actions);
        foreach (ActionMapping mapping in Actions)
        {
            if (string.IsNullOrWhiteSpace(mapping.Source) || string.IsNullOrWhiteSpace(mapping.Token)
                || !double.IsFinite(mapping.Weight))
            {
                throw new ArgumentException($"action mapping {mapping} is not usable");
            }
        }
    }
}
