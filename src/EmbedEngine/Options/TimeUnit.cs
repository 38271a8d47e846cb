namespace EmbedEngine;

/// <summary>
/// What the time column holds. Stored times are always int64 milliseconds since 1970-01-01 UTC.
/// </summary>
public enum TimeUnit
{
    /// <summary>Decide from the first rows.</summary>
    Auto = 0,

    /// <summary>Seconds since 1970-01-01 UTC; a fraction is allowed and kept to the millisecond.</summary>
    Seconds = 1,

    /// <summary>Milliseconds since 1970-01-01 UTC; a fraction is cut off.</summary>
    Milliseconds = 2,

    /// <summary>ISO 8601 (<c>2019-10-01</c>, <c>2019-10-01T08:00:00.5Z</c>, <c>2019-10-01 08:00:00 UTC</c>,
    /// offsets); without an offset the time is UTC, or <see cref="ImportOptions.TimeZone"/>'s.</summary>
    Iso = 3,

    /// <summary>Microseconds since 1970-01-01 UTC; what is finer than a millisecond is cut off.</summary>
    Microseconds = 4,

    /// <summary>Nanoseconds since 1970-01-01 UTC; what is finer than a millisecond is cut off.</summary>
    Nanoseconds = 5,

    /// <summary>
    /// Dates with the day first: <c>31/12/2023</c>, <c>31.12.2023 23:59:59</c>, <c>1-2-2024</c>; the time's
    /// zone as for <see cref="Iso"/>.
    /// </summary>
    DayFirst = 6,

    /// <summary>
    /// Dates with the month first: <c>12/31/2023</c>, <c>12/1/2010 8:26</c>, <c>1/2/2024 11:59 PM</c>;
    /// likewise.
    /// </summary>
    MonthFirst = 7,
}
