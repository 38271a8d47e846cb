// The facade of Indexing for vectors that are not in a store: thin, no logic of its own but merging and
// batches.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine;

/// <summary>
/// A nearest-neighbor index in memory that can be changed while it is searched (HNSW, Malkov and Yashunin
/// 2016, arXiv 1603.09320). Vectors have keys of the caller's choice. Thread-safe: writes wait for each
/// other, searches take no lock and see every write that returned before they began. Searches allocate
/// nothing once warm. Nothing is written to disk: a store's versions are built by <see cref="Engine"/>.
/// </summary>
public sealed class VectorIndex
{
    [ThreadStatic]
    private static HnswScratch? scratchOfThread;

    private readonly HnswOverlay _index;

    /// <summary>An empty index.</summary>
    /// <param name="dimensions">Floats of a vector, 1 to 65,536.</param>
    /// <param name="metric">What to compare by.</param>
    /// <param name="options">Settings of the graph; null = defaults. Codes are for stored indexes:
    /// Quantization is not used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the exception names
    /// it.</exception>
    public VectorIndex(int dimensions, Metric metric, HnswOptions? options = null)
    {
        if (dimensions is < 1 or > 65_536)
            throw new ArgumentOutOfRangeException(
                nameof(dimensions), dimensions, "dimensions must be 1 to 65536");
        _index = new HnswOverlay(dimensions, metric, options ?? new HnswOptions());
        (Dimensions, Metric) = (dimensions, metric);
    }

    /// <summary>Floats of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>What vectors are compared by.</summary>
    public Metric Metric { get; }

    /// <summary>Vectors in the index.</summary>
    public int Count => _index.Count;

    /// <summary>Adds a vector, or replaces the one of the key.</summary>
    /// <exception cref="ArgumentException">Wrong length, NaN, ∞, or values whose squares overflow. Nothing
    /// has changed.</exception>
    public void Set(long key, ReadOnlySpan<float> vector) => _index.Set(key, vector);

    /// <summary>Removes the vector of a key.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(long key) => _index.Remove(key);

    /// <summary>
    /// Finds the k nearest, best first. Scores: cosine (0 with a zero vector), inner product, or minus the
    /// squared distance.
    /// </summary>
    /// <param name="query"><see cref="Dimensions"/> finite floats.</param>
    /// <param name="keys">Receives the keys; its length is k, at least 1.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <param name="efSearch">Nodes kept in view: more finds more and takes longer. 0 = the setting; less
    /// than k means k.</param>
    /// <returns>min(k, <see cref="Count"/>).</returns>
    /// <exception cref="ArgumentException">Wrong length, NaN or ∞ in the query, no room, or spans of two
    /// lengths.</exception>
    public int Search(ReadOnlySpan<float> query, Span<long> keys, Span<float> scores, int efSearch = 0)
    {
        if (keys.Length != scores.Length)
            throw new ArgumentException(
                $"room for {keys.Length} keys and {scores.Length} scores", nameof(scores));
        return _index.Search(
            query, keys.Length, efSearch, scratchOfThread ??= new HnswScratch(), keys, scores);
    }

    /// <summary>Finds all that score at least a limit, best first, as far as there is room.</summary>
    /// <param name="query">As in <see cref="Search"/>.</param>
    /// <param name="limit">Smallest score wanted; for L2 minus the square of the largest distance. Not
    /// NaN.</param>
    /// <param name="keys">Receives the keys.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <param name="efSearch">As in <see cref="Search"/>.</param>
    /// <returns>How many were found; the room's length when there may be more.</returns>
    public int SearchRange(
        ReadOnlySpan<float> query, float limit, Span<long> keys, Span<float> scores, int efSearch = 0)
    {
        if (float.IsNaN(limit)) throw new ArgumentException("the limit is NaN", nameof(limit));
        int most = Math.Min(keys.Length, Math.Max(1, Count));
        for (int k = Math.Min(32, most); ; k = (int)Math.Min(2L * k, most))
        {
            int found = Search(query, keys[..k], scores[..k], efSearch);
            int inside = found;
            while (inside > 0 && scores[inside - 1] < limit) inside--;
            if (inside < found || found < k || k == most) return inside;
        }
    }

    /// <summary>Searches many queries on several threads of its own.</summary>
    /// <param name="queries">Queries one after another, <see cref="Dimensions"/> floats each.</param>
    /// <param name="k">Neighbors of each, at least 1.</param>
    /// <param name="keys">Receives k keys a query; places past <see cref="Count"/> are 0.</param>
    /// <param name="scores">Receives k scores a query; places past <see cref="Count"/> are NaN.</param>
    /// <param name="efSearch">As in <see cref="Search"/>.</param>
    /// <param name="threads">Threads; 0 = one per processor, at most 1024.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a query is not
    /// finite.</exception>
    public unsafe void SearchBatch(
        ReadOnlySpan<float> queries, int k, Span<long> keys, Span<float> scores, int efSearch = 0,
        int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(efSearch);
        if (threads is < 0 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "threads must be 0 to 1024");
        int count = queries.Length / Dimensions;
        if (count * Dimensions != queries.Length)
            throw new ArgumentException(
                $"{queries.Length} floats are no whole number of queries of {Dimensions}", nameof(queries));
        if (keys.Length != (long)count * k || scores.Length != keys.Length)
            throw new ArgumentException(
                $"room for {keys.Length} keys and {scores.Length} scores, {(long)count * k} needed");
        // In bounds: the spans are pinned for the call, and their lengths were checked.
        fixed (float* q = queries, s = scores)
        fixed (long* r = keys)
        {
            float* query = q, score = s;
            long* key = r;
            WorkerTeam.For(threads == 0 ? WorkerTeam.DefaultThreads : threads, count, 16, (_, begin, end) =>
            {
                for (long i = begin; i < end; i++)
                {
                    var found = new Span<long>(key + i * k, k);
                    var values = new Span<float>(score + i * k, k);
                    int n = Search(
                        new ReadOnlySpan<float>(query + i * Dimensions, Dimensions), found, values, efSearch);
                    found[n..].Clear();
                    values[n..].Fill(float.NaN);
                }
            });
        }
    }
}
