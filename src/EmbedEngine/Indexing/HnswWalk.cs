// Searching the graph: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm 2 (SEARCH-LAYER) and the descent
// of Algorithm 5 (K-NN-SEARCH).
// Differs from the paper: candidates and results are one sorted pool of ef entries instead of two heaps (an
// entry pushed out of the pool could never have been expanded); the unvisited neighbours of a node are
// gathered and prefetched before their distances are computed; ties are broken by row, so the walk is
// deterministic. Bounded on any input: the descent strictly improves, and level by level a node is expanded
// at most once.

using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Indexing;

/// <summary>The two walks, over a graph that may be damaged.</summary>
internal static unsafe class HnswWalk
{
    /// <summary>Greedy descent from a node at level top to just above level bottom; returns where it
    /// stopped.</summary>
    public static int Descend(
        HnswGraph graph, float* query, float side, int from, int top, int bottom, HnswScratch scratch)
    {
        int current = from;
        ulong best = HnswScratch.Pack(graph.Distance(query, side, current), current);
        for (int level = top; level > bottom; level--)
        {
            bool moved = true;
            while (moved)
            {
                moved = false;
                int* links = graph.Links(current, level);
                for (int i = 0; i < graph.M && links[i] != -1; i++)
                {
                    int next = graph.Check(links[i]);
                    ulong entry = HnswScratch.Pack(graph.Distance(query, side, next), next);
                    scratch.Distances++;
                    if (entry >= best) continue;
                    (best, current, moved) = (entry, next, true);
                }
            }
        }
        return current;
    }

    /// <summary>
    /// Fills the scratch's pool with the ef nearest nodes found from the start nodes at a level. The caller
    /// has called
    /// <see cref="HnswScratch.Begin"/> and checked the starts; a second start may equal the first.
    /// </summary>
    public static void SearchLayer(
        HnswGraph graph, float* query, float side, int start, int secondStart, int level, int ef, HnswScratch scratch)
    {
        Enter(graph, query, side, start, ef, scratch);
        Enter(graph, query, side, secondStart, ef, scratch);
        int max = graph.MaxLinks(level);
        int[] fresh = scratch.Fresh;
        int at = 0;
        while (at < scratch.PoolCount)
        {
            ulong entry = scratch.Pool[at];
            if ((entry & 1) != 0)
            {
                at++;
                continue;
            }
            scratch.Pool[at] = entry | 1;
            int* links = graph.Links(HnswScratch.Row(entry), level);
            int found = 0;
            for (int i = 0; i < max; i++)
            {
                int next = links[i];
                if (next == -1) break;
                if (!scratch.Visit(graph.Check(next))) continue;
                fresh[found++] = next;
                Prefetch(graph.Vectors.Row(next), graph.Vectors.Dims);
            }
            int nearest = at + 1;
            for (int i = 0; i < found; i++)
            {
                ulong candidate = HnswScratch.Pack(graph.Distance(query, side, fresh[i]), fresh[i]);
                nearest = Math.Min(nearest, scratch.Insert(candidate, ef));
            }
            scratch.Distances += found;
            at = nearest;
        }
    }

    private static void Enter(HnswGraph graph, float* query, float side, int node, int ef, HnswScratch scratch)
    {
        if (scratch.Visit(node)) scratch.Insert(HnswScratch.Pack(graph.Distance(query, side, node), node), ef);
    }

    /// <summary>Asks for the first lines of a row; the hardware fetches on from there. A hint: it cannot
    /// fault.</summary>
    private static void Prefetch(float* row, int dims)
    {
        if (!Sse.IsSupported) return;
        for (int d = 0; d < dims && d < 64; d += 16) Sse.Prefetch0(row + d);
    }
}
