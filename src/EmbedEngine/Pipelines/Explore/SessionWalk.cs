using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Is shown every session of a log once.</summary>
internal interface ISessionVisitor
{
    /// <summary>One session.</summary>
    /// <param name="rules">The rules its import was given.</param>
    /// <param name="user">Ordinal of its user; −1 = none.</param>
    /// <param name="events">At least one; in order of time where timed. Valid during the call, may be
    /// changed.</param>
    /// <param name="timed">Whether all of them have times.</param>
    void Visit(SegmentHeader rules, int user, Span<LogEvent> events, bool timed);
}

/// <summary>
/// Shows the sessions of a log in the order they become whole. One in several pieces is held until its last
/// is read; where more events would be held than there is room for, the log is read again for the rest.
/// </summary>
internal sealed class SessionWalk(
    LogReader log, SessionIndex index, ProgressScope progress, int mostHeld = SessionWalk.MostHeld)
{
    /// <summary>Events of sessions in several pieces that one reading holds at most: 64 MB.</summary>
    public const int MostHeld = 4 << 20;

    private LogEvent[]?[] _held = [];
    private int[] _filled = [];
    private int[] _left = [];
    private int[] _users = [];

    /// <summary>Shows all sessions to a visitor.</summary>
    public void Run(string stage, ISessionVisitor visitor)
    {
        int first = 0;
        do
        {
            int end = EndOfBatch(first);
            _held = new LogEvent[end - first][];
            (_filled, _left, _users) = (new int[end - first], new int[end - first], new int[end - first]);
            for (int c = first; c < end; c++) (_left[c - first], _users[c - first]) = (index.PiecesOf(c), -1);
            int piece = 0;
            int from = first;
            log.Read(stage, progress, (segment, block) =>
            {
                int at = 0;
                for (int s = 0; s < block.SessionCount; at += block.EventCounts[s++])
                {
                    Span<LogEvent> events = block.Events.AsSpan(at, block.EventCounts[s]);
                    int cluster = index.ClusterOf(piece++);
                    if (cluster == SessionIndex.Alone)
                    {
                        SegmentHeader rules = log.Headers[segment];
                        if (from == 0) visitor.Visit(rules, block.Users[s], events, rules.HasTimes);
                    }
                    else if (cluster >= from && cluster < end)
                    {
                        Hold(cluster, from, block.Users[s], events, visitor);
                    }
                }
            });
            first = end;
        }
        while (first < index.ClusterCount);
        (_held, _filled, _left, _users) = ([], [], [], []);
    }

    /// <summary>At least one cluster, however long its session.</summary>
    private int EndOfBatch(int first)
    {
        int end = first;
        long events = 0;
        while (end < index.ClusterCount)
        {
            events += index.EventsOf(end);
            if (events > mostHeld && end > first) break;
            end++;
        }
        return end;
    }

    private void Hold(int cluster, int from, int user, Span<LogEvent> events, ISessionVisitor visitor)
    {
        int c = cluster - from;
        LogEvent[] held = _held[c] ??= new LogEvent[index.EventsOf(cluster)];
        events.CopyTo(held.AsSpan(_filled[c]));
        _filled[c] += events.Length;
        if (_users[c] < 0) _users[c] = user;
        if (--_left[c] > 0) return;
        _held[c] = null;
        SegmentHeader rules = index.RulesOf(cluster);
        bool timed = index.IsTimed(cluster);
        if (timed) held.AsSpan().Sort(static (a, b) => a.TimeMs.CompareTo(b.TimeMs));
        long gapMs = timed && rules.UserCut ? rules.GapMinutes * 60_000L : long.MaxValue;
        int start = 0;
        for (int e = 1; e <= held.Length; e++)
        {
            if (e < held.Length
                && (gapMs == long.MaxValue || held[e].TimeMs - held[e - 1].TimeMs <= gapMs))
                continue;
            visitor.Visit(rules, _users[c], held.AsSpan(start, e - start), timed);
            start = e;
        }
    }
}
