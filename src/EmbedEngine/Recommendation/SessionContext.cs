using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation;

/// <summary>
/// The known events of one session, oldest first, and what its user did before it: parallel views, valid
/// during one request. Sources take the full history and truncate for themselves.
/// </summary>
internal readonly ref struct SessionContext
{
    /// <summary>Events that lie closer to the one before belong to one session.</summary>
    private const long SessionGapMs = 30 * 60_000L;

    /// <summary>Events taken for a session where no times tell where one began.</summary>
    private const int UntimedSession = 5;

    /// <summary>Row of each event's item.</summary>
    public ReadOnlySpan<int> Rows { get; init; }

    /// <summary>Action code of each event.</summary>
    public ReadOnlySpan<byte> Actions { get; init; }

    /// <summary>Milliseconds since 1970, or long.MinValue where not known.</summary>
    public ReadOnlySpan<long> TimesMs { get; init; }

    /// <summary>Rows of the user's earlier sessions, oldest first; empty where no user was named.</summary>
    public ReadOnlySpan<int> PastRows { get; init; }

    /// <summary>Action code of each earlier event.</summary>
    public ReadOnlySpan<byte> PastActions { get; init; }

    /// <summary>Time of each earlier event.</summary>
    public ReadOnlySpan<long> PastTimesMs { get; init; }

    /// <summary>
    /// When the request is made, as far as its events tell: the last one's time, known item or not;
    /// long.MinValue where no time is known.
    /// </summary>
    public long NowMs { get; private init; }

    /// <summary>
    /// Whether the user's last session stands in the place of one of which no item is known, or that has not
    /// begun.
    /// </summary>
    public bool StandsIn { get; private init; }

    /// <summary>
    /// Whether it stands in for one that has begun: what does not know users must not take it for the session
    /// at hand.
    /// </summary>
    public bool StandsInForEvents { get; private init; }

    /// <summary>
    /// The events with those of items that have no row but are placed by the catalogue (<see
    /// cref="Live.ColdVectors"/>), by number; empty where the session has none of these.
    /// </summary>
    public ReadOnlySpan<int> MixedRows { get; init; }

    /// <summary>
    /// Whether the session has no other items than those: <see cref="Rows"/> are the items of the version
    /// that are most like them.
    /// </summary>
    public bool StandsForCold { get; init; }

    public int Length => Rows.Length;

    /// <summary>All that is known of the user, the session last.</summary>
    public HistoryView Whole => new()
    {
        NowMs = NowMs == 0 ? TrainingSet.NoTime : NowMs,
        PastRows = PastRows, PastActions = PastActions, PastTimesMs = PastTimesMs, Rows = Rows,
        Actions = Actions, TimesMs = TimesMs,
    };

    /// <summary>Whether there is anything of earlier sessions to go by.</summary>
    public bool HasPast => !PastRows.IsEmpty;

    /// <summary>
    /// The session with its user's history before it. Events of the history that are the session's own,
    /// observed as they happened, are not counted twice. Where no event of the session is known, the last
    /// session of the history stands in its place.
    /// </summary>
    /// <param name="past">Events of earlier sessions.</param>
    /// <param name="nowMs">Time of the last event the caller has handed over, known or not; <see
    /// cref="TrainingSet.NoTime"/> = not known.</param>
    /// <param name="anyEvents">Whether the caller has handed over any.</param>
    public SessionContext After(EventTail past, long nowMs, bool anyEvents)
    {
        int kept = WithoutOwn(past);
        if (nowMs == TrainingSet.NoTime && Length > 0) nowMs = TimesMs[^1];
        if (nowMs == TrainingSet.NoTime && kept > 0) nowMs = past.TimesMs[kept - 1];
        if (kept == 0 || Length > 0)
        {
            return With(Rows, Actions, TimesMs, past, kept, nowMs, standsIn: false) with
            {
                MixedRows = MixedRows, StandsForCold = StandsForCold,
            };
        }
        int start = kept - 1;
        ReadOnlySpan<long> times = past.TimesMs;
        while (start > 0 && (times[start] == TrainingSet.NoTime ? kept - start < UntimedSession
            : times[start] - times[start - 1] <= SessionGapMs)) start--;
        return With(
            past.Items[start..kept], past.Actions[start..kept], times[start..kept], past, start, nowMs,
            standsIn: true, anyEvents);
    }

    /// <summary>The events of the session as those of an earlier one.</summary>
    public SessionContext AsPast() =>
        new() { PastRows = Rows, PastActions = Actions, PastTimesMs = TimesMs, NowMs = NowMs };

    /// <summary>The session alone.</summary>
    public SessionContext WithoutPast() =>
        new()
        {
            Rows = Rows, Actions = Actions, TimesMs = TimesMs, NowMs = NowMs, StandsIn = StandsIn,
            MixedRows = MixedRows, StandsForCold = StandsForCold,
        };

    /// <summary>Events of a history before the session's own begin in it.</summary>
    private int WithoutOwn(EventTail past)
    {
        int kept = past.Count;
        if (Length == 0) return kept;
        if (TimesMs[0] != TrainingSet.NoTime)
        {
            while (kept > 0 && past.TimesMs[kept - 1] >= TimesMs[0]) kept--;
            return kept;
        }
        for (int e = Length - 1; e >= 0 && kept > 0; e--)
        {
            if (past.Items[kept - 1] == Rows[e]) kept--;
        }
        return kept;
    }

    private static SessionContext With(
        ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions, ReadOnlySpan<long> timesMs, EventTail past,
        int kept, long nowMs, bool standsIn, bool forEvents = false) => new()
    {
        NowMs = nowMs, StandsIn = standsIn, StandsInForEvents = forEvents, Rows = rows, Actions =
            actions, TimesMs = timesMs,
        PastRows = past.Items[..kept], PastActions = past.Actions[..kept],
        PastTimesMs = past.TimesMs[..kept],
    };
}
