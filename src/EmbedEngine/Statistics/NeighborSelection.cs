// The strongest neighbours of a row out of dense sums, without sorting all of them: a histogram over the first bits of the
// weights finds a bound that at least k pass, and what passes it (mostly little more than k) is sorted.

using System.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Selects the k largest sums of each row, larger first, equal sums by smaller row. Not thread-safe.</summary>
internal sealed class NeighborSelection(int k)
{
    private const int BucketShift = 20; // of a float's bits: sign, exponent and 3 bits of the mantissa are the bucket
    private const int Buckets = 1 << (32 - BucketShift);

    private readonly int[] _histogram = new int[Buckets];
    private int[] _neighbors = new int[1024];
    private float[] _weights = new float[1024];
    private ulong[] _keys = new ulong[256];
    private int _used;

    /// <summary>
    /// Selects among <paramref name="rows"/> by their sums, which must be above 0, behind what was selected before; sets
    /// those sums to 0. Returns how many were kept.
    /// </summary>
    public int Add(ReadOnlySpan<int> rows, double[] sums)
    {
        if (_keys.Length < rows.Length) _keys = new ulong[BitOperations.RoundUpToPowerOf2((uint)rows.Length)];
        Span<ulong> keys = _keys.AsSpan(0, rows.Length);
        // Rising key = falling sum (as a float, which keeps the order of doubles), then rising row.
        for (int i = 0; i < rows.Length; i++)
            keys[i] = (ulong)~BitConverter.SingleToUInt32Bits((float)sums[rows[i]]) << 32 | (uint)rows[i];
        keys = Narrow(keys);
        keys.Sort();
        OrderEqualFloats(keys, sums);
        int kept = Math.Min(k, keys.Length);
        if (_neighbors.Length - _used < kept) Grow(kept);
        for (int i = 0; i < kept; i++)
        {
            int row = (int)(uint)keys[i];
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

    /// <summary>Leaves out buckets that cannot hold one of the k smallest keys; what is left is at the front.</summary>
    private Span<ulong> Narrow(Span<ulong> keys)
    {
        if (keys.Length <= 2 * k) return keys;
        int[] histogram = _histogram;
        (int first, int last) = (Buckets, 0);
        foreach (ulong key in keys)
        {
            int bucket = (int)(key >> (32 + BucketShift));
            histogram[bucket]++;
            first = Math.Min(first, bucket);
            last = Math.Max(last, bucket);
        }
        int bound = first;
        for (int passed = histogram[first]; passed < k; passed += histogram[bound]) bound++;
        histogram.AsSpan(first, last - first + 1).Clear();
        int n = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            ulong key = keys[i];
            keys[n] = key;
            n += (int)(key >> (32 + BucketShift)) <= bound ? 1 : 0;
        }
        return keys[..n];
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
