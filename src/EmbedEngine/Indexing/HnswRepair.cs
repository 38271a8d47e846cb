// The last step of a build and of a consolidation: every node becomes reachable from the entry point at level
// 0. Pruning a full link list can cut the only way to a node; the paper does not care, users who miss an item
// do.

namespace EmbedEngine.Indexing;

/// <summary>Links what cannot be reached.</summary>
internal static unsafe class HnswRepair
{
    /// <summary>
    /// Links each unreached node u under the nearest reached node v found for it. If v is full, its last link
    /// w gives way and becomes a link of u, so what was reached stays reached: v → u → w. The reached set
    /// only grows.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="space">What its nodes are compared by.</param>
    /// <param name="entryPoint">Where a walk begins; −1 in an empty graph.</param>
    /// <param name="count">Nodes in use: 0 … count − 1.</param>
    /// <param name="ef">Beam width of the search for a parent.</param>
    /// <param name="isCopy">Rows that are no nodes; null = none.</param>
    /// <param name="scratch">The caller's.</param>
    /// <returns>How many nodes had to be linked.</returns>
    public static int Run<TSpace, TDistance>(
        HnswGraph graph, TSpace space, int entryPoint, int count, int ef, Func<int, bool>? isCopy,
        HnswScratch scratch)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        if (entryPoint < 0) return 0;
        var reached = new bool[graph.Count];
        var stack = new Stack<int>();
        int repaired = 0;
        Reach(graph, entryPoint, reached, stack);
        for (int node = 0; node < count; node++)
        {
            if (reached[node] || (isCopy is not null && isCopy(node))) continue;
            scratch.Begin(graph.Count, ef);
            HnswWalk.SearchLayer(graph, space.From(node, scratch), entryPoint, entryPoint, 0, ef, scratch);
            int* from = graph.Links(Parent(graph, reached, scratch), 0);
            int* to = graph.Links(node, 0);
            int max = graph.MaxLinks(0), free = 0;
            while (free < max && from[free] != -1) free++;
            if (free == max) Adopt(to, max, from[--free]);
            from[free] = node;
            repaired++;
            Reach(graph, node, reached, stack);
        }
        return repaired;
    }

    /// <summary>Adds a link to a row that may hold it already or be full; what it replaces was reached by no
    /// other way.</summary>
    private static void Adopt(int* links, int max, int link)
    {
        int at = 0;
        while (at < max - 1 && links[at] != -1 && links[at] != link) at++;
        links[at] = link;
    }

    /// <summary>
    /// The walk started from the entry point, so all it saw is reached; prefer one that has room.
    /// </summary>
    private static int Parent(HnswGraph graph, bool[] reached, HnswScratch scratch)
    {
        int max = graph.MaxLinks(0);
        for (int i = 0; i < scratch.PoolCount && i < max; i++)
        {
            int candidate = HnswScratch.Node(scratch.Pool[i]);
            if (reached[candidate] && graph.Links(candidate, 0)[max - 1] == -1) return candidate;
        }
        return HnswScratch.Node(scratch.Pool[0]);
    }

    private static void Reach(HnswGraph graph, int start, bool[] reached, Stack<int> stack)
    {
        reached[start] = true;
        stack.Push(start);
        while (stack.TryPop(out int node))
        {
            int* links = graph.Links(node, 0);
            for (int i = 0; i < graph.MaxLinks(0) && links[i] != -1; i++)
            {
                if (reached[links[i]]) continue;
                reached[links[i]] = true;
                stack.Push(links[i]);
            }
        }
    }
}
