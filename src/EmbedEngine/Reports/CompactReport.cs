namespace EmbedEngine;

/// <summary>What rewriting the event log did.</summary>
public sealed record CompactReport
{
    /// <summary>Segments before.</summary>
    public required long SegmentsBefore { get; init; }

    /// <summary>Segments after.</summary>
    public required long SegmentsAfter { get; init; }

    /// <summary>Bytes of the log before.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Bytes of the log after.</summary>
    public required long BytesAfter { get; init; }

    /// <summary>Events that went: older than the retention, or of whom or what was forgotten.</summary>
    public required long RemovedEvents { get; init; }

    /// <summary>Sessions that lost their last event.</summary>
    public required long RemovedSessions { get; init; }
}
