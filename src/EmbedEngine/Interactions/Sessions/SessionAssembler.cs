// The last step before the log: counts and hands on. Every import goes through it, so that the counts of a
// report mean the same for each format. Exact duplicates are counted here and kept in the log, which loses
// nothing; the corpus, which joins sessions over imports, leaves them out.

using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Interactions.Sessions;

/// <summary>Counts sessions and events on their way to a sink.</summary>
internal sealed class SessionAssembler(ISessionSink sink, SegmentHeader header)
{
    private const int SmallRun = 16;

    private readonly long[] _byAction = new long[256];
    private readonly long _tomorrowMs = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();

    public long Sessions { get; private set; }

    public long Events { get; private set; }

    public long ShortSessions { get; private set; }

    public long LongSessions { get; private set; }

    public long RobotSessions { get; private set; }

    public long Duplicates { get; private set; }

    /// <summary>Sessions whose rows name several users; each is taken for the first one's.</summary>
    public long MixedSessions { get; set; }

    public ReadOnlySpan<long> EventsByAction => _byAction;

    /// <summary>Earliest time; meaningful where the header has times.</summary>
    public long FirstMs { get; private set; } = long.MaxValue;

    /// <summary>Latest time, likewise.</summary>
    public long LastMs { get; private set; } = long.MinValue;

    /// <summary>Events more than a day after now, likewise.</summary>
    public long FutureEvents { get; private set; }

    /// <summary>Sessions of more than one event.</summary>
    public long LongerSessions { get; private set; }

    /// <summary>Those of them whose events all have one time.</summary>
    public long OneTimeSessions { get; private set; }

    public SegmentHeader Header => header;

    /// <summary>
    /// Takes a session with its events in order.
    /// </summary>
    public void Emit(
        long key, ReadOnlySpan<byte> textKey, int user, long firstRow, ReadOnlySpan<LogEvent> events)
    {
        ReadOnlySpan<LogEvent> distinct = events;
        if (header.HasTimes && HasEqualTimes(events))
        {
            LogEvent[] kept = events.ToArray();
            distinct = kept.AsSpan(0, DropDuplicates(kept));
        }
        Duplicates += events.Length - distinct.Length;
        foreach (LogEvent e in events) _byAction[e.Action]++;
        Sessions++;
        Events += events.Length;
        if (header.HasTimes && !events.IsEmpty) Times(events);
        if (distinct.Length < header.MinSession) ShortSessions++;
        else if (header.MaxEventsPerSession > 0 && distinct.Length > header.MaxEventsPerSession)
            LongSessions++;
        else if (header.HasTimes && EventRate.Exceeds(distinct, header.MaxEventsPerMinute)) RobotSessions++;
        sink.Add(new SessionRecord
        {
            Key = key,
            TextKey = textKey,
            User = user,
            FirstRow = firstRow,
            Events = events,
        });
    }

    /// <summary>Events come in order of time.</summary>
    private void Times(ReadOnlySpan<LogEvent> events)
    {
        (long first, long last) = (events[0].TimeMs, events[^1].TimeMs);
        FirstMs = Math.Min(FirstMs, first);
        LastMs = Math.Max(LastMs, last);
        if (events.Length > 1)
        {
            LongerSessions++;
            if (first == last) OneTimeSessions++;
        }
        for (int i = events.Length - 1; i >= 0 && events[i].TimeMs > _tomorrowMs; i--) FutureEvents++;
    }

    /// <summary>Whether any two neighbours share a time: only then can there be duplicates.</summary>
    private static bool HasEqualTimes(ReadOnlySpan<LogEvent> events)
    {
        for (int i = 1; i < events.Length; i++)
        {
            if (events[i].TimeMs == events[i - 1].TimeMs) return true;
        }
        return false;
    }

    /// <summary>
    /// Keeps the first of events that are equal in time, item and action; gives how many are kept.
    /// </summary>
    internal static int DropDuplicates(Span<LogEvent> events)
    {
        int kept = 0;
        int runStart = 0; // Where, among the kept, the events of the current time begin.
        HashSet<LogEvent>? seen = null;
        for (int i = 0; i < events.Length; i++)
        {
            LogEvent e = events[i];
            if (kept > 0 && events[kept - 1].TimeMs != e.TimeMs)
            {
                runStart = kept;
                seen = null;
            }
            if (kept - runStart < SmallRun)
            {
                if (events[runStart..kept].Contains(e)) continue;
            }
            else
            {
                seen ??= [.. events[runStart..kept]];
                if (!seen.Add(e)) continue;
            }
            events[kept++] = e;
        }
        return kept;
    }
}
