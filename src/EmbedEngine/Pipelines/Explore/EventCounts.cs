using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>What is counted of events alone, whatever session they are of.</summary>
internal sealed class EventCounts
{
    private const long HourMs = 3_600_000;
    private const int HoursADay = 24;

    // By action code, a bit an item: what has met the action; null = no event of it.
    private readonly ulong[]?[] _met = new ulong[256][];
    private readonly long[] _byAction = new long[256];
    private readonly long[] _byHour = new long[HoursADay];
    private long[] _byItem = [];
    private long[] _byDay = []; // since 1970

    public long Events { get; private set; }

    public long Untimed { get; private set; }

    /// <summary>Meaningful where some event has a time.</summary>
    public long FirstMs { get; private set; } = long.MaxValue;

    /// <summary>Likewise.</summary>
    public long LastMs { get; private set; } = long.MinValue;

    public ReadOnlySpan<long> ByAction => _byAction;

    public ReadOnlySpan<long> ByHour => _byHour;

    public ReadOnlySpan<long> ByDay => _byDay;

    /// <summary>By ordinal.</summary>
    public ReadOnlySpan<long> ByItem => _byItem;

    public void Add(SegmentBlock block)
    {
        ReadOnlySpan<LogEvent> events = block.Events.AsSpan(0, block.EventCount);
        int most = -1;
        foreach (LogEvent e in events) most = Math.Max(most, e.Item);
        if (most >= _byItem.Length) Array.Resize(ref _byItem, Math.Max(most + 1, _byItem.Length * 2));
        foreach (LogEvent e in events)
        {
            _byItem[e.Item]++;
            _byAction[e.Action]++;
            ulong[]? met = _met[e.Action];
            if (met is null || e.Item >> 6 >= met.Length)
            {
                Array.Resize(ref met, (_byItem.Length + 63) >> 6);
                _met[e.Action] = met;
            }
            met[e.Item >> 6] |= 1UL << (e.Item & 63);
            if (e.TimeMs == LogEvent.NoTime) Untimed++;
            else Time(e.TimeMs);
        }
        Events += events.Length;
    }

    /// <summary>Items that have met an action.</summary>
    public long ItemsOf(int action)
    {
        long items = 0;
        foreach (ulong bits in _met[action] ?? []) items += System.Numerics.BitOperations.PopCount(bits);
        return items;
    }

    /// <summary>Items by how many actions they met: entry i has those with i + 1.</summary>
    public long[] ItemsByActions()
    {
        long[] items = new long[256];
        int most = 0;
        for (int item = 0; item < _byItem.Length; item++)
        {
            if (_byItem[item] == 0) continue;
            int actions = 0;
            foreach (ulong[]? met in _met)
            {
                if (met is not null && item >> 6 < met.Length && (met[item >> 6] >> (item & 63) & 1) != 0)
                    actions++;
            }
            items[actions - 1]++;
            most = Math.Max(most, actions);
        }
        return items[..most];
    }

    private void Time(long timeMs)
    {
        FirstMs = Math.Min(FirstMs, timeMs);
        LastMs = Math.Max(LastMs, timeMs);
        long hour = timeMs / HourMs;
        int day = (int)(hour / HoursADay);
        if (day >= _byDay.Length) Array.Resize(ref _byDay, Math.Max(day + 1, _byDay.Length + 512));
        _byDay[day]++;
        _byHour[hour % HoursADay]++;
    }
}
