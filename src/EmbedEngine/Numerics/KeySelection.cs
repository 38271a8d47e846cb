// Selection among packed keys: a float score and a row in one number whose rising order is falling score,
// then rising row. A histogram over the first bits finds a bound that at least k keys pass, so that only
// little more than k are sorted; no branch depends on a comparison of two keys. Must never allocate.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Numerics;

/// <summary>The k smallest of packed keys, and their order.</summary>
internal static class KeySelection
{
    /// <summary>Length of the histogram that <see cref="Narrow"/> borrows; all 0 before and after.</summary>
    public const int HistogramLength = 1 << DigitBits;

    private const int DigitBits = 12;
    private const int FirstShift = 64 - DigitBits;
    private const int SecondShift = FirstShift - DigitBits;
    private const int InsertionLength = 24;

    /// <summary>
    /// The key of a score that is not NaN: smaller for a larger score, for equal ones (also −0 and 0) for a
    /// smaller row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(float score, int row)
    {
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        uint rising = (uint)bits ^ ((uint)(bits >> 31) | 0x80000000);
        return (ulong)~rising << 32 | (uint)row;
    }

    /// <summary>The row of a key.</summary>
    public static int Row(ulong key) => (int)(uint)key;

    /// <summary>The score of a key.</summary>
    public static float Score(ulong key)
    {
        uint rising = ~(uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle(rising ^ ((uint)~((int)rising >> 31) | 0x80000000));
    }

    /// <summary>
    /// Moves keys that include the k smallest to the front, mostly few more, and gives those; in no order.
    /// Keys that are as good as the k-th in their first 24 bits stay too.
    /// </summary>
    public static Span<ulong> Narrow(Span<ulong> keys, int k, Span<int> histogram)
    {
        if (keys.Length <= 2 * k || k <= 0) return keys;
        int bound = Bound(keys, FirstShift, 0, ~0UL, k, histogram, out int before);
        keys = Keep(keys, FirstShift, bound);
        if (keys.Length <= 2 * k) return keys;
        // Many share the k-th key's first digit: among them the second one decides.
        int second = Bound(
            keys, SecondShift, (ulong)bound << FirstShift, ~0UL << FirstShift, k - before, histogram, out _);
        return Keep(keys, SecondShift, (long)bound << DigitBits | (long)second);
    }

    /// <summary>Sorts upwards.</summary>
    public static void Sort(Span<ulong> keys)
    {
        int budget = 2 * (32 - int.LeadingZeroCount(keys.Length)) + 8;
        while (keys.Length > InsertionLength)
        {
            if (budget-- == 0)
            {
                // pivots were bad again and again (the library's sort allocates where compiled ahead of time)
                HeapSort(keys);
                return;
            }
            int middle = Partition(keys);
            if (middle < keys.Length - middle)
            {
                Sort(keys[..middle]);
                keys = keys[middle..];
            }
            else
            {
                Sort(keys[middle..]);
                keys = keys[..middle];
            }
        }
        for (int i = 1; i < keys.Length; i++)
        {
            ulong key = keys[i];
            int at = i;
            for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }
    }

    /// <summary>Never worse than n log n.</summary>
    internal static void HeapSort(Span<ulong> keys)
    {
        for (int i = keys.Length / 2 - 1; i >= 0; i--) SiftDown(keys, i);
        for (int end = keys.Length - 1; end > 0; end--)
        {
            (keys[0], keys[end]) = (keys[end], keys[0]);
            SiftDown(keys[..end], 0);
        }
    }

    private static void SiftDown(Span<ulong> heap, int at)
    {
        ulong key = heap[at];
        for (int child = 2 * at + 1; child < heap.Length; at = child, child = 2 * at + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] > heap[child]) child++;
            if (heap[child] <= key) break;
            heap[at] = heap[child];
        }
        heap[at] = key;
    }

    /// <summary>
    /// The digit of the k-th smallest among keys that begin with <paramref name="prefix"/>; <paramref
    /// name="before"/> of them have smaller ones.
    /// </summary>
    private static int Bound(
        ReadOnlySpan<ulong> keys, int shift, ulong prefix, ulong prefixMask, int k, Span<int> histogram,
        out int before)
    {
        (int first, int last) = (HistogramLength - 1, 0);
        bool all = shift == FirstShift;
        foreach (ulong key in keys)
        {
            if (!all && (key & prefixMask) != prefix) continue;
            int digit = (int)(key >> shift) & (HistogramLength - 1);
            histogram[digit]++;
            first = Math.Min(first, digit);
            last = Math.Max(last, digit);
        }
        int bound = first;
        before = 0;
        while (bound < last && before + histogram[bound] < k) before += histogram[bound++];
        histogram.Slice(first, last - first + 1).Clear();
        return bound;
    }

    private static Span<ulong> Keep(Span<ulong> keys, int shift, long bound)
    {
        int n = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            ulong key = keys[i];
            keys[n] = key;
            n += (long)(key >> shift) <= bound ? 1 : 0;
        }
        return keys[..n];
    }

    /// <summary>
    /// Hoare's partition about the median of three: what is left of the result is not larger than what is
    /// right.
    /// </summary>
    private static int Partition(Span<ulong> keys)
    {
        (ulong a, ulong b, ulong c) = (keys[0], keys[keys.Length / 2], keys[^1]);
        ulong pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        (int i, int j) = (-1, keys.Length);
        while (true)
        {
            do i++;
            while (keys[i] < pivot);
            do j--;
            while (keys[j] > pivot);
            if (i >= j) return j + 1 == keys.Length ? j : j + 1;
            (keys[i], keys[j]) = (keys[j], keys[i]);
        }
    }
}
