// The strongest neighbours of a row out of dense sums, without sorting all of them. Keys are made of floats,
// which keep the order of the doubles except where two are one float: those are put in order at the end.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>
/// Selects the k largest sums of each row, larger first, equal sums by smaller row. Not thread-safe.
/// </summary>
internal sealed class NeighborSelection(int k)
{
    private readonly int[] _histogram = new int[KeySelection.HistogramLength];
    private int[] _neighbors = new int[1024];
    private float[] _weights = new float[1024];
    private ulong[] _keys = new ulong[256];
    private int _used;

    /// <summary>
    /// Selects among <paramref name="rows"/> by their sums, which must be above 0, behind what was selected
    /// before; sets those sums to 0. Returns how many were kept.
    /// </summary>
    public int Add(ReadOnlySpan<int> rows, double[] sums)
    {
        if (_keys.Length < rows.Length) _keys = new ulong[BitOperations.RoundUpToPowerOf2((uint)rows.Length)];
        Span<ulong> keys = _keys.AsSpan(0, rows.Length);
        for (int i = 0; i < rows.Length; i++) keys[i] = KeySelection.Of((float)sums[rows[i]], rows[i]);
        keys = KeySelection.Narrow(keys, k, _histogram);
        KeySelection.Sort(keys);
        OrderEqualFloats(keys, sums);
        int kept = Math.Min(k, keys.Length);
        if (_neighbors.Length - _used < kept) Grow(kept);
        for (int i = 0; i < kept; i++)
        {
            int row = KeySelection.Row(keys[i]);
            _neighbors[_used] = row;
            _weights[_used++] = (float)sums[row];
        }
        foreach (int row in rows) sums[row] = 0;
        return kept;
    }

    /// <summary>What was selected since the last call.</summary>
    public (int[] Neighbors, float[] Weights) Take()
    {
        (int[], float[]) taken = (_neighbors[.._used], _weights[.._used]);
        _used = 0;
        return taken;
    }

    /// <summary>Sums that are one float and different doubles are ordered as doubles.</summary>
    private static void OrderEqualFloats(Span<ulong> keys, double[] sums)
    {
        for (int from = 0, to; from < keys.Length; from = to)
        {
            bool ordered = true;
            for (to = from + 1; to < keys.Length && keys[to] >> 32 == keys[from] >> 32; to++)
                ordered &= sums[(uint)keys[to - 1]] >= sums[(uint)keys[to]];
            if (ordered) continue;
            keys[from..to].Sort((a, b) => sums[(uint)a] != sums[(uint)b]
                ? sums[(uint)b].CompareTo(sums[(uint)a]) : a.CompareTo(b));
        }
    }

    private void Grow(int room)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)(_used + room));
        Array.Resize(ref _neighbors, size);
        Array.Resize(ref _weights, size);
    }
}
