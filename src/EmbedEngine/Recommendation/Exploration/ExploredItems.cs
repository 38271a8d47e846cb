// What one request explores: the little-known items that have a reason to be in its answer, what was drawn of
// each, those chosen, and how they are put into an answer made without them. Must never allocate once warm.

using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Exploration;

/// <summary>Explored items of one request; part of its scratch, none between requests.</summary>
internal sealed class ExploredItems
{
    private int[] _rows = [];
    private uint[] _sources = [];
    private float[] _draws = [];
    private ulong[] _order = [];
    private long[] _items = [];
    private uint[] _bits = [];
    private int[] _chosen = [];
    private int _capacity;

    /// <summary>Candidates there are.</summary>
    public int Candidates { get; private set; }

    /// <summary>Candidates there may be.</summary>
    public bool IsFull => Candidates == _capacity;

    /// <summary>Places of the answer that are kept for exploration.</summary>
    public int Held { get; set; }

    /// <summary>Items chosen.</summary>
    public int Count { get; private set; }

    /// <summary>Rows chosen.</summary>
    public ReadOnlySpan<int> Rows => _chosen.AsSpan(0, Count);

    /// <summary>The answer's places from here on are not explored: what is seen or buried is there.</summary>
    public int Before { get; set; }

    /// <summary>Candidates proposed by one source, before they are looked at.</summary>
    public CandidateList Proposed { get; } = new();

    /// <summary>Where the places are.</summary>
    public CounterRandom Places { get; private set; }

    /// <summary>Keeps places of an answer for exploration. <see cref="Clear"/> must follow.</summary>
    public void Begin(int held, int candidates, CounterRandom places)
    {
        (Held, Count, Candidates, _capacity, Places) = (held, 0, 0, candidates, places);
        if (_rows.Length < candidates)
        {
            _rows = new int[candidates];
            _sources = new uint[candidates];
            _draws = new float[candidates];
            _order = new ulong[candidates];
        }
        if (_items.Length >= held) return;
        _items = new long[held];
        _bits = new uint[held];
        _chosen = new int[held];
    }

    /// <summary>Explores nothing again.</summary>
    public void Clear() => (Held, Count, Candidates) = (0, 0, 0);

    /// <summary>Takes a candidate in; one that is there gets a source more.</summary>
    public void Add(int row, uint source)
    {
        int at = _rows.AsSpan(0, Candidates).IndexOf(row);
        if (at >= 0) _sources[at] |= source;
        else if (!IsFull) (_rows[Candidates], _sources[Candidates++]) = (row, source);
    }

    /// <summary>Rows of the candidates.</summary>
    public ReadOnlySpan<int> Found => _rows.AsSpan(0, Candidates);

    public int RowOf(int candidate) => _rows[candidate];

    /// <summary>What was drawn of a candidate, times its boosts.</summary>
    public float DrawOf(int candidate) => _draws[candidate];

    public void SetDraw(int candidate, double value) =>
        _draws[candidate] = (float)Math.Min(value, float.MaxValue);

    /// <summary>Candidates by descending draw, ties as they were taken in.</summary>
    public ReadOnlySpan<ulong> Order()
    {
        Span<ulong> order = _order.AsSpan(0, Candidates);
        // Draws are not negative: their bits are in their order.
        for (int i = 0; i < order.Length; i++)
            order[i] = ((ulong)~BitConverter.SingleToUInt32Bits(_draws[i]) << 32) | (uint)i;
        order.Sort();
        return order;
    }

    /// <summary>The candidate of an element of <see cref="Order"/>.</summary>
    public static int CandidateOf(ulong ordered) => (int)(uint)ordered;

    /// <summary>Chooses a candidate.</summary>
    public void Choose(int candidate, long item)
    {
        _chosen[Count] = _rows[candidate];
        _items[Count] = item;
        _bits[Count++] = _sources[candidate] | RecommendedItem.ExploredBit;
    }

    /// <summary>
    /// Puts what was chosen into an answer, the best draw first: each has a place of its own part of the
    /// answer, drawn; the first place of all stays the best item's. Returns the answer's new length.
    /// </summary>
    /// <param name="results">Begins with the answer, has room for those chosen behind it.</param>
    /// <param name="count">Items answered without them.</param>
    // From the end, as PinList.Merge: scores never rise down the answer.
    public int Merge(Span<RecommendedItem> results, int count)
    {
        int from = count > 0 && results.Length > Count ? 1 : 0;
        int before = Math.Min(Before, count);
        int next = Count - 1, other = count - 1;
        int place = next < 0 ? 0 : PlaceOf(next, from, results.Length, before);
        float score = count > 0 ? results[count - 1].Score : 0;
        for (int at = count + Count - 1; next >= 0; at--)
        {
            if (place == at)
            {
                results[at] = new RecommendedItem(_items[next], score, _bits[next]);
                if (--next >= 0) place = PlaceOf(next, from, results.Length, before);
                continue;
            }
            results[at] = results[other--];
            score = results[at].Score;
        }
        return count + Count;
    }

    private int PlaceOf(int index, int from, int length, int before)
    {
        long room = length - from;
        int begin = from + (int)(index * room / Count), end = from + (int)((index + 1) * room / Count);
        var draw = new CounterRandom(Places.At((ulong)index + 1)).Stream();
        return Math.Min(begin + draw.NextInt(end - begin), before + index);
    }
}
