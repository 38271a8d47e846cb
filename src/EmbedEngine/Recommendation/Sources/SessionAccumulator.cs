using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Sums similarity by session: an open-addressing hash as large as a request can touch, not as the log, whose
/// entries lie densely in order of first touch. Belongs to one scratch; clearing costs what was used.
/// </summary>
internal sealed class SessionAccumulator
{
    private const uint Multiplier = 2654435769; // 2^32 / golden ratio

    private int[] _table = [0]; // entry + 1, 0 = free
    private int[] _slots = [];
    private int[] _sessions = [];
    private int[] _matches = [];
    private float[] _sums = [];
    private int[] _bestEntries = [];
    private float[] _bestScores = [];
    private readonly BestKeys _best = new();
    private int _shift = 32;

    /// <summary>Sessions touched since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Touched sessions.</summary>
    public ReadOnlySpan<int> Sessions => _sessions.AsSpan(0, Count);

    /// <summary>What each touched session was first added with.</summary>
    public ReadOnlySpan<int> Matches => _matches.AsSpan(0, Count);

    /// <summary>Sum of each touched session; may be scaled in place.</summary>
    public Span<float> Sums => _sums.AsSpan(0, Count);

    /// <summary>Makes room for that many sessions and neighbours; grows once and is then reused.</summary>
    public void Reserve(int sessions, int neighbors)
    {
        if (_sessions.Length < sessions)
        {
            int bits = 4;
            while ((1L << bits) < 2L * sessions) bits++;
            _table = new int[1 << bits];
            _shift = 32 - bits;
            _slots = new int[sessions];
            _sessions = new int[sessions];
            _matches = new int[sessions];
            _sums = new float[sessions];
            _best.Room(sessions);
        }
        if (_bestEntries.Length >= neighbors) return;
        _bestEntries = new int[neighbors];
        _bestScores = new float[neighbors];
    }

    /// <summary>Adds to a session's sum; <paramref name="match"/> is kept when it is new.</summary>
    public void Add(int session, float weight, int match)
    {
        int mask = _table.Length - 1;
        int slot = (int)(((uint)session * Multiplier) >> _shift);
        while (true)
        {
            int entry = _table[slot] - 1;
            if (entry < 0) break;
            if (_sessions[entry] == session)
            {
                _sums[entry] += weight;
                return;
            }
            slot = (slot + 1) & mask;
        }
        _table[slot] = Count + 1;
        _slots[Count] = slot;
        _sessions[Count] = session;
        _matches[Count] = match;
        _sums[Count++] = weight;
    }

    /// <summary>
    /// The entries of the largest sums, best first, equal ones by first touch. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<int> Best(int count, out ReadOnlySpan<float> sums)
    {
        int n = Math.Min(count, Count);
        Span<ulong> keys = _best.Room(Count);
        int kept = 0;
        for (int entry = 0; entry < Count; entry++)
        {
            keys[kept] = KeySelection.Of(_sums[entry], entry);
            kept += float.IsNaN(_sums[entry]) ? 0 : 1;
        }
        n = _best.Take(kept, _bestEntries.AsSpan(0, n), _bestScores.AsSpan(0, n));
        sums = _bestScores.AsSpan(0, n);
        return _bestEntries.AsSpan(0, n);
    }

    public void Clear()
    {
        for (int entry = 0; entry < Count; entry++) _table[_slots[entry]] = 0;
        Count = 0;
    }
}
