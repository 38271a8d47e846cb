// Searching the graph: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm 2 (SEARCH-LAYER) and the descent
// of Algorithm 5 (K-NN-SEARCH).
// Differs from the paper: candidates and results are one sorted pool of ef entries instead of two heaps (an
// entry pushed out of the pool could never have been expanded); the unvisited neighbours of a node are
// gathered and prefetched before their distances are computed, four at a time; ties are broken by node, so the walk is
// deterministic. Bounded on any input: the descent strictly improves, and level by level a node is expanded
// at most once.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Indexing;

/// <summary>The two walks, over a graph that may be damaged, by any kind of distance.</summary>
internal static unsafe class HnswWalk
{
    /// <summary>Greedy descent from a checked node at level top to just above level bottom; returns where it
    /// stopped.</summary>
    public static int Descend<TDistance>(
        HnswGraph graph, in TDistance distance, int from, int top, int bottom, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        int current = from;
        ulong best = HnswScratch.Pack(distance.To(current), current);
        for (int level = top; level > bottom; level--)
        {
            bool moved = true;
            while (moved)
            {
                moved = false;
                int* links = graph.Links(current, level);
                int count = 0;
                for (; count < graph.M && links[count] != -1; count++) distance.Prefetch(graph.Check(links[count]));
                scratch.Distances += count;
                for (int i = 0; i < count; i++)
                {
                    ulong entry = HnswScratch.Pack(distance.To(links[i]), links[i]);
                    if (entry >= best) continue;
                    (best, current, moved) = (entry, links[i], true);
                }
            }
        }
        return current;
    }

    /// <summary>
    /// Fills the scratch's pool with the ef nearest nodes found from the start nodes at a level. The caller has called
    /// <see cref="HnswScratch.Begin"/> and checked the starts; a second start may equal the first.
    /// </summary>
    public static void SearchLayer<TDistance>(
        HnswGraph graph, in TDistance distance, int start, int secondStart, int level, int ef, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        Enter(distance, start, ef, scratch);
        Enter(distance, secondStart, ef, scratch);
        int max = graph.MaxLinks(level);
        int* fresh = scratch.Fresh;
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
            int found = Gather(graph, distance, graph.Links(HnswScratch.Node(entry), level), max, scratch);
            if (level == 0 && at + 1 < scratch.PoolCount) Prefetch(graph, scratch.Pool[at + 1]);
            scratch.Distances += found;
            // The last group is filled up with its first node: measured twice, taken once.
            for (int i = found; i < found + 3; i++) fresh[i] = fresh[0];
            int nearest = at + 1;
            for (int i = 0; i < found; i += 4)
            {
                Vector128<float> four = distance.ToFour(fresh[i], fresh[i + 1], fresh[i + 2], fresh[i + 3]);
                int count = Math.Min(4, found - i);
                for (int j = 0; j < count; j++)
                {
                    ulong candidate = HnswScratch.Pack(four.GetElement(j), fresh[i + j]);
                    nearest = Math.Min(nearest, scratch.Insert(candidate, ef));
                }
            }
            at = nearest;
        }
    }

    /// <summary>The neighbours not seen before, marked, and their memory asked for.</summary>
    private static int Gather<TDistance>(
        HnswGraph graph, in TDistance distance, int* links, int max, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        int* fresh = scratch.Fresh;
        int found = 0;
        for (int i = 0; i < max; i++)
        {
            int next = links[i];
            if (next == -1) break;
            if (!scratch.Visit(graph.Check(next))) continue;
            fresh[found++] = next;
            distance.Prefetch(next);
        }
        return found;
    }

    private static void Enter<TDistance>(in TDistance distance, int node, int ef, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        if (scratch.Visit(node)) scratch.Insert(HnswScratch.Pack(distance.To(node), node), ef);
    }

    /// <summary>The links of the node that is next unless something nearer is found.</summary>
    private static void Prefetch(HnswGraph graph, ulong entry)
    {
        if (!Sse.IsSupported) return;
        int* links = graph.Links0 + (long)HnswScratch.Node(entry) * graph.LinkStride;
        for (int i = 0; i < graph.LinkStride; i += 16) Sse.Prefetch0(links + i);
    }
}
