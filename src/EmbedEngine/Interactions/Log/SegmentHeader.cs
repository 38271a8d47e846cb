namespace EmbedEngine.Interactions.Log;

/// <summary>What holds for a whole event-log segment.</summary>
internal sealed record SegmentHeader
{
    public bool HasTimes { get; init; }

    public bool HasUsers { get; init; }

    /// <summary>Kind of the session keys (of the user keys where <see cref="UserCut"/>).</summary>
    public KeyKind SessionKeys { get; init; } = KeyKind.Int64;

    /// <summary>
    /// True: the input had users and no sessions; keys are user keys, cut by <see cref="GapMinutes"/>.
    /// </summary>
    public bool UserCut { get; init; }

    public int GapMinutes { get; init; } = ImportOptions.DefaultSessionGapMinutes;

    public int MinSession { get; init; } = 2;

    /// <summary>0 = no limit.</summary>
    public int MaxEventsPerSession { get; init; }

    /// <summary>Most events of a session in less than 60 seconds; 0 = no limit.</summary>
    public int MaxEventsPerMinute { get; init; }
}
