// Sorted rows to sessions: by the session column, or by the inactivity of one user.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Sessions;

/// <summary>Cuts the sorter's rows into sessions.</summary>
internal static class SessionGrouper
{
    private const int PollEvery = 1 << 16;

    /// <summary>Reads all rows of the sorter and emits every session.</summary>
    /// <param name="sorter">Rows whose Session is the key column's number or ordinal.</param>
    /// <param name="assembler">Takes the sessions.</param>
    /// <param name="keys">The key column: sessions, or users where the segment is user-cut.</param>
    /// <param name="progress">Polled for cancellation.</param>
    public static void Run(
        EventSorter sorter, SessionAssembler assembler, KeyColumn keys, ProgressScope progress)
    {
        SegmentHeader header = assembler.Header;
        bool cut = header.UserCut && header.HasTimes;
        long gapMs = header.GapMinutes * 60_000L;
        var events = new LogEvent[256];
        int count = 0;
        int user = -1;
        bool mixed = false;
        long firstRow = long.MaxValue;
        long key = 0;
        long rows = 0;
        while (sorter.TryNext(out SortRecord row))
        {
            if (count > 0 && (row.Session != key || (cut && row.TimeMs - events[count - 1].TimeMs > gapMs)))
            {
                Emit(assembler, keys, key, user, firstRow, events.AsSpan(0, count));
                (count, user, mixed, firstRow) = (0, -1, false, long.MaxValue);
            }
            key = row.Session;
            if (user < 0) user = row.User;
            else if (!mixed && row.User >= 0 && row.User != user)
            {
                mixed = true;
                assembler.MixedSessions++;
            }
            firstRow = Math.Min(firstRow, row.Row);
            if (count == events.Length) Array.Resize(ref events, count * 2);
            events[count++] = new LogEvent(row.TimeMs, row.Item, row.Action);
            if (++rows % PollEvery == 0) progress.Poll();
        }
        if (count > 0) Emit(assembler, keys, key, user, firstRow, events.AsSpan(0, count));
    }

    private static void Emit(
        SessionAssembler assembler, KeyColumn keys, long key, int user, long firstRow, Span<LogEvent> events)
    {
        if (keys.Dictionary is null) assembler.Emit(key, default, user, firstRow, events);
        else if (keys.Kind == KeyKind.Int64)
            assembler.Emit(keys.Dictionary.Int64Key(key), default, user, firstRow, events);
        else assembler.Emit(0, keys.Dictionary.TextKey(key), user, firstRow, events);
    }
}
