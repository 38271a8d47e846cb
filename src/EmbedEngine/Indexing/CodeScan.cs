// Exact nearest neighbours by reading every code and measuring only the rows that could still be among the
// best. For y = coded + e and q = coded q + f, |⟨q, y⟩ − ⟨coded q, coded y⟩| ≤ |coded q|·|e| + |f|·|y|
// (Cauchy and Schwarz), so a row is left out only when it cannot enter: the result is that of ExactIndex,
// from a quarter of the memory.
// Must never allocate, nor leave a row out on an estimate.

using System.Numerics;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>Exact search over coded nodes. Static, safe from any thread with a scratch each.</summary>
internal static unsafe class CodeScan
{
    private const int Block = 128; // nodes whose memory is asked for together

    /// <summary>Offers every node that may be among the best; the caller's measure is exact.</summary>
    /// <param name="codes">All nodes.</param>
    /// <param name="query">The query, coded by <see cref="Codes.Code"/>.</param>
    /// <param name="metric">What is compared by.</param>
    /// <param name="measure">Exact scores of nodes.</param>
    /// <param name="top">Receives the best.</param>
    /// <param name="allowed">Bit r of word r / 64 allows row r; empty allows all.</param>
    public static void Run(
        Codes codes, in CodedQuery query, Metric metric, in ExactMeasure measure, ref TopK top,
        ReadOnlySpan<ulong> allowed = default)
    {
        var bound = new CodeBound(codes, query, metric);
        float limit = measure.Distance(top.Threshold);
        int count = codes.Count, node = 0;
        for (; node <= count - 4; node += 4)
        {
            MemoryHint.Soon(codes.Row(node) + (8 * codes.Stride), 1);
            uint near =
                bound.Near(limit, node, node + 1, node + 2, node + 3, out Vector128<float> distances);
            for (; near != 0; near &= near - 1)
            {
                int i = BitOperations.TrailingZeroCount(near);
                // Not "not greater than": a bound of NaN (a damaged file) leaves nothing out.
                if (bound.Least(distances.GetElement(i), node + i) > limit) continue;
                Offer(measure, node + i, allowed, ref top, ref limit);
            }
        }
        for (; node < count; node++) Offer(measure, node, allowed, ref top, ref limit);
    }

    /// <summary>As <see cref="Run"/>, going from allowed row to allowed row: for filters that leave out
    /// most.</summary>
    /// <param name="codes">All nodes.</param>
    /// <param name="query">The query, coded by <see cref="Codes.Code"/>.</param>
    /// <param name="metric">What is compared by.</param>
    /// <param name="measure">Exact scores of nodes.</param>
    /// <param name="nodes">Node of each row.</param>
    /// <param name="scratch">Room for a block of nodes.</param>
    /// <param name="top">Receives the best.</param>
    /// <param name="allowed">Bit r of word r / 64 allows row r; covers all rows.</param>
    public static void RunOver(
        Codes codes, in CodedQuery query, Metric metric, in ExactMeasure measure, ReadOnlySpan<int> nodes,
        HnswScratch scratch, ref TopK top, ReadOnlySpan<ulong> allowed)
    {
        var bound = new CodeBound(codes, query, metric);
        float limit = measure.Distance(top.Threshold);
        int* block = scratch.Fresh;
        int count = 0;
        for (int word = 0; word << 6 < nodes.Length; word++)
        {
            for (ulong bits = allowed[word]; bits != 0; bits &= bits - 1)
            {
                int row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (row >= nodes.Length) break;
                int node = nodes[row];
                query.Distance.Prefetch(node);
                block[count++] = node;
            }
            if (count <= Block - 64) continue;
            RunBlock(bound, measure, block, count, allowed, ref top, ref limit);
            count = 0;
        }
        RunBlock(bound, measure, block, count, allowed, ref top, ref limit);
    }

    private static void RunBlock(
        in CodeBound bound, in ExactMeasure measure, int* block, int count, ReadOnlySpan<ulong> allowed,
        ref TopK top, ref float limit)
    {
        float* least = stackalloc float[Block];
        int left = 0;
        // The last group is filled up with the first node, and those places are not looked at.
        for (int i = count; i < count + 3; i++) block[i] = block[0];
        for (int i = 0; i < count; i += 4)
        {
            int* four = block + i;
            uint near = bound.Near(limit, four[0], four[1], four[2], four[3], out Vector128<float> distances);
            if (count - i < 4) near &= (1u << (count - i)) - 1;
            for (; near != 0; near &= near - 1)
            {
                int j = BitOperations.TrailingZeroCount(near);
                float distance = bound.Least(distances.GetElement(j), four[j]);
                if (distance > limit) continue;
                measure.Prefetch(measure.RowOf(four[j]));
                least[left] = distance;
                block[left++] = four[j]; // never beyond what was looked at
            }
        }
        for (int i = 0; i < left; i++)
        {
            if (!(least[i] > limit)) Offer(measure, block[i], allowed, ref top, ref limit);
        }
    }

    private static void Offer(
        in ExactMeasure measure, int node, ReadOnlySpan<ulong> allowed, ref TopK top, ref float limit)
    {
        int row = measure.RowOf(node);
        if (!allowed.IsEmpty && (allowed[row >> 6] >> (row & 63) & 1) == 0) return;
        if (top.Offer(measure.Score(row), row)) limit = measure.Distance(top.Threshold);
    }
}
