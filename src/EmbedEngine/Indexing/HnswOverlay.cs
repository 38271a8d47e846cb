// A graph in memory: vectors added, replaced and removed. Malkov and Yashunin 2016, arXiv 1603.09320,
// Algorithm 1, one node at a time; removal as in FreshDiskANN (Singh et al. 2021, arXiv 2105.09613): a
// removed node keeps its links until a quarter of the nodes are removed, then the graph is consolidated in
// one pass.
// Differs from the papers: a consolidation builds a new generation of arrays from the live nodes, and slots
// are never used again within a generation. So a link can never lead to a vector that has changed, and a
// search that runs meanwhile sees one whole generation. One writer at a time (its lock); searches take none.
// Must never give a removed key, nor fewer than k while k live vectors are there.

using System.Runtime.InteropServices;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>
/// A mutable index of vectors by key, in memory. Thread-safe: writes wait for each other, searches for
/// nobody; a search sees every write that ended before it began. Deterministic for a sequence of writes and a
/// seed.
/// </summary>
internal sealed unsafe class HnswOverlay
{
    private const int FirstCapacity = 64;
    private const int RemovedDivisor = 4;
    private const int MinConsolidated = 64;

    private readonly int _dims;
    private readonly Metric _metric;
    private readonly HnswOptions _options;
    private readonly Lock _writing = new();
    private readonly HnswScratch _scratch = new();
    private readonly HnswScratch _selection = new();
    private readonly Dictionary<long, int> _slots = [];
    // by the vector's digest; a digest shared by chance is no copy
    private readonly Dictionary<ulong, int> _nodes = [];
    private readonly int[] _chosen;
    private readonly ulong[] _merged;
    private volatile OverlayGeneration _current;
    private ulong _drawn;

    public HnswOverlay(int dims, Metric metric, HnswOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dims, 1);
        if (!Enum.IsDefined(metric))
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "no such metric");
        options.Validate();
        (_dims, _metric, _options) = (dims, metric, options);
        _chosen = new int[2 * options.M + 3];
        _merged = new ulong[2 * options.M + 1];
        _current = new OverlayGeneration(dims, metric, options.M, FirstCapacity);
    }

    /// <summary>Live vectors.</summary>
    public int Count => _current.LiveCount;

    /// <summary>The generation now in force; for tests and measurements.</summary>
    public OverlayGeneration Current => _current;

    /// <summary>Adds a vector, or replaces the key's.</summary>
    /// <exception cref="ArgumentException">Wrong dimension, NaN, ∞ or values whose squares overflow; nothing
    /// has
    /// changed.</exception>
    public void Set(long key, ReadOnlySpan<float> vector)
    {
        OverlayGeneration.CheckVector(vector, _dims);
        lock (_writing)
        {
            if (_slots.TryGetValue(key, out int old)) _current.Remove(old);
            _slots[key] = Insert(key, vector);
            Consolidate();
        }
    }

    /// <summary>Removes a key's vector; false when there was none.</summary>
    public bool Remove(long key)
    {
        lock (_writing)
        {
            if (!_slots.Remove(key, out int slot)) return false;
            _current.Remove(slot);
            Consolidate();
            return true;
        }
    }

    /// <summary>
    /// Finds the k nearest live vectors, best first, ties by smaller key among those found; scores as <see
    /// cref="HnswIndex.Search"/>. Allocates only when the scratch must grow.
    /// </summary>
    /// <returns>min(k, live vectors).</returns>
    public int Search(
        ReadOnlySpan<float> query, int k, int efSearch, HnswScratch scratch, Span<long> keys,
        Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(efSearch);
        ExactIndex.CheckQuery(query, _dims);
        OverlayGeneration generation = _current;
        int wanted = Math.Min(k, generation.LiveCount);
        if (keys.Length < wanted || scores.Length < wanted)
            throw new ArgumentException(
                $"room for {Math.Min(keys.Length, scores.Length)} results, {wanted} needed");
        if (wanted == 0) return 0;
        int ef = Math.Max(efSearch == 0 ? _options.EfSearch : efSearch, wanted);
        return generation.Search(query, wanted, ef, scratch, keys[..wanted], scores[..wanted]);
    }

    private int Insert(long key, ReadOnlySpan<float> vector)
    {
        ulong digest = Digest(vector);
        bool isCopy = _nodes.TryGetValue(digest, out int equal)
            && MemoryMarshal.AsBytes(vector).SequenceEqual(MemoryMarshal.AsBytes(_current.Vector(equal)));
        // Levels are drawn by the count of insertions ever made: a sequence of writes has one outcome.
        double uniform = ((new CounterRandom(_options.Seed, 1).At(_drawn++) >> 11) + 1) * (1.0 / (1L << 53));
        int level =
            isCopy ? 0 : (int)Math.Min(HnswLayout.MaxLevel, -Math.Log(uniform) / Math.Log(_options.M));
        if (!_current.HasRoom(level)) _current = _current.Grown();
        OverlayGeneration generation = _current;
        int node = generation.Append(key, vector, level);
        if (isCopy)
        {
            generation.Attach(node, equal);
        }
        else
        {
            Link(generation, node, level);
            _nodes[digest] = node;
        }
        generation.Publish(node, level);
        return node;
    }

    private static ulong Digest(ReadOnlySpan<float> vector) =>
        ArtifactFormat.DigestAdd(ArtifactFormat.DigestSeed, MemoryMarshal.AsBytes(vector));

    private void Link(OverlayGeneration generation, int node, int level)
    {
        if (generation.EntryPoint < 0) return;
        HnswGraph graph = generation.Graph;
        FloatSpace space = generation.Space;
        FloatDistance distance = space.From(node, _scratch);
        int top = generation.TopLevel;
        int current =
            HnswWalk.Descend(graph, distance, generation.EntryPoint, top, Math.Min(level, top), _scratch);
        for (int l = Math.Min(level, top); l >= 0; l--)
        {
            _scratch.Begin(graph.Count, _options.EfConstruction);
            HnswWalk.SearchLayer(
                graph, distance, current, l == 0 ? generation.EntryPoint : current, l,
                _options.EfConstruction, _scratch);
            int count = HnswSelect.Run<FloatSpace, FloatDistance>(
                space, _scratch.Found, _options.M, _chosen, _selection);
            int* links = graph.Links(node, l);
            for (int i = 0; i < count; i++) links[i] = _chosen[i];
            if (l == 0) CountLinks(generation, links, count);
            current = HnswScratch.Node(_scratch.Pool[0]);
            // The node is whole before anything leads to it.
            Thread.MemoryBarrier();
            for (int i = 0; i < count; i++) LinkBack(generation, links[i], node, l);
        }
    }

    private static void CountLinks(OverlayGeneration generation, int* links, int count)
    {
        for (int i = 0; i < count; i++) generation.InDegree[links[i]]++;
    }

    private void LinkBack(OverlayGeneration generation, int target, int node, int level)
    {
        HnswGraph graph = generation.Graph;
        int* links = graph.Links(target, level);
        int max = graph.MaxLinks(level), used = 0;
        while (used < max && links[used] != -1) used++;
        if (level == 0) generation.InDegree[node]++;
        if (used < max)
        {
            links[used] = node;
            return;
        }
        FloatDistance distance = generation.Space.From(target, _selection);
        for (int i = 0; i < max; i++) _merged[i] = HnswScratch.Pack(distance.To(links[i]), links[i]);
        _merged[max] = HnswScratch.Pack(distance.To(node), node);
        Span<ulong> merged = _merged.AsSpan(0, max + 1);
        merged.Sort();
        int count =
            HnswSelect.Run<FloatSpace, FloatDistance>(generation.Space, merged, max, _chosen, _selection);
        if (level == 0) count = KeepLastWays(generation, merged, max, count);
        for (int i = 0; i < max; i++) links[i] = i < count ? _chosen[i] : -1;
    }

    /// <summary>Keeps the links that no other node has: dropping them would lose what they lead to.</summary>
    private int KeepLastWays(OverlayGeneration generation, ReadOnlySpan<ulong> merged, int max, int count)
    {
        int selected = count;
        foreach (ulong entry in merged)
        {
            int other = HnswScratch.Node(entry);
            if (_chosen.AsSpan(0, selected).Contains(other)) continue;
            if (generation.InDegree[other] > 1)
            {
                generation.InDegree[other]--;
                continue;
            }
            if (count < max)
            {
                _chosen[count++] = other;
                continue;
            }
            int giving =
                Array.FindLastIndex(_chosen, selected - 1, selected, c => generation.InDegree[c] > 1);
            // every link of the target is a last way: one of them is lost until the next consolidation
            if (giving < 0) continue;
            generation.InDegree[_chosen[giving]]--;
            _chosen[giving] = other;
        }
        return count;
    }

    /// <summary>
    /// Once a quarter is removed: the live nodes, in the order they came, into a new generation.
    /// </summary>
    private void Consolidate()
    {
        OverlayGeneration old = _current;
        int removed = old.Count - old.LiveCount;
        if (removed < MinConsolidated || removed < old.Count / RemovedDivisor) return;
        OverlayGeneration next = OverlayRepair.Run(old, _dims, _metric, _options, _slots);
        _nodes.Clear();
        for (int node = 0; node < next.Count; node++)
        {
            if (!next.IsCopy(node)) _nodes[Digest(next.Vector(node))] = node;
        }
        _current = next;
    }
}
