namespace EmbedEngine.Recommendation;

/// <summary>
/// Ranked candidates of one source: rows by descending score. Owned by a scratch and reused.
/// </summary>
internal sealed class CandidateList
{
    private int[] _rows = [];
    private float[] _scores = [];

    public int Count { get; set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>
    /// Storage for up to <paramref name="capacity"/> candidates; grows once and is then reused.
    /// </summary>
    public void Reserve(int capacity)
    {
        Count = 0;
        if (_rows.Length >= capacity) return;
        _rows = new int[capacity];
        _scores = new float[capacity];
    }

    public Span<int> RowBuffer(int capacity) => _rows.AsSpan(0, capacity);

    public Span<float> ScoreBuffer(int capacity) => _scores.AsSpan(0, capacity);

    public void Add(int row, float score)
    {
        _rows[Count] = row;
        _scores[Count++] = score;
    }

    /// <summary>Puts a row at a place, with the score of what it is put before.</summary>
    /// <param name="row">The row.</param>
    /// <param name="place">At most <see cref="Count"/>.</param>
    /// <param name="before">Where it stands by now, behind the place; −1 = nowhere.</param>
    /// <param name="most">Candidates there may be: of a full list the last falls off.</param>
    public void Place(int row, int place, int before, int most)
    {
        int end = before >= 0 ? before : Math.Min(Count, most - 1);
        if (Count < most && Count == _rows.Length)
        {
            Array.Resize(ref _rows, most);
            Array.Resize(ref _scores, most);
        }
        float score = Count == 0 ? 0 : _scores[Math.Min(place, Count - 1)];
        _rows.AsSpan(place, end - place).CopyTo(_rows.AsSpan(place + 1));
        _scores.AsSpan(place, end - place).CopyTo(_scores.AsSpan(place + 1));
        (_rows[place], _scores[place]) = (row, score);
        if (before < 0) Count = end + 1;
    }

    /// <summary>Takes a row out, if it is there.</summary>
    public void Remove(int row)
    {
        int at = Rows.IndexOf(row);
        if (at < 0) return;
        _rows.AsSpan(at + 1, Count - at - 1).CopyTo(_rows.AsSpan(at));
        _scores.AsSpan(at + 1, Count - at - 1).CopyTo(_scores.AsSpan(at));
        Count--;
    }

    /// <summary>
    /// Becomes the best of itself and another list, both by descending score; of equal ones its own come
    /// first.
    /// </summary>
    /// <param name="other">Has none of its rows.</param>
    /// <param name="count">Candidates wanted; there is room for them.</param>
    public void MergeBest(CandidateList other, int count)
    {
        if (other.Count == 0) return;
        int mine = 0, theirs = 0;
        while (mine + theirs < count && (mine < Count || theirs < other.Count))
        {
            if (mine < Count && (theirs == other.Count || _scores[mine] >= other._scores[theirs])) mine++;
            else theirs++;
        }
        Count = mine + theirs;
        // From the end, so that nothing is overwritten before it has moved.
        for (int at = Count - 1; theirs > 0; at--)
        {
            bool own = mine > 0 && _scores[mine - 1] < other._scores[theirs - 1];
            (_rows[at], _scores[at]) = own ? (_rows[mine - 1], _scores[mine - 1])
                : (other._rows[theirs - 1], other._scores[theirs - 1]);
            if (own) mine--;
            else theirs--;
        }
    }
}
