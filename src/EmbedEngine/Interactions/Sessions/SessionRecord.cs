// A session on its way from a reader to the log: a view, valid only during the call it is handed to.

using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Interactions.Sessions;

/// <summary>One session: its key, who, where in the input it began, and its events in order.</summary>
internal readonly ref struct SessionRecord
{
    /// <summary>The key where the segment's keys are int64; not used for text keys.</summary>
    public long Key { get; init; }

    /// <summary>The key's UTF-8 bytes where the segment's keys are text; else empty.</summary>
    public ReadOnlySpan<byte> TextKey { get; init; }

    /// <summary>User ordinal, −1 = not known.</summary>
    public int User { get; init; }

    /// <summary>First row of the session in its input, counted from 0.</summary>
    public long FirstRow { get; init; }

    /// <summary>At least one event, ordered by time, then by row.</summary>
    public ReadOnlySpan<LogEvent> Events { get; init; }
}
