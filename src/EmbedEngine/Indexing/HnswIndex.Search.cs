// The searches of an index: k nearest, all within a range, either of them among allowed rows only.
// Must never give fewer than were there to be found, nor a row that is not allowed, whatever the path.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

internal sealed unsafe partial class HnswIndex
{
    private const int FirstRange = 32;

    /// <summary>
    /// Finds the k nearest rows, best first, ties by smaller row. Scores: cosine (0 with a zero vector), dot
    /// product, or minus the squared distance. Gives min(k, rows allowed) rows. Allocates only when the
    /// scratch must grow, and once for the first scan by codes that a filter makes worth while.
    /// </summary>
    /// <param name="query">Dims floats.</param>
    /// <param name="k">Rows wanted, at least 1.</param>
    /// <param name="efSearch">Nodes kept in view; 0 means the recorded default, and less than k means
    /// k.</param>
    /// <param name="scratch">The caller's; no other search may use it meanwhile.</param>
    /// <param name="rows">Receives the rows; at least min(k, Count) long.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <param name="path">By the graph or exactly.</param>
    /// <param name="allowed">Bit r of word r / 64 allows row r; empty allows all, else it must cover all
    /// rows.</param>
    /// <param name="population">Rows it allows, where the caller has counted them; −1 = to be
    /// counted.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">Wrong dimension, NaN or ∞ in the query, or too little
    /// room.</exception>
    /// <exception cref="CorruptFileException">The walk met damage.</exception>
    public int Search(
        ReadOnlySpan<float> query, int k, int efSearch, HnswScratch scratch, Span<int> rows,
        Span<float> scores, SearchPath path = SearchPath.Auto, ReadOnlySpan<ulong> allowed = default,
        int population = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(efSearch);
        ExactIndex.CheckQuery(query, Layout.Dims);
        if (!allowed.IsEmpty && (long)allowed.Length * 64 < Count)
            throw new ArgumentException(
                $"a filter of {allowed.Length * 64L} bits for {Count} rows", nameof(allowed));
        int wanted = Math.Min(k, Count);
        if (rows.Length < wanted || scores.Length < wanted)
            throw new ArgumentException(
                $"room for {Math.Min(rows.Length, scores.Length)} results, {wanted} needed");
        if (allowed.IsEmpty) population = Count;
        else if (population < 0) population = CountAllowed(allowed);
        wanted = Math.Min(wanted, population);
        if (wanted == 0) return 0;
        int ef = Math.Max(efSearch == 0 ? Layout.EfSearch : efSearch, wanted);
        // In bounds: the query has Dims floats and is pinned; HnswGraph checks every row it is led to.
        fixed (float* q = query)
        {
            var measure = new ExactMeasure(_graph, _vectors, Layout.Metric, _inverseNorms, q);
            var top = new TopK(rows[..wanted], scores[..wanted]);
            int usual = ef;
            path = Choose(path, ref ef, population);
            if (path == SearchPath.Graph)
            {
                if (_codes is null) WalkByFloats(measure, ef, allowed, scratch, ref top);
                else WalkByCodes(_codes, query, measure, ef, wanted, allowed, scratch, ref top);
                int found = top.Finish();
                if (found == wanted && HoldsEnough(usual, population, allowed, scratch)) return found;
                top = new TopK(rows[..wanted], scores[..wanted]);
            }
            Scan(query, measure, population, allowed, scratch, ref top);
            return top.Finish();
        }
    }

    /// <summary>
    /// Finds all rows that score at least a limit, best first, as far as there is room: <see cref="Search"/>
    /// with as many neighbors as it takes. The beam grows with what is found, so a wide range ends as an
    /// exact scan.
    /// </summary>
    /// <param name="query">Dims floats.</param>
    /// <param name="limit">Smallest score wanted; for L2 minus the square of the largest distance. Not
    /// NaN.</param>
    /// <param name="efSearch">As in <see cref="Search"/>.</param>
    /// <param name="scratch">The caller's.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <param name="allowed">As in <see cref="Search"/>.</param>
    /// <returns>How many were found; as many as there is room for when there may be more.</returns>
    public int Range(
        ReadOnlySpan<float> query, float limit, int efSearch, HnswScratch scratch, Span<int> rows,
        Span<float> scores,
        ReadOnlySpan<ulong> allowed = default)
    {
        if (float.IsNaN(limit)) throw new ArgumentException("the limit is NaN", nameof(limit));
        if (rows.Length == 0 || Count == 0)
        {
            ExactIndex.CheckQuery(query, Layout.Dims);
            return 0;
        }
        int most = Math.Min(Math.Min(rows.Length, scores.Length), Count);
        for (int k = Math.Min(FirstRange, most); ; k = (int)Math.Min(4L * k, most))
        {
            int found = Search(query, k, efSearch, scratch, rows[..k], scores[..k], SearchPath.Auto, allowed);
            int inside = found;
            while (inside > 0 && scores[inside - 1] < limit) inside--;
            if (inside < found || found < k || k == most) return inside;
        }
    }

    private int CountAllowed(ReadOnlySpan<ulong> allowed)
    {
        int count = 0, words = Count >> 6;
        for (int w = 0; w < words; w++) count += BitOperations.PopCount(allowed[w]);
        int rest = Count & 63;
        return rest == 0 ? count : count + BitOperations.PopCount(allowed[words] & ((1UL << rest) - 1));
    }

    /// <summary>
    /// Whether the pool of a walk has about as many allowed nodes as one without a filter: a filter can be at
    /// odds with where the query lies, and then what is nearest of the allowed lies beyond the pool.
    /// </summary>
    private bool HoldsEnough(
        int usual, int population, ReadOnlySpan<ulong> allowed, HnswScratch scratch)
    {
        if (allowed.IsEmpty || population == Count) return true;
        int left = Math.Min(usual, population) / 2;
        foreach (ulong entry in scratch.Found)
        {
            if (FirstAllowed(_graph.RowOf(HnswScratch.Node(entry)), allowed) >= 0 && --left <= 0) return true;
        }
        return left <= 0;
    }

    /// <summary>Every distance of the walk is exact.</summary>
    private void WalkByFloats(
        in ExactMeasure measure, int ef, ReadOnlySpan<ulong> allowed, HnswScratch scratch, ref TopK top)
    {
        Walk(measure.ToDistance(), ef, scratch);
        foreach (ulong entry in scratch.Found)
        {
            float score = -HnswScratch.Distance(entry) + 0f;
            if (score < top.Threshold) break;
            Offer(ref top, score, _graph.RowOf(HnswScratch.Node(entry)), allowed);
        }
    }

    /// <summary>The walk goes by codes; the best of its pool are measured exactly.</summary>
    private void WalkByCodes(
        Codes codes, ReadOnlySpan<float> query, in ExactMeasure measure, int ef, int wanted,
        ReadOnlySpan<ulong> allowed,
        HnswScratch scratch, ref TopK top)
    {
        Walk(codes.Code(query, Layout.Metric, scratch).Distance, ef, scratch);
        // The order by codes is off by a few places.
        int left = wanted + wanted / 2 + 8;
        ReadOnlySpan<ulong> found = scratch.Found;
        foreach (ulong entry in found[..Math.Min(found.Length, left)])
            measure.Prefetch(_graph.RowOf(HnswScratch.Node(entry)));
        foreach (ulong entry in found)
        {
            int row = FirstAllowed(_graph.RowOf(HnswScratch.Node(entry)), allowed);
            if (row < 0) continue;
            if (left-- == 0) break;
            Offer(ref top, measure.Score(row), row, allowed);
        }
    }

    private void Walk<TDistance>(in TDistance distance, int ef, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        int start = HnswWalk.Descend(_graph, distance, Layout.EntryPoint, Layout.TopLevel, 0, scratch);
        scratch.Begin(Count, ef);
        HnswWalk.SearchLayer(_graph, distance, start, Layout.EntryPoint, 0, ef, scratch);
    }

    /// <summary>A row and the rows that are equal to it, as far as they are allowed.</summary>
    private void Offer(ref TopK top, float score, int row, ReadOnlySpan<ulong> allowed)
    {
        // Lists run upwards: once a copy is refused, its successors would be too.
        while (row >= 0 && (!IsAllowed(allowed, row) || top.Offer(score, row))) row = Following(row);
    }

    /// <summary>The first that is allowed of a row and those equal to it; −1 where none is.</summary>
    private int FirstAllowed(int row, ReadOnlySpan<ulong> allowed)
    {
        while (row >= 0 && !IsAllowed(allowed, row)) row = Following(row);
        return row;
    }

    /// <summary>The next copy of a row, or −1; a damaged list ends where it turns.</summary>
    private int Following(int row) =>
        _nextDuplicate is { } next && next[row] is int following && following > row && following < Count
            ? following : -1;

    private static bool IsAllowed(ReadOnlySpan<ulong> allowed, int row) =>
        allowed.IsEmpty || (allowed[row >> 6] >> (row & 63) & 1) != 0;
}
