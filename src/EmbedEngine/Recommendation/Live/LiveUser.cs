using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// One user's latest live events, by time, of items that a version knows and, with numbers behind its rows,
/// of others. Written by one thread at a time; a reader sees a whole state without a lock: every change makes
/// new arrays.
/// </summary>
internal sealed class LiveUser
{
    private volatile State _state = new([], [], []);

    private sealed record State(int[] Rows, byte[] Actions, long[] TimesMs);

    /// <summary>Time of the latest event.</summary>
    public long LastMs => _state.TimesMs is { Length: > 0 } times ? times[^1] : long.MinValue;

    /// <summary>Takes an event; the earliest falls out where there are too many.</summary>
    /// <returns>Its place by time, or −1 where it is itself the earliest of too many.</returns>
    public int Add(int row, byte action, long timeMs)
    {
        State old = _state;
        int count = old.Rows.Length, at = count;
        while (at > 0 && old.TimesMs[at - 1] > timeMs) at--;
        int drop = count == EventTail.MostEvents ? 1 : 0;
        if (drop == 1 && at == 0) return -1;
        var next =
            new State(new int[count + 1 - drop], new byte[count + 1 - drop], new long[count + 1 - drop]);
        Insert(old.Rows, next.Rows, at, row, drop);
        Insert(old.Actions, next.Actions, at, action, drop);
        Insert(old.TimesMs, next.TimesMs, at, timeMs, drop);
        _state = next;
        return at - drop;
    }

    /// <summary>Counts what an event changes in the pairs of its session.</summary>
    /// <param name="place">What <see cref="Add"/> returned for it, just before.</param>
    /// <param name="pairs">Does it.</param>
    /// <param name="counts">Receives it.</param>
    /// <param name="from">Only pairs with an item from this number on count.</param>
    public void CountPairs(int place, LivePairs pairs, LiveCounts counts, int from)
    {
        State state = _state;
        pairs.Add(state.Rows, state.Actions, state.TimesMs, place, counts, from);
    }

    /// <summary>Puts the events into an empty tail.</summary>
    /// <param name="rowCount">Rows of the version.</param>
    /// <param name="tail">Receives those of items that it knows.</param>
    /// <param name="unknown">Receives the numbers of the other items.</param>
    public void Read(int rowCount, EventTail tail, LiveRows unknown)
    {
        State state = _state;
        for (int e = state.Rows.Length - 1; e >= 0 && !tail.IsFull; e--)
        {
            if (state.Rows[e] < rowCount) tail.AddBefore(state.Rows[e], state.Actions[e], state.TimesMs[e]);
            else unknown.Add(state.Rows[e]);
        }
    }

    private static void Insert<T>(T[] from, T[] to, int at, T value, int drop)
    {
        Array.Copy(from, drop, to, 0, at - drop);
        to[at - drop] = value;
        Array.Copy(from, at, to, at - drop + 1, from.Length - at);
    }
}
