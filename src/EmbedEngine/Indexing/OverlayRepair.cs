// Consolidating a generation after removals: Singh et al. 2021, arXiv 2105.09613, Algorithm 4 (DELETE). A
// node that linked to removed ones chooses anew among its live links and the live links of those removed;
// then every live node is made reachable (HnswRepair).
// Must never touch the old generation: searches may be in it.

namespace EmbedEngine.Indexing;

/// <summary>Makes a generation of the live nodes of another.</summary>
internal static unsafe class OverlayRepair
{
    /// <summary>
    /// Nodes looked at beyond a removed one, at most; chains of removed nodes are followed.
    /// </summary>
    private const int MaxCandidates = 1024;

    /// <summary>The new generation; slots is rewritten to its numbering.</summary>
    public static OverlayGeneration Run(
        OverlayGeneration old, int dims, Metric metric, HnswOptions options, Dictionary<long, int> slots)
    {
        int[] live = Number(old, out int count);
        var next = new OverlayGeneration(dims, metric, options.M, Math.Max(64, checked(2 * count)));
        int entry = Append(old, next, live, slots);
        if (entry < 0) return next;
        var scratch = new HnswScratch();
        var candidates = new List<int>();
        var seen = new HashSet<int>();
        var removed = new Queue<int>();
        var chosen = new int[2 * options.M + 3];
        for (int node = 0; node < old.Count; node++)
        {
            for (int level = 0; live[node] >= 0 && !old.IsCopy(node) && level <= old.Level(node); level++)
            {
                bool whole = Collect(old, node, level, live, candidates, seen, removed);
                int used = whole ? Copy(candidates, chosen)
                    : Select(next, live[node], next.Graph.MaxLinks(level), candidates, chosen, scratch);
                int* links = next.Graph.Links(live[node], level);
                for (int i = 0; i < used; i++) links[i] = chosen[i];
            }
        }
        next.SetEntry(entry, next.Level(entry));
        HnswRepair.Run<FloatSpace, FloatDistance>(
            next.Graph, next.Space, entry, count, options.EfConstruction, next.IsCopy, scratch);
        for (int node = 0; node < count; node++)
        {
            int* links = next.Graph.Links(node, 0);
            for (int i = 0; i < next.Graph.MaxLinks(0) && links[i] != -1; i++) next.InDegree[links[i]]++;
        }
        return next;
    }

    /// <summary>
    /// The new number of each live slot, −1 of the others; a removed node with live copies is the first of
    /// them, which takes its place in the graph.
    /// </summary>
    private static int[] Number(OverlayGeneration old, out int count)
    {
        var live = new int[old.Count];
        count = 0;
        for (int slot = 0; slot < live.Length; slot++) live[slot] = old.IsRemoved(slot) ? -1 : count++;
        for (int node = 0; node < live.Length; node++)
        {
            if (old.IsCopy(node)) continue;
            for (int copy = old.NextCopy(node); live[node] < 0 && copy >= 0; copy = old.NextCopy(copy))
                live[node] = live[copy];
        }
        return live;
    }

    /// <summary>Takes over the live slots; returns the highest node.</summary>
    private static int Append(
        OverlayGeneration old, OverlayGeneration next, int[] live, Dictionary<long, int> slots)
    {
        // What each new slot is in the graph: the node whose number it has, or a copy of another.
        var node = new int[old.LiveCount];
        Array.Fill(node, -1);
        for (int slot = 0; slot < live.Length; slot++)
        {
            if (!old.IsCopy(slot) && live[slot] >= 0) node[live[slot]] = slot;
        }
        int entry = -1;
        for (int slot = 0; slot < live.Length; slot++)
        {
            if (old.IsRemoved(slot)) continue;
            int from = node[live[slot]];
            int added = next.Append(old.Key(slot), old.Vector(slot), from < 0 ? 0 : old.Level(from));
            slots[old.Key(slot)] = added;
            next.Publish(added, 0);
            if (from >= 0 && (entry < 0 || next.Level(added) > next.Level(entry))) entry = added;
        }
        for (int slot = 0; slot < live.Length; slot++)
        {
            if (old.IsCopy(slot) || live[slot] < 0) continue;
            for (int copy = old.NextCopy(slot); copy >= 0; copy = old.NextCopy(copy))
            {
                if (live[copy] >= 0 && live[copy] != live[slot]) next.Attach(live[copy], live[slot]);
            }
        }
        return entry;
    }

    /// <summary>Live nodes (new numbers) to link to; whether all links were live.</summary>
    private static bool Collect(
        OverlayGeneration old, int node, int level, int[] live, List<int> candidates, HashSet<int> seen,
        Queue<int> removed)
    {
        candidates.Clear();
        seen.Clear();
        seen.Add(node);
        bool whole = true;
        removed.Clear();
        removed.Enqueue(node);
        while (removed.TryDequeue(out int from) && seen.Count < MaxCandidates)
        {
            int* links = old.Graph.Links(from, level);
            for (int i = 0; i < old.Graph.MaxLinks(level) && links[i] != -1; i++)
            {
                if (!seen.Add(links[i])) continue;
                if (live[links[i]] >= 0)
                {
                    candidates.Add(live[links[i]]);
                    continue;
                }
                whole = false;
                removed.Enqueue(links[i]);
            }
        }
        return whole;
    }

    private static int Copy(List<int> candidates, int[] chosen)
    {
        candidates.CopyTo(chosen);
        return candidates.Count;
    }

    private static int Select(
        OverlayGeneration next, int node, int max, List<int> candidates, int[] chosen, HnswScratch scratch)
    {
        var packed = new ulong[candidates.Count];
        FloatDistance distance = next.Space.From(node, scratch);
        for (int i = 0; i < packed.Length; i++)
            packed[i] = HnswScratch.Pack(distance.To(candidates[i]), candidates[i]);
        Array.Sort(packed);
        return HnswSelect.Run<FloatSpace, FloatDistance>(next.Space, packed, max, chosen, scratch);
    }
}
