// The latest events of one user, as rows or items: what a request, a replay and a profile read of a history.

namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// At most so many events, oldest first, in parallel arrays that are filled from their end. One user at a
/// time; belongs to one thread and allocates nothing after it was made.
/// </summary>
internal sealed class EventTail
{
    /// <summary>Events kept of a user: the latest.</summary>
    public const int MostEvents = 100;

    private readonly int[] _items;
    private readonly byte[] _actions;
    private readonly long[] _timesMs;
    private int _start;

    public EventTail(int capacity = MostEvents)
    {
        (_items, _actions, _timesMs) = (new int[capacity], new byte[capacity], new long[capacity]);
        _start = capacity;
    }

    public int Count => _items.Length - _start;

    public bool IsFull => _start == 0;

    /// <summary>Items, or rows: whatever was put in.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(_start);

    /// <summary>Action code of each event.</summary>
    public ReadOnlySpan<byte> Actions => _actions.AsSpan(_start);

    /// <summary>Milliseconds since 1970, or <see cref="TrainingSet.NoTime"/>.</summary>
    public ReadOnlySpan<long> TimesMs => _timesMs.AsSpan(_start);

    public void Clear() => _start = _items.Length;

    /// <summary>The same events as rows of a version; those it does not know are left out.</summary>
    /// <param name="rowOf">Row of each item ordinal, negative = not known.</param>
    /// <param name="rows">Receives them; of at least the same capacity.</param>
    public void MapTo(int[] rowOf, EventTail rows)
    {
        rows.Clear();
        for (int e = _items.Length - 1; e >= _start; e--)
        {
            int row = (uint)_items[e] < (uint)rowOf.Length ? rowOf[_items[e]] : RowAssignment.None;
            if (row >= 0) rows.AddBefore(row, _actions[e], _timesMs[e]);
        }
    }

    /// <summary>Puts an event before those there are; it must not be full.</summary>
    public void AddBefore(int item, byte action, long timeMs)
    {
        _start--;
        (_items[_start], _actions[_start], _timesMs[_start]) = (item, action, timeMs);
    }
}
