// The searches of an index: k nearest, all within a range, either of them among allowed rows only.
// Must never give fewer than were there to be found, nor a row that is not allowed, whatever the path.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

internal sealed unsafe partial class HnswIndex
{
    // Costs in nanoseconds, measured at 64, 128 and 784 dimensions; only their ratios matter.
    private const long StepNanoseconds = 450; // a walk makes about ef steps
    private const long RowNanoseconds = 25; // a row picked out of memory
    private const int FirstRange = 32;

    /// <summary>
    /// Finds the k nearest rows, best first, ties by smaller row. Scores: cosine (0 with a zero vector), dot
    /// product, or minus the squared distance. Gives min(k, rows allowed) rows. Allocates only when the
    /// scratch must grow.
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
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">Wrong dimension, NaN or ∞ in the query, or too little
    /// room.</exception>
    /// <exception cref="CorruptFileException">The walk met damage.</exception>
    public int Search(
        ReadOnlySpan<float> query, int k, int efSearch, HnswScratch scratch, Span<int> rows,
        Span<float> scores,
        SearchPath path = SearchPath.Auto, ReadOnlySpan<ulong> allowed = default)
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
        int population = allowed.IsEmpty ? Count : CountAllowed(allowed);
        wanted = Math.Min(wanted, population);
        if (wanted == 0) return 0;
        int ef = Math.Max(efSearch == 0 ? Layout.EfSearch : efSearch, wanted);
        // In bounds: the query has Dims floats and is pinned; HnswGraph checks every row it is led to.
        fixed (float* q = query)
        {
            var measure = new ExactMeasure(_graph, _vectors, Layout.Metric, _inverseNorms, q);
            var top = new TopK(rows[..wanted], scores[..wanted]);
            path = Choose(path, ref ef, population);
            if (path == SearchPath.Graph)
            {
                if (_codes is null) WalkByFloats(measure, ef, allowed, scratch, ref top);
                else WalkByCodes(_codes, query, measure, ef, wanted, allowed, scratch, ref top);
                int found = top.Finish();
                // A filter can be at odds with where the query lies: then the pool held too few that are
                // allowed.
                if (found == wanted) return found;
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
    /// Graph or scan, whichever should be faster. A filter widens the beam so that it holds about ef allowed
    /// nodes, which is what makes a selective one a scan.
    /// </summary>
    private SearchPath Choose(SearchPath path, ref int ef, int population)
    {
        long beam = (long)ef * Count / population;
        ef = (int)Math.Min(beam, Count);
        if (path == SearchPath.Exact || ef == Count) return SearchPath.Exact;
        if (path == SearchPath.Graph) return path;
        long walk = ef * StepNanoseconds;
        long scan = _codes is null
            ? population * (RowNanoseconds + Layout.Dims / 8L)
            : Math.Min(population * (RowNanoseconds + Layout.Dims / 8L), Count * (100L + _codes.Stride) / 50);
        return scan <= walk ? SearchPath.Exact : SearchPath.Graph;
    }

    /// <summary>Every row that is allowed, by whichever way reads less.</summary>
    private void Scan(
        ReadOnlySpan<float> query, in ExactMeasure measure, int population, ReadOnlySpan<ulong> allowed,
        HnswScratch scratch, ref TopK top)
    {
        if (_codes is { } codes && population > Count / 8)
        {
            CodeScan.Run(
                codes, codes.Code(query, Layout.Metric, scratch), Layout.Metric, measure, ref top, allowed);
            return;
        }
        if (allowed.IsEmpty)
        {
            for (int row = 0; row < Count; row++) top.Offer(measure.Score(row), row);
            return;
        }
        for (int word = 0; word << 6 < Count; word++)
        {
            for (ulong bits = allowed[word]; bits != 0; bits &= bits - 1)
            {
                int row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (row < Count) top.Offer(measure.Score(row), row);
            }
        }
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
            int row = _graph.RowOf(HnswScratch.Node(entry));
            if (_nextDuplicate is null && !IsAllowed(allowed, row)) continue;
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
        // Lists run upwards: once a copy is refused, its successors would be too. A damaged list ends where
        // it turns.
        while (!IsAllowed(allowed, row) || top.Offer(score, row))
        {
            if (_nextDuplicate is not { } next) return;
            int following = next[row];
            if (following <= row || following >= Count) return;
            row = following;
        }
    }

    private static bool IsAllowed(ReadOnlySpan<ulong> allowed, int row) =>
        allowed.IsEmpty || (allowed[row >> 6] >> (row & 63) & 1) != 0;
}
