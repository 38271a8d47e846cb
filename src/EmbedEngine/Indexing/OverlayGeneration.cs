// The arrays of one generation of an HnswOverlay: append-only but for links and the marks of what was
// removed.
// Must never move or reuse anything a search may be reading: growing and consolidating make a new generation,
// and the old one lives as long as somebody holds it.

using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>Vectors, keys and graph. One writer; any number of searches meanwhile.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001",
    Justification = "Nobody knows when the last search lets go: the buffers' finalizers free them.")]
internal sealed unsafe class OverlayGeneration
{
    private readonly int _dims;
    private readonly Metric _metric;
    private readonly NativeBuffer<float> _vectors;
    private readonly NativeBuffer<float>? _side;
    private readonly NativeBuffer<int> _links0;
    private readonly NativeBuffer<byte> _levels;
    private readonly NativeBuffer<int> _upperStart;
    private readonly NativeBuffer<int> _upperLinks;
    private readonly RowMatrix _rows;
    private readonly long[] _keys;
    private readonly bool[] _removed;
    private readonly bool[] _isCopy;
    private readonly int[] _nextCopy;
    private long _upperUsed;
    private volatile int _count;
    private volatile int _liveCount;
    private volatile int _entryPoint = -1;
    private volatile int _topLevel;

    public OverlayGeneration(int dims, Metric metric, int m, int capacity)
    {
        (_dims, _metric, Capacity) = (dims, metric, capacity);
        int stride = RowMatrix.PaddedStride(dims), linkStride = (2 * m + 15) & ~15;
        _vectors = new NativeBuffer<float>((long)capacity * stride);
        _rows = new RowMatrix(_vectors.Pointer, capacity, dims, stride);
        _side = metric == Metric.L2 ? null : new NativeBuffer<float>(capacity);
        _links0 = new NativeBuffer<int>((long)capacity * linkStride);
        for (long i = 0; i < _links0.Count; i++) _links0.Pointer[i] = -1;
        _levels = new NativeBuffer<byte>(capacity);
        _upperStart = new NativeBuffer<int>(capacity);
        _upperLinks = new NativeBuffer<int>(UpperRows(capacity) * m);
        for (long i = 0; i < _upperLinks.Count; i++) _upperLinks.Pointer[i] = -1;
        _keys = new long[capacity];
        _removed = new bool[capacity];
        _isCopy = new bool[capacity];
        _nextCopy = new int[capacity];
        Array.Fill(_nextCopy, -1);
        InDegree = new int[capacity];
        Graph = new HnswGraph
        {
            Path = "vectors in memory",
            Owner = this,
            Count = capacity,
            M = m,
            LinkStride = linkStride,
            Links0 = _links0.Pointer,
            Levels = _levels.Pointer,
            UpperStart = _upperStart.Pointer,
            UpperLinks = _upperLinks.Pointer,
            UpperRows = UpperRows(capacity),
        };
    }

    public int Capacity { get; }

    /// <summary>Slots in use, removed ones too.</summary>
    public int Count => _count;

    public int LiveCount => _liveCount;

    /// <summary>Slots that are copies of a node, and so no nodes of the graph.</summary>
    public int CopyCount { get; private set; }

    /// <summary>Read <see cref="TopLevel"/> first: a new entry point is set before its level.</summary>
    public int EntryPoint => _entryPoint;

    public int TopLevel => _topLevel;

    public HnswGraph Graph { get; }

    /// <summary>Links to each node at level 0; the writer's.</summary>
    public int[] InDegree { get; }

    /// <summary>By cosine for inner product too: HnswBuilder.cs says why.</summary>
    public FloatSpace Space => new(_rows, _metric == Metric.L2 ? Metric.L2 : Metric.Cosine, Side);

    private float* Side => _side is null ? null : _side.Pointer;

    public bool IsRemoved(int node) => Volatile.Read(ref _removed[node]);

    /// <summary>Whether a slot hangs on a node with an equal vector.</summary>
    public bool IsCopy(int slot) => _isCopy[slot];

    /// <summary>Next slot with an equal vector; −1 ends.</summary>
    public int NextCopy(int slot) => Volatile.Read(ref _nextCopy[slot]);

    public long Key(int node) => _keys[node];

    public ReadOnlySpan<float> Vector(int node) => _rows[node];

    public int Level(int node) => _levels.Pointer[node];

    /// <summary>Refuses what cannot be compared.</summary>
    public static void CheckVector(ReadOnlySpan<float> vector, int dims)
    {
        if (vector.Length != dims)
            throw new ArgumentException(
                $"a vector of {vector.Length} floats, the index has {dims} dimensions", nameof(vector));
        float squared = VectorMath.Dot(vector, vector);
        if (!float.IsFinite(squared))
            throw new ArgumentException("the vector holds NaN, infinity or values too large", nameof(vector));
    }

    /// <summary>Whether one more node of a level fits.</summary>
    public bool HasRoom(int level) => _count < Capacity && _upperUsed + level <= Graph.UpperRows;

    /// <summary>Writes a node that nothing leads to yet.</summary>
    public int Append(long key, ReadOnlySpan<float> vector, int level)
    {
        int node = _count;
        vector.CopyTo(new Span<float>(_rows.Row(node), _dims));
        if (_side is not null) _side.Pointer[node] = ExactIndex.InverseNorm(_rows.Row(node), _dims);
        _keys[node] = key;
        _levels.Pointer[node] = (byte)level;
        _upperStart.Pointer[node] = level == 0 ? -1 : (int)_upperUsed;
        _upperUsed += level;
        _count = node + 1;
        return node;
    }

    /// <summary>Hangs a slot on the node whose vector it equals.</summary>
    public void Attach(int slot, int node)
    {
        _isCopy[slot] = true;
        CopyCount++;
        _nextCopy[slot] = _nextCopy[node];
        Volatile.Write(ref _nextCopy[node], slot);
    }

    /// <summary>Makes a linked node or an attached copy findable.</summary>
    public void Publish(int node, int level)
    {
        if (_entryPoint < 0 || level > _topLevel) SetEntry(node, level);
        _liveCount++;
    }

    public void SetEntry(int node, int level)
    {
        _entryPoint = node;
        _topLevel = level;
    }

    public void Remove(int node)
    {
        if (_removed[node]) return;
        Volatile.Write(ref _removed[node], true);
        _liveCount--;
    }

    /// <summary>The same content with twice the room.</summary>
    public OverlayGeneration Grown()
    {
        var grown = new OverlayGeneration(_dims, _metric, Graph.M, checked(2 * Capacity));
        for (int node = 0; node < _count; node++)
        {
            grown.Append(_keys[node], Vector(node), Level(node));
            for (int level = 0; level <= Level(node); level++)
            {
                int* from = Graph.Links(node, level), to = grown.Graph.Links(node, level);
                for (int i = 0; i < Graph.MaxLinks(level); i++) to[i] = from[i];
            }
        }
        _removed.AsSpan(0, _count).CopyTo(grown._removed);
        _isCopy.AsSpan(0, _count).CopyTo(grown._isCopy);
        _nextCopy.AsSpan(0, _count).CopyTo(grown._nextCopy);
        grown.CopyCount = CopyCount;
        InDegree.AsSpan(0, _count).CopyTo(grown.InDegree);
        grown._liveCount = _liveCount;
        grown.SetEntry(_entryPoint, _topLevel);
        return grown;
    }

    /// <summary>
    /// The wanted nearest live nodes by the graph, or by reading all where that is no slower.
    /// </summary>
    public int Search(
        ReadOnlySpan<float> query, int wanted, int ef, HnswScratch scratch, Span<long> keys,
        Span<float> scores)
    {
        int top = _topLevel, entry = _entryPoint, count = _count, live = Math.Max(1, _liveCount);
        long beam = (long)ef * count / live;
        var rows = new Span<int>(scratch.RowBuffer(wanted), wanted);
        // In bounds: the query is pinned and has Dims floats.
        fixed (float* q = query)
        {
            float querySide = _metric == Metric.Cosine ? ExactIndex.InverseNorm(q, _dims) : 0;
            var distance = new FloatDistance(_rows, _metric, Side, q, querySide);
            int found = 0;
            if (beam * 8 < count && entry >= 0)
                found = Walk(distance, entry, top, (int)beam, scratch, rows, scores);
            if (found < wanted) found = Scan(distance, count, rows, scores);
            for (int i = 0; i < found; i++) keys[i] = _keys[rows[i]];
            return found;
        }
    }

    private int Walk(
        in FloatDistance distance, int entry, int top, int ef, HnswScratch scratch, Span<int> rows,
        Span<float> scores)
    {
        int start = HnswWalk.Descend(Graph, distance, entry, top, 0, scratch);
        scratch.Begin(Capacity, ef);
        HnswWalk.SearchLayer(Graph, distance, start, entry, 0, ef, scratch);
        var best = new TopK(rows, scores);
        foreach (ulong found in scratch.Found)
        {
            float score = -HnswScratch.Distance(found) + 0f;
            if (score < best.Threshold) break;
            for (int slot = HnswScratch.Node(found); slot >= 0; slot = NextCopy(slot))
            {
                if (!IsRemoved(slot)) best.Offer(score, slot);
            }
        }
        return best.Finish();
    }

    private int Scan(in FloatDistance distance, int count, Span<int> rows, Span<float> scores)
    {
        var best = new TopK(rows, scores);
        for (int node = 0; node < count; node++)
        {
            if (!IsRemoved(node)) best.Offer(-distance.To(node) + 0f, node);
        }
        return best.Finish();
    }

    /// <summary>
    /// Expected are capacity / (M − 1); with M at least 2, no more than this but by bad luck, which makes it
    /// grow.
    /// </summary>
    private static long UpperRows(int capacity) => capacity + HnswLayout.MaxLevel;
}
