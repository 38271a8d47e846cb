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
    /// offsets);
    /// without an offset the time is UTC.</summary>
    Iso = 3,
}
