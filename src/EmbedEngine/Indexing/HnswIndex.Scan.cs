// Searching without the graph: when, and how every allowed row is read.
// Must never leave out a row that could be among the best.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <content>Exact search of an index.</content>
internal sealed unsafe partial class HnswIndex
{
    // Costs in nanoseconds, measured at 64, 128 and 784 dimensions; only their ratios matter.
    private const long StepNanoseconds = 450; // a walk makes about ef steps
    private const long RowNanoseconds = 25; // a row picked out of memory
    private const long CodeNanoseconds = 6; // its code, asked for early

    /// <summary>Allowed rows from which on codes are worth looking at first.</summary>
    private const int FewRows = 256;

    private int[]? _nodes;

    /// <summary>Node of each row, the other way round than the graph has it; made at its first use.</summary>
    private int[] NodesByRow
    {
        get
        {
            if (Volatile.Read(ref _nodes) is { } made) return made;
            var nodes = new int[Count];
            for (int node = 0; node < Count; node++) nodes[_graph.RowOf(node)] = node;
            return Interlocked.CompareExchange(ref _nodes, nodes, null) ?? nodes;
        }
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
        long scan = _codes is null || population <= FewRows
            ? population * (RowNanoseconds + Layout.Dims / 8L)
            : Math.Min(
                population * (CodeNanoseconds + _codes.Stride / 16), Count * (100L + _codes.Stride) / 50);
        return scan <= walk ? SearchPath.Exact : SearchPath.Graph;
    }

    /// <summary>Every row that is allowed, by whichever way reads less.</summary>
    private void Scan(
        ReadOnlySpan<float> query, in ExactMeasure measure, int population, ReadOnlySpan<ulong> allowed,
        HnswScratch scratch, ref TopK top)
    {
        if (_codes is { } codes && population > FewRows)
        {
            CodedQuery coded = codes.Code(query, Layout.Metric, scratch);
            if (population > Count / 2)
                CodeScan.Run(codes, coded, Layout.Metric, measure, ref top, allowed);
            else
                CodeScan.RunOver(
                    codes, coded, Layout.Metric, measure, NodesByRow, scratch, ref top, allowed);
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
}
