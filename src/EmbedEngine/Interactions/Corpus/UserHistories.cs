// The sessions of every user of a corpus in order of time, those too short to learn from among them: what a
// user had done before any moment. Must never let an event in that is not earlier: a history that knows the
// future flatters every figure made with it.

namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// Who did what before when. Immutable; safe from many threads, each with a tail of its own.
/// </summary>
internal sealed class UserHistories
{
    private readonly SessionCorpus _corpus;
    private readonly SessionCorpus? _short;
    private readonly int[] _starts;
    private readonly int[] _sessions; // of a user together, by end; ~session = a short one

    private UserHistories(SessionCorpus corpus, int[] starts, int[] sessions) =>
        (_corpus, _short, _starts, _sessions) = (corpus, corpus.Short, starts, sessions);

    /// <summary>One more than the largest user ordinal there is.</summary>
    public int UserCount => _starts.Length - 1;

    public bool HasTimes => _corpus.HasTimes;

    /// <summary>Null where no session of the corpus names a user.</summary>
    public static UserHistories? Of(SessionCorpus corpus) => Of(corpus, null, long.MaxValue);

    /// <summary>Of some sessions only, and of the short ones that end before a moment.</summary>
    /// <param name="corpus">The sessions.</param>
    /// <param name="only">Ascending numbers of sessions; null = all.</param>
    /// <param name="shortBeforeMs">Short sessions that end at or after it stay out.</param>
    public static UserHistories? Of(SessionCorpus corpus, int[]? only, long shortBeforeMs)
    {
        List<int> inOrder = Ordered(corpus, only, shortBeforeMs);
        int users = 0;
        foreach (int s in inOrder) users = Math.Max(users, UserOf(corpus, s) + 1);
        if (users == 0) return null;
        int[] starts = new int[users + 1];
        foreach (int s in inOrder) starts[UserOf(corpus, s) + 1]++;
        for (int u = 0; u < users; u++) starts[u + 1] += starts[u];
        int[] next = starts[..^1];
        int[] sessions = new int[inOrder.Count];
        foreach (int s in inOrder) sessions[next[UserOf(corpus, s)]++] = s;
        return new UserHistories(corpus, starts, sessions);
    }

    /// <summary>Sessions of known users by their end; equal ends as the corpora have them.</summary>
    private static List<int> Ordered(SessionCorpus corpus, int[]? only, long shortBeforeMs)
    {
        var order = new List<int>();
        int shorts = 0;
        // Without times nothing tells where among the others a short session belongs.
        int shortCount = corpus is { HasTimes: true, Short: { } left } ? left.SessionCount : 0;
        int count = only?.Length ?? corpus.SessionCount;
        for (int i = 0; i <= count; i++)
        {
            int session = i == count ? -1 : only?[i] ?? i;
            long end = session < 0 ? long.MaxValue : EndOf(corpus, session);
            for (; shorts < shortCount && EndOf(corpus.Short!, shorts) <= end; shorts++)
            {
                bool taken = corpus.Short!.Users[shorts] >= 0
                    && EndOf(corpus.Short, shorts) < shortBeforeMs;
                if (taken) order.Add(~shorts);
            }
            if (session >= 0 && corpus.Users[session] >= 0) order.Add(session);
        }
        return order;
    }

    private static long EndOf(SessionCorpus corpus, int session) =>
        corpus.HasTimes ? corpus.TimesMs[corpus.Offsets[session + 1] - 1] : long.MinValue;

    private static int UserOf(SessionCorpus corpus, int session) =>
        session >= 0 ? corpus.Users[session] : corpus.Short!.Users[~session];

    /// <summary>
    /// The latest events, as item ordinals, of a session's user in sessions that ended before it began
    /// (without times: that stand before it).
    /// </summary>
    /// <param name="session">A session of the corpus.</param>
    /// <param name="tail">Receives them; empty where there are none.</param>
    public void Before(int session, EventTail tail)
    {
        tail.Clear();
        int user = _corpus.Users[session];
        if (user < 0 || user >= UserCount) return;
        if (HasTimes) Read(user, _corpus.TimesMs[_corpus.Offsets[session]], tail);
        else ReadBefore(user, session, tail);
    }

    /// <summary>
    /// The latest events of a user, as item ordinals, in sessions that ended before a moment.
    /// </summary>
    public void Read(int user, long beforeMs, EventTail tail)
    {
        tail.Clear();
        for (int i = _starts[user + 1] - 1; i >= _starts[user] && !tail.IsFull; i--)
        {
            (SessionCorpus corpus, int session) = Find(_sessions[i]);
            if (corpus.HasTimes && EndOf(corpus, session) >= beforeMs) continue;
            Take(corpus, session, tail);
        }
    }

    private void ReadBefore(int user, int before, EventTail tail)
    {
        for (int i = _starts[user + 1] - 1; i >= _starts[user] && !tail.IsFull; i--)
        {
            if (_sessions[i] < before) Take(_corpus, _sessions[i], tail);
        }
    }

    private (SessionCorpus Corpus, int Session) Find(int session) =>
        session >= 0 ? (_corpus, session) : (_short!, ~session);

    private static void Take(SessionCorpus corpus, int session, EventTail tail)
    {
        for (long e = corpus.Offsets[session + 1] - 1; e >= corpus.Offsets[session] && !tail.IsFull; e--)
            tail.AddBefore(corpus.Items[e], corpus.Actions[e], corpus.TimesMs[e]);
    }
}
