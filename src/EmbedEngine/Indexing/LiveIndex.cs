// Changes over a published index: what was added, replaced or removed since lies in memory, the file stays as
// it is. A search asks both and merges.
// Must never touch the published index; a new version takes the changes in.

namespace EmbedEngine.Indexing;

/// <summary>
/// An opened index and the changes to it. Rows of the index keep their numbers as keys; other keys are new
/// vectors. Thread-safe as <see cref="HnswOverlay"/>; the index and its vectors must outlive it.
/// </summary>
internal sealed class LiveIndex(HnswIndex published, HnswOptions options)
{
    private readonly HnswOverlay _overlay = new(published.Layout.Dims, published.Layout.Metric, options);
    private readonly Lock _writing = new();
    private volatile ulong[]? _left; // rows of the published index still in force; null = all

    /// <summary>Adds a vector, or takes the place of the key's.</summary>
    /// <exception cref="ArgumentException">As <see cref="HnswOverlay.Set"/>; nothing has changed.</exception>
    public void Set(long key, ReadOnlySpan<float> vector)
    {
        lock (_writing)
        {
            _overlay.Set(key, vector);
            Hide(key);
        }
    }

    /// <summary>Removes a key; false when it was not there.</summary>
    public bool Remove(long key)
    {
        lock (_writing) return _overlay.Remove(key) | Hide(key);
    }

    /// <summary>Finds the k nearest of both, best first; scores as <see cref="HnswIndex.Search"/>.</summary>
    /// <param name="query">Dims floats.</param>
    /// <param name="efSearch">As in <see cref="HnswIndex.Search"/>.</param>
    /// <param name="scratch">The caller's.</param>
    /// <param name="keys">Receives the keys; its length is k.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <returns>As many as there are, at most k.</returns>
    public int Search(
        ReadOnlySpan<float> query, int efSearch, HnswScratch scratch, Span<long> keys, Span<float> scores)
    {
        int k = keys.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        // The rows that gave way first: a key set meanwhile may be found in both, and the newer is kept.
        ulong[]? left = _left;
        LiveResults results = scratch.Live;
        results.Reserve(k);
        int fresh = _overlay.Search(query, k, efSearch, scratch, results.Keys, results.FreshScores);
        int old = published.Search(
            query, k, efSearch, scratch, results.Rows, results.OldScores, SearchPath.Auto, left);
        int count = 0, a = 0, b = 0;
        while (count < k && (a < fresh || b < old))
        {
            bool takeFresh = b == old || (a < fresh && results.FreshScores[a] >= results.OldScores[b]);
            (long key, float score) = takeFresh
                ? (results.Keys[a], results.FreshScores[a++]) : (results.Rows[b], results.OldScores[b++]);
            if (!takeFresh && results.Keys.AsSpan(0, fresh).Contains(key)) continue;
            (keys[count], scores[count++]) = (key, score);
        }
        return count;
    }

    private bool Hide(long key)
    {
        if (key < 0 || key >= published.Count) return false;
        int row = (int)key;
        if (_left is { } now && (now[row >> 6] >> (row & 63) & 1) == 0) return false;
        // A search may hold the old bits: they are never written.
        var left = new ulong[(published.Count + 63) >> 6];
        if (_left is null) Array.Fill(left, ~0UL);
        else _left.CopyTo(left, 0);
        left[row >> 6] &= ~(1UL << (row & 63));
        _left = left;
        return true;
    }
}

/// <summary>Room for what both sides of a <see cref="LiveIndex"/> found.</summary>
internal sealed class LiveResults
{
    public long[] Keys { get; private set; } = [];

    public float[] FreshScores { get; private set; } = [];

    public int[] Rows { get; private set; } = [];

    public float[] OldScores { get; private set; } = [];

    public void Reserve(int k)
    {
        if (Keys.Length >= k) return;
        (Keys, FreshScores, Rows, OldScores) = (new long[k], new float[k], new int[k], new float[k]);
    }
}
