// What one search needs besides the graph. Owned by the caller, grown on first use, then never allocates
// again.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Indexing;

/// <summary>
/// Visited marks, the pool of nearest nodes and room for a query. One search at a time; reusable with any
/// index. Pool entries are (ordered distance, node, expanded) in one word, so that comparing words is
/// comparing (distance, node). The arrays are pinned: pointers stay good while the scratch is reachable.
/// </summary>
internal sealed unsafe class HnswScratch
{
    /// <summary>Nodes a walk expands at a time.</summary>
    public const int Width = 4;

    private const int Alignment = 64;
    private const int MaxLinks = 512;

    private readonly int[] _fresh = GC.AllocateArray<int>((Width * MaxLinks) + 4, pinned: true);
    private ushort[] _visitedArray = [];
    private ushort* _visited;
    private ushort _stamp;
    private ulong[] _poolArray = [];
    private byte[] _codeArray = [];
    private byte[] _floatArray = [];
    private byte[] _rowArray = [];
    private LiveResults? _live;

    /// <summary>The pool, sorted; <see cref="PoolCount"/> in use.</summary>
    public ulong* Pool { get; private set; }

    public int PoolCount { get; private set; }

    /// <summary>
    /// Unvisited neighbours of the nodes being expanded, and room for a last group of four.
    /// </summary>
    public int* Fresh => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_fresh));

    /// <summary>Nodes whose distance was computed since the scratch was made; for measurements.</summary>
    public long Distances { get; set; }

    /// <summary>What is in the pool.</summary>
    public ReadOnlySpan<ulong> Found => new(Pool, PoolCount);

    /// <summary>Clears marks and pool and makes room for a graph of count nodes and a pool of ef.</summary>
    public void Begin(int count, int ef)
    {
        if (_visitedArray.Length < count)
        {
            _visitedArray = GC.AllocateArray<ushort>(count, pinned: true);
            _visited = (ushort*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_visitedArray));
            _stamp = 0;
        }
        if (++_stamp == 0)
        {
            Array.Clear(_visitedArray);
            _stamp = 1;
        }
        if (_poolArray.Length < ef)
        {
            _poolArray = GC.AllocateUninitializedArray<ulong>(ef, pinned: true);
            Pool = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_poolArray));
        }
        PoolCount = 0;
    }

    /// <summary>Room for merging; made when first asked for.</summary>
    public LiveResults Live => _live ??= new LiveResults();

    /// <summary>Room for the codes of one query, on a cache line.</summary>
    public sbyte* CodeBuffer(int length) => (sbyte*)Aligned(ref _codeArray, length);

    /// <summary>Room for the floats of one query, on a cache line.</summary>
    public float* FloatBuffer(int length) => (float*)Aligned(ref _floatArray, length * sizeof(float));

    /// <summary>Room for the rows of a result.</summary>
    public int* RowBuffer(int length) => (int*)Aligned(ref _rowArray, length * sizeof(int));

    /// <summary>Marks a checked node; 1 when it was not marked, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Mark(int node)
    {
        int isNew = _visited[node] == _stamp ? 0 : 1;
        _visited[node] = _stamp;
        return isNew;
    }

    /// <summary>Distance beyond which a pool of ef takes nothing more.</summary>
    public float Limit(int ef) => PoolCount < ef ? float.PositiveInfinity : Distance(Pool[ef - 1]);

    /// <summary>Distance and node as one word, closest first, then smallest node; NaN counts as infinitely
    /// far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pack(float distance, int node)
    {
        if (float.IsNaN(distance)) distance = float.PositiveInfinity;
        int bits = BitConverter.SingleToInt32Bits(distance + 0f); // −0 and 0 are one distance
        uint ordered = (uint)bits ^ ((uint)(bits >> 31) | 0x80000000);
        return ((ulong)ordered << 32) | ((ulong)(uint)node << 1);
    }

    public static int Node(ulong entry) => (int)((uint)entry >> 1);

    public static float Distance(ulong entry)
    {
        uint bits = (uint)(entry >> 32);
        return BitConverter.UInt32BitsToSingle((bits & 0x80000000) != 0 ? bits & 0x7FFFFFFF : ~bits);
    }

    /// <summary>Puts an entry in its place in a pool of at most ef; returns the place, or ef when it is too
    /// far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Insert(ulong entry, int ef)
    {
        if (PoolCount == ef && entry >= Pool[ef - 1]) return ef;
        return Place(entry, ef);
    }

    private int Place(ulong entry, int ef)
    {
        ulong* pool = Pool;
        int count = PoolCount, low = 0, length = count;
        // Branch-free: each step halves what is left, and which half is data, not a prediction.
        while (length > 0)
        {
            int half = length >> 1;
            bool after = pool[low + half] < entry;
            low = after ? low + half + 1 : low;
            length = after ? length - half - 1 : half;
        }
        if (count < ef) PoolCount = count + 1;
        else count--;
        Buffer.MemoryCopy(
            pool + low, pool + low + 1, (count - low) * sizeof(ulong), (count - low) * sizeof(ulong));
        pool[low] = entry;
        return low;
    }

    private static byte* Aligned(ref byte[] array, int length)
    {
        if (array.Length < length + Alignment)
            array = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return (byte*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
    }
}
