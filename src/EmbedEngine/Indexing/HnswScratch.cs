// What one search needs besides the graph. Owned by the caller, grown on first use, then never allocates
// again.

namespace EmbedEngine.Indexing;

/// <summary>
/// Visited marks, the pool of nearest nodes and room for a query. One search at a time; reusable with any
/// index. Pool entries are (ordered distance, row, expanded) in one word, so that comparing words is
/// comparing (distance, row).
/// </summary>
internal sealed class HnswScratch
{
    private ushort[] _visited = [];
    private ushort _stamp;

    /// <summary>The pool, sorted; <see cref="PoolCount"/> in use.</summary>
    public ulong[] Pool { get; private set; } = [];

    public int PoolCount { get; set; }

    /// <summary>Unvisited neighbours of the node being expanded.</summary>
    public int[] Fresh { get; } = new int[512];

    /// <summary>Nodes whose distance was computed since <see cref="Begin"/> was first called; for
    /// measurements.</summary>
    public long Distances { get; set; }

    /// <summary>Clears marks and pool and makes room for a graph of count nodes and a pool of ef.</summary>
    public void Begin(int count, int ef)
    {
        if (_visited.Length < count)
        {
            _visited = new ushort[count];
            _stamp = 0;
        }
        if (++_stamp == 0)
        {
            Array.Clear(_visited);
            _stamp = 1;
        }
        if (Pool.Length < ef) Pool = new ulong[ef];
        PoolCount = 0;
    }

    /// <summary>Marks a node; false when it was marked already.</summary>
    public bool Visit(int node)
    {
        if (_visited[node] == _stamp) return false;
        _visited[node] = _stamp;
        return true;
    }

    /// <summary>Distance and row as one word, closest first, then smallest row; NaN counts as infinitely
    /// far.</summary>
    public static ulong Pack(float distance, int row)
    {
        if (float.IsNaN(distance)) distance = float.PositiveInfinity;
        uint bits = BitConverter.SingleToUInt32Bits(distance + 0f); // −0 and 0 are one distance
        bits = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)bits << 32) | ((ulong)(uint)row << 1);
    }

    public static int Row(ulong entry) => (int)((uint)entry >> 1);

    public static float Distance(ulong entry)
    {
        uint bits = (uint)(entry >> 32);
        return BitConverter.UInt32BitsToSingle((bits & 0x80000000) != 0 ? bits & 0x7FFFFFFF : ~bits);
    }

    /// <summary>Puts an entry in its place in a pool of at most ef; returns the place, or ef when it is too
    /// far.</summary>
    public int Insert(ulong entry, int ef)
    {
        ulong[] pool = Pool;
        int count = PoolCount;
        if (count == ef && entry >= pool[count - 1]) return ef;
        int low = 0, high = count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (pool[middle] < entry) low = middle + 1;
            else high = middle;
        }
        if (count < ef) PoolCount = count + 1;
        else count--;
        Array.Copy(pool, low, pool, low + 1, count - low);
        pool[low] = entry;
        return low;
    }
}
