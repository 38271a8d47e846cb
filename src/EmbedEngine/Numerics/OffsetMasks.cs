// Which rows of a list of lists are not empty, as bits: a comparison of each offset with the next. Must never
// trust an offset: those of a damaged file are in no order and past every end, and such rows count as empty.

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>
/// Bit i % 64 of word i / 64 says whether 0 ≤ offset i &lt; offset i + 1 ≤ the number of elements. Offsets
/// are one more than rows; <c>bits</c> has a word for every 64 rows begun, all written, 0 behind the last
/// row.
/// </summary>
internal static class OffsetMasks
{
    /// <summary>Rows with elements.</summary>
    public static void Filled(ReadOnlySpan<long> offsets, long elements, Span<ulong> bits)
    {
        if (offsets.IsEmpty || bits.Length != CodeMasks.Words(offsets.Length - 1))
            throw new ArgumentException($"{bits.Length} words for {offsets.Length} offsets");
        if (Vector256.IsHardwareAccelerated) Filled256(offsets, elements, bits);
        else if (Vector128.IsHardwareAccelerated) Filled128(offsets, elements, bits);
        else FilledScalar(offsets, elements, bits);
    }

    /// <summary>The definition, and what does the last rows.</summary>
    internal static void FilledScalar(ReadOnlySpan<long> offsets, long elements, Span<ulong> bits)
    {
        bits.Clear();
        for (int i = 0; i + 1 < offsets.Length; i++)
        {
            (long begin, long end) = (offsets[i], offsets[i + 1]);
            if (begin >= 0 && begin < end && end <= elements) bits[i / 64] |= 1UL << i;
        }
    }

    internal static void Filled256(ReadOnlySpan<long> offsets, long elements, Span<ulong> bits)
    {
        ref long first = ref MemoryMarshal.GetReference(offsets);
        Vector256<long> most = Vector256.Create(elements);
        int whole = (offsets.Length - 1) & ~63;
        for (int i = 0; i < whole; i += 64)
        {
            ulong word = 0;
            for (int j = 0; j < 64; j += Vector256<long>.Count)
            {
                // In bounds: i + 64 rows have an offset each, and one more behind them.
                Vector256<long> begin = Vector256.LoadUnsafe(ref first, (nuint)(i + j));
                Vector256<long> end = Vector256.LoadUnsafe(ref first, (nuint)(i + j + 1));
                Vector256<long> odd = begin | Vector256.GreaterThan(end, most); // the sign says no
                Vector256<long> filled = Vector256.AndNot(Vector256.LessThan(begin, end), odd);
                word |= (ulong)filled.ExtractMostSignificantBits() << j;
            }
            bits[i / 64] = word;
        }
        FilledScalar(offsets[whole..], elements, bits[(whole / 64)..]);
    }

    internal static void Filled128(ReadOnlySpan<long> offsets, long elements, Span<ulong> bits)
    {
        ref long first = ref MemoryMarshal.GetReference(offsets);
        Vector128<long> most = Vector128.Create(elements);
        int whole = (offsets.Length - 1) & ~63;
        for (int i = 0; i < whole; i += 64)
        {
            ulong word = 0;
            for (int j = 0; j < 64; j += Vector128<long>.Count)
            {
                // In bounds: as above.
                Vector128<long> begin = Vector128.LoadUnsafe(ref first, (nuint)(i + j));
                Vector128<long> end = Vector128.LoadUnsafe(ref first, (nuint)(i + j + 1));
                Vector128<long> odd = begin | Vector128.GreaterThan(end, most);
                Vector128<long> filled = Vector128.AndNot(Vector128.LessThan(begin, end), odd);
                word |= (ulong)filled.ExtractMostSignificantBits() << j;
            }
            bits[i / 64] = word;
        }
        FilledScalar(offsets[whole..], elements, bits[(whole / 64)..]);
    }
}
