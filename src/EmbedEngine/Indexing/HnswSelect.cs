// Choosing a node's links: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm 4
// (SELECT-NEIGHBORS-HEURISTIC).
// Differs from the paper: extendCandidates is off and keepPrunedConnections is off, as in the authors'
// hnswlib; a candidate as close to a chosen link as to the node is dropped too, so that equal vectors cannot
// fill all links.

namespace EmbedEngine.Indexing;

/// <summary>The neighbour selection heuristic.</summary>
internal static class HnswSelect
{
    /// <summary>
    /// Takes candidates in order (nearest first, as packed words with their distance to the node) into
    /// chosen, each only if it is closer to the node than to every link chosen before it. Returns how many,
    /// at most max.
    /// </summary>
    public static int Run(HnswGraph graph, ReadOnlySpan<ulong> candidates, int max, Span<int> chosen)
    {
        int count = 0;
        foreach (ulong candidate in candidates)
        {
            if (count == max) break;
            int row = HnswScratch.Row(candidate);
            float distance = HnswScratch.Distance(candidate);
            bool keep = true;
            for (int i = 0; i < count && keep; i++) keep = graph.Between(row, chosen[i]) > distance;
            if (keep) chosen[count++] = row;
        }
        return count;
    }
}
