// The last step of a build: every node becomes reachable from the entry point at level 0. Pruning a full link
// list can cut the only way to a node; the paper does not care, users who miss an item do.

using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

internal sealed unsafe partial class HnswBuilder
{
    /// <summary>
    /// Links each unreached node u under the nearest reached node v found for it. If v is full, its last link
    /// w gives way and becomes a link of u, so what was reached stays reached: v → u → w. The reached set
    /// only grows.
    /// </summary>
    private void Repair<TSpace, TDistance>(TSpace space)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        if (_entryPoint < 0) return;
        var reached = new bool[_graph.Count];
        var stack = new Stack<int>();
        Reach(_entryPoint, reached, stack);
        for (int node = 0; node < _graph.Count; node++)
        {
            if (reached[node] || _storage.IsCopy(node)) continue;
            int parent = NearestReached<TSpace, TDistance>(space, node, reached);
            int* from = _graph.Links(parent, 0);
            int* to = _graph.Links(node, 0);
            int max = _graph.MaxLinks(0), free = 0;
            while (free < max && from[free] != -1) free++;
            if (free == max) Adopt(to, max, from[--free]);
            from[free] = node;
            Repaired++;
            Reach(node, reached, stack);
        }
    }

    /// <summary>Adds a link to a row that may hold it already or be full; what it replaces was reached by no
    /// other way.</summary>
    private static void Adopt(int* links, int max, int link)
    {
        int at = 0;
        while (at < max - 1 && links[at] != -1 && links[at] != link) at++;
        links[at] = link;
    }

    private int NearestReached<TSpace, TDistance>(TSpace space, int node, bool[] reached)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        HnswScratch scratch = _scratch[0];
        TDistance distance = space.From(node, scratch);
        scratch.Begin(_graph.Count, _options.EfConstruction);
        HnswWalk.SearchLayer(_graph, distance, _entryPoint, _entryPoint, 0, _options.EfConstruction, scratch);
        // The walk started from the entry point, so all it saw is reached; prefer one that has room.
        int nearest = HnswScratch.Node(scratch.Pool[0]), max = _graph.MaxLinks(0);
        for (int i = 0; i < scratch.PoolCount && i < max; i++)
        {
            int candidate = HnswScratch.Node(scratch.Pool[i]);
            if (reached[candidate] && _graph.Links(candidate, 0)[max - 1] == -1) return candidate;
        }
        return nearest;
    }

    private void Reach(int start, bool[] reached, Stack<int> stack)
    {
        reached[start] = true;
        stack.Push(start);
        while (stack.TryPop(out int node))
        {
            int* links = _graph.Links(node, 0);
            for (int i = 0; i < _graph.MaxLinks(0) && links[i] != -1; i++)
            {
                if (reached[links[i]]) continue;
                reached[links[i]] = true;
                stack.Push(links[i]);
            }
        }
    }
}
