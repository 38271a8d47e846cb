// The last step before the log: drops exact duplicates, counts, hands on. Every import goes through it, so
// that the counts of a report mean the same for each format.

namespace EmbedEngine.Interactions;

/// <summary>Counts sessions and events on their way to a sink.</summary>
internal sealed class SessionAssembler(ISessionSink sink, SegmentHeader header)
{
    private const int SmallRun = 16;

    private readonly long[] _byAction = new long[256];

    public long Sessions { get; private set; }

    public long Events { get; private set; }

    public long ShortSessions { get; private set; }

    public long LongSessions { get; private set; }

    public long Duplicates { get; private set; }

    public ReadOnlySpan<long> EventsByAction => _byAction;

    public SegmentHeader Header => header;

    /// <summary>
    /// Takes a session with its events in order; the span is changed where duplicates are dropped.
    /// </summary>
    public void Emit(long key, ReadOnlySpan<byte> textKey, int user, long firstRow, Span<LogEvent> events)
    {
        if (header.HasTimes)
        {
            int kept = DropDuplicates(events);
            Duplicates += events.Length - kept;
            events = events[..kept];
        }
        foreach (LogEvent e in events) _byAction[e.Action]++;
        Sessions++;
        Events += events.Length;
        if (events.Length < header.MinSession) ShortSessions++;
        else if (header.MaxEventsPerSession > 0 && events.Length > header.MaxEventsPerSession) LongSessions++;
        sink.Add(new SessionRecord
        {
            Key = key,
            TextKey = textKey,
            User = user,
            FirstRow = firstRow,
            Events = events,
        });
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
