using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>What is counted of sessions.</summary>
/// <param name="items">One more than the largest item ordinal.</param>
/// <param name="steps">Action codes of the funnel, in its order.</param>
internal sealed class SessionCounts(int items, byte[] steps) : ISessionVisitor
{
    private readonly int[] _seenItem = new int[items]; // the last session that had the item
    private readonly int[] _seenAction = new int[256];
    private readonly long[] _sessionsOf = new long[256];
    private readonly long[] _afterPrevious = new long[steps.Length];
    private readonly List<int> _spanUsers = [];
    private readonly List<long> _spanStarts = [];
    private readonly List<long> _spanEnds = [];
    private LogEvent[] _kept = [];
    private long[] _sessionsOfUser = [];
    private long[] _eventsOfUser = [];
    private int _session;

    public CountedValues Lengths { get; } = new();

    public CountedValues Items { get; } = new();

    public GapCounts Gaps { get; } = new();

    /// <summary>By user ordinal.</summary>
    public ReadOnlySpan<long> SessionsOfUser => _sessionsOfUser;

    /// <summary>By user ordinal.</summary>
    public ReadOnlySpan<long> EventsOfUser => _eventsOfUser;

    /// <summary>Events of sessions without a user.</summary>
    public long UserlessEvents { get; private set; }

    public long LeftOutEvents { get; private set; }

    public long Duplicates { get; private set; }

    public long ShortSessions { get; private set; }

    public long LongSessions { get; private set; }

    public long RobotSessions { get; private set; }

    /// <summary>Sessions with an event of an action.</summary>
    public long SessionsWith(int action) => _sessionsOf[action];

    /// <summary>Sessions with a step of the funnel that have the one before.</summary>
    public long SessionsWithPrevious(int step) => _afterPrevious[step];

    public void Visit(SegmentHeader rules, int user, Span<LogEvent> events, bool timed)
    {
        _session++;
        Lengths.Add(events.Length);
        int distinct = 0;
        foreach (LogEvent e in events)
        {
            if (_seenItem[e.Item] != _session) distinct++;
            _seenItem[e.Item] = _session;
            if (_seenAction[e.Action] != _session) _sessionsOf[e.Action]++;
            _seenAction[e.Action] = _session;
        }
        Items.Add(distinct);
        for (int step = 1; step < steps.Length; step++)
        {
            if (_seenAction[steps[step]] == _session && _seenAction[steps[step - 1]] == _session)
                _afterPrevious[step]++;
        }
        if (user < 0) UserlessEvents += events.Length;
        else AddUser(user, events, timed);
        bool equalTimes = false;
        for (int e = 1; timed && e < events.Length; e++)
        {
            long gap = events[e].TimeMs - events[e - 1].TimeMs;
            Gaps.Add(gap);
            equalTimes |= gap == 0;
        }
        LeaveOut(rules, events, timed, equalTimes);
    }

    /// <summary>
    /// Milliseconds from the end of each user's sessions so far to the start of the next, 0 where they
    /// overlap.
    /// </summary>
    public CountedValues BetweenSessions()
    {
        var between = new CountedValues();
        int[] from = new int[_sessionsOfUser.Length + 1];
        foreach (int user in _spanUsers) from[user + 1]++;
        for (int u = 1; u < from.Length; u++) from[u] += from[u - 1];
        long[] starts = new long[_spanUsers.Count];
        long[] ends = new long[_spanUsers.Count];
        for (int s = 0; s < _spanUsers.Count; s++)
        {
            int to = from[_spanUsers[s]]++;
            (starts[to], ends[to]) = (_spanStarts[s], _spanEnds[s]);
        }
        int begin = 0;
        for (int u = 0; u + 1 < from.Length; u++)
        {
            int count = from[u] - begin;
            if (count > 1)
            {
                Array.Sort(starts, ends, begin, count);
                long end = ends[begin];
                for (int s = begin + 1; s < begin + count; s++)
                {
                    between.Add(Math.Max(0, starts[s] - end));
                    end = Math.Max(end, ends[s]);
                }
            }
            begin = from[u];
        }
        return between;
    }

    private void AddUser(int user, ReadOnlySpan<LogEvent> events, bool timed)
    {
        if (user >= _sessionsOfUser.Length)
        {
            int size = (int)Math.Min(Math.Max(user + 1L, _sessionsOfUser.Length * 2L), Array.MaxLength);
            Array.Resize(ref _sessionsOfUser, size);
            Array.Resize(ref _eventsOfUser, size);
        }
        _sessionsOfUser[user]++;
        _eventsOfUser[user] += events.Length;
        if (!timed) return;
        _spanUsers.Add(user);
        _spanStarts.Add(events[0].TimeMs);
        _spanEnds.Add(events[^1].TimeMs);
    }

    /// <summary>As the corpus leaves them out; last, for it moves events.</summary>
    private void LeaveOut(SegmentHeader rules, Span<LogEvent> events, bool timed, bool equalTimes)
    {
        Span<LogEvent> kept = events;
        if (equalTimes)
        {
            if (_kept.Length < events.Length) _kept = new LogEvent[Math.Max(events.Length, _kept.Length * 2)];
            events.CopyTo(_kept);
            kept = _kept.AsSpan(0, SessionAssembler.DropDuplicates(_kept.AsSpan(0, events.Length)));
        }
        Duplicates += events.Length - kept.Length;
        bool all = true;
        if (rules.MaxEventsPerSession > 0 && kept.Length > rules.MaxEventsPerSession) LongSessions++;
        else if (timed && EventRate.Exceeds(kept, rules.MaxEventsPerMinute)) RobotSessions++;
        else if (kept.Length < rules.MinSession) ShortSessions++;
        else all = false;
        LeftOutEvents += all ? events.Length : events.Length - kept.Length;
    }
}

/// <summary>Counts the gaps between events once more, within what is open of them.</summary>
internal sealed class GapRefinement(GapCounts gaps) : ISessionVisitor
{
    public void Visit(SegmentHeader rules, int user, Span<LogEvent> events, bool timed)
    {
        for (int e = 1; timed && e < events.Length; e++)
            gaps.Refine(events[e].TimeMs - events[e - 1].TimeMs);
    }
}
