// Columns of one block to sessions and events. Every count and value is checked before it is used.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Log;

/// <summary>Decodes block payloads.</summary>
internal static class SegmentBlockDecoder
{
    /// <summary>Fills <paramref name="block"/>; false where the columns do not fit the counts.</summary>
    public static bool TryDecode(
        SegmentHeader header, int sessions, int events, ReadOnlySpan<byte> payload, SegmentBlock block)
    {
        var columns = new VarintReader(payload);
        if (columns.Unsigned() != 0) return false;
        ReadOnlySpan<byte> keys = columns.Take(columns.Unsigned());
        ReadOnlySpan<byte> users = header.HasUsers ? columns.Take(columns.Unsigned()) : default;
        ReadOnlySpan<byte> rows = columns.Take(columns.Unsigned());
        ReadOnlySpan<byte> counts = columns.Take(columns.Unsigned());
        ReadOnlySpan<byte> times = header.HasTimes ? columns.Take(columns.Unsigned()) : default;
        ReadOnlySpan<byte> items = columns.Take(columns.Unsigned());
        ReadOnlySpan<byte> actions = columns.Take(columns.Unsigned());
        if (!columns.Complete) return false;
        Reserve(block, sessions, events);
        return TryKeys(header.SessionKeys, keys, sessions, block)
            && TrySessions(header.HasUsers, users, rows, counts, sessions, events, block)
            && TryEvents(header.HasTimes, times, items, actions, events, block);
    }

    private static void Reserve(SegmentBlock block, int sessions, int events)
    {
        if (block.Keys.Length < sessions + 1)
        {
            block.Keys = new long[sessions + 1];
            block.Users = new int[sessions];
            block.FirstRows = new long[sessions];
            block.EventCounts = new int[sessions];
        }
        if (block.Events.Length < events) block.Events = new LogEvent[events];
        block.SessionCount = sessions;
        block.EventCount = events;
    }

    private static bool TryKeys(KeyKind kind, ReadOnlySpan<byte> column, int sessions, SegmentBlock block)
    {
        var reader = new VarintReader(column);
        long[] keys = block.Keys;
        if (kind == KeyKind.Int64)
        {
            long key = 0;
            for (int i = 0; i < sessions; i++) keys[i] = key = unchecked(key + reader.Signed());
            return reader.Complete;
        }
        if (block.KeyBytes.Length < column.Length) block.KeyBytes = new byte[column.Length];
        int end = 0;
        for (int i = 0; i < sessions; i++)
        {
            ReadOnlySpan<byte> text = reader.Take(reader.Unsigned());
            if (text.IsEmpty || text.Length > KeyDictionary.MaxTextBytes) return false;
            keys[i] = end;
            text.CopyTo(block.KeyBytes.AsSpan(end));
            end += text.Length;
        }
        keys[sessions] = end;
        return reader.Complete;
    }

    private static bool TrySessions(
        bool hasUsers, ReadOnlySpan<byte> users, ReadOnlySpan<byte> rows, ReadOnlySpan<byte> counts,
        int sessions,
        int events, SegmentBlock block)
    {
        var userReader = new VarintReader(users);
        var rowReader = new VarintReader(rows);
        var countReader = new VarintReader(counts);
        long user = 0;
        long row = 0;
        long total = 0;
        for (int i = 0; i < sessions; i++)
        {
            user = hasUsers ? unchecked(user + userReader.Signed()) : -1;
            row = unchecked(row + rowReader.Signed());
            ulong count = countReader.Unsigned();
            if (user is < -1 or > int.MaxValue || row < 0 || count == 0 || count > (ulong)events)
                return false;
            total += (long)count;
            block.Users[i] = (int)user;
            block.FirstRows[i] = row;
            block.EventCounts[i] = (int)count;
        }
        return total == events && userReader.Complete && rowReader.Complete && countReader.Complete;
    }

    private static bool TryEvents(
        bool hasTimes, ReadOnlySpan<byte> times, ReadOnlySpan<byte> items, ReadOnlySpan<byte> actions,
        int events,
        SegmentBlock block)
    {
        if (actions.Length != events) return false;
        var timeReader = new VarintReader(times);
        var itemReader = new VarintReader(items);
        long time = 0;
        long item = 0;
        LogEvent[] target = block.Events;
        for (int i = 0; i < events; i++)
        {
            time = hasTimes ? unchecked(time + timeReader.Signed()) : LogEvent.NoTime;
            item = unchecked(item + itemReader.Signed());
            if (item is < 0 or > int.MaxValue) return false;
            target[i] = new LogEvent(time, (int)item, actions[i]);
        }
        return timeReader.Complete && itemReader.Complete;
    }
}
