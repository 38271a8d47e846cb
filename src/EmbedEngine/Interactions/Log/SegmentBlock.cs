namespace EmbedEngine.Interactions.Log;

/// <summary>
/// The sessions of one decoded block. Arrays may be longer than what is valid; reused from block to block.
/// </summary>
internal sealed class SegmentBlock
{
    public int SessionCount { get; set; }

    public int EventCount { get; set; }

    /// <summary>
    /// int64 keys; for text keys start of each in <see cref="KeyBytes"/> (SessionCount + 1 values).
    /// </summary>
    public long[] Keys { get; set; } = [];

    public byte[] KeyBytes { get; set; } = [];

    public int[] Users { get; set; } = [];

    public long[] FirstRows { get; set; } = [];

    public int[] EventCounts { get; set; } = [];

    /// <summary>The events of all sessions, one after another.</summary>
    public LogEvent[] Events { get; set; } = [];
}
