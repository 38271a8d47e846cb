// Choosing a node's links: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm 4
// (SELECT-NEIGHBORS-HEURISTIC).
// Differs from the paper: extendCandidates is off and keepPrunedConnections is off, as in the authors'
// hnswlib; a candidate as close to a chosen link as to the node is dropped too, so that equal vectors cannot
// fill all links.

using System.Runtime.Intrinsics;

namespace EmbedEngine.Indexing;

/// <summary>The neighbour selection heuristic.</summary>
internal static class HnswSelect
{
    /// <summary>
    /// Takes candidates in order (nearest first, as packed words with their distance to the node) into
    /// chosen, each only if it is closer to the node than to every link chosen before it. Returns how many,
    /// at most max. Chosen has room for max + 3.
    /// </summary>
    public static int Run<TSpace, TDistance>(
        TSpace space, ReadOnlySpan<ulong> candidates, int max, Span<int> chosen, HnswScratch scratch)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        int count = 0;
        foreach (ulong candidate in candidates)
        {
            if (count == max) break;
            int node = HnswScratch.Node(candidate);
            if (count > 0 && Near(space.From(node, scratch), HnswScratch.Distance(candidate),
                chosen[..(count + 3)])) continue;
            chosen[count++] = node;
            // Groups of four: what lies behind the last repeats it.
            chosen.Slice(count, 3).Fill(node);
        }
        return count;
    }

    /// <summary>Whether one of the chosen (the last repeated three times) is as close as the limit.</summary>
    private static bool Near<TDistance>(in TDistance distance, float limit, ReadOnlySpan<int> chosen)
        where TDistance : struct, INodeDistance
    {
        Vector128<float> bound = Vector128.Create(limit);
        for (int i = 0; i + 3 < chosen.Length; i += 4)
        {
            Vector128<float> four = distance.ToFour(chosen[i], chosen[i + 1], chosen[i + 2], chosen[i + 3]);
            if (Vector128.LessThanOrEqualAny(four, bound)) return true;
        }
        return false;
    }
}
