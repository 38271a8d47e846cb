// Keeps the k best of a stream of (score, row) pairs in storage its caller owns. Must never allocate.

namespace EmbedEngine.Numerics;

/// <summary>
/// Bounded selection: larger scores are better, equal scores prefer the smaller row, NaN never enters. The
/// result does not depend on the order of offers. A mutable ref struct: pass it by ref.
/// </summary>
internal ref struct TopK
{
    private readonly Span<int> _rows;
    private readonly Span<float> _scores;

    /// <summary>Selects at most rows.Length pairs; both spans must have that length and are
    /// overwritten.</summary>
    public TopK(Span<int> rows, Span<float> scores)
    {
        if (rows.Length != scores.Length)
            throw new ArgumentException(
                $"storage of different lengths: {rows.Length} rows, {scores.Length} scores");
        _rows = rows;
        _scores = scores;
    }

    /// <summary>Pairs kept so far.</summary>
    public int Count { get; private set; }

    /// <summary>A score below this cannot enter any more: the worst kept score, or −∞ while there is
    /// room.</summary>
    public readonly float Threshold =>
        Count < _rows.Length ? float.NegativeInfinity
        : Count == 0 ? float.PositiveInfinity : _scores[0];

    /// <summary>Takes the pair if it belongs to the best so far.</summary>
    public bool Offer(float score, int row)
    {
        if (float.IsNaN(score)) return false;
        if (Count < _rows.Length)
        {
            SiftUp(Count++, score, row);
            return true;
        }
        if (Count == 0 || !Better(score, row, _scores[0], _rows[0])) return false;
        SiftDown(0, Count, score, row);
        return true;
    }

    /// <summary>Sorts what was kept, best first, and returns how many; the selection starts anew after
    /// this.</summary>
    public int Finish()
    {
        int count = Count;
        for (int end = count - 1; end > 0; end--)
        {
            // The root is the worst: it goes to the end, so the best ends up first.
            (float score, int row) = (_scores[end], _rows[end]);
            (_scores[end], _rows[end]) = (_scores[0], _rows[0]);
            SiftDown(0, end, score, row);
        }
        Count = 0;
        return count;
    }

    private static bool Better(float scoreA, int rowA, float scoreB, int rowB) =>
        scoreA > scoreB || (scoreA == scoreB && rowA < rowB);

    private readonly void SiftUp(int at, float score, int row)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!Better(_scores[parent], _rows[parent], score, row)) break;
            (_scores[at], _rows[at]) = (_scores[parent], _rows[parent]);
            at = parent;
        }
        (_scores[at], _rows[at]) = (score, row);
    }

    private readonly void SiftDown(int at, int count, float score, int row)
    {
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= count) break;
            if (child + 1 < count
                && Better(_scores[child], _rows[child], _scores[child + 1], _rows[child + 1])) child++;
            if (!Better(score, row, _scores[child], _rows[child])) break;
            (_scores[at], _rows[at]) = (_scores[child], _rows[child]);
            at = child;
        }
        (_scores[at], _rows[at]) = (score, row);
    }
}
