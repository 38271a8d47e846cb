// Tests of dictionary codes, one, two or four bytes each, to bits: this file picks the widest kernel the
// process may use. Must never allocate, and never trust a code: any value of the width may stand in a file.
// There is no 512-bit form: what is shipped is compiled for AVX2, and at 256 bits memory is the limit.

using System.Numerics;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>
/// Bit i % 64 of word i / 64 says whether code i passes. <c>bits</c> has a word for every 64 codes begun; all
/// of these are written, bits behind the last code are 0. T is byte, ushort or uint.
/// </summary>
internal static partial class CodeMasks
{
    /// <summary>Words that hold a bit for each of n codes.</summary>
    public static int Words(int n) => (int)(((uint)n + 63) / 64);

    /// <summary>Whether low ≤ code ≤ low + span.</summary>
    public static void InRange<T>(ReadOnlySpan<T> codes, uint low, uint span, Span<ulong> bits)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        CheckLength(codes.Length, bits.Length);
        (T first, T width) = (T.CreateTruncating(low), T.CreateTruncating(span));
        if (Vector256.IsHardwareAccelerated) Simd.InRange256(codes, first, width, bits);
        else if (Vector128.IsHardwareAccelerated) Simd.InRange128(codes, first, width, bits);
        else Scalar.InRange(codes, first, width, bits);
    }

    /// <summary>
    /// Whether lows[r] ≤ code ≤ lows[r] + spans[r] for some r. For few ranges: all are tried.
    /// </summary>
    public static void InRanges<T>(
        ReadOnlySpan<T> codes, ReadOnlySpan<uint> lows, ReadOnlySpan<uint> spans, Span<ulong> bits)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        CheckLength(codes.Length, bits.Length);
        if (lows.Length != spans.Length) throw new ArgumentException("ranges without an end");
        if (Vector256.IsHardwareAccelerated) Simd.InRanges256(codes, lows, spans, bits);
        else if (Vector128.IsHardwareAccelerated) Simd.InRanges128(codes, lows, spans, bits);
        else Scalar.InRanges(codes, lows, spans, bits);
    }

    /// <summary>Whether bit <c>code</c> of a set is 1; codes behind its end are not in it.</summary>
    // No vector form: a gather of words is no faster than the loads it stands for.
    public static void InSet<T>(ReadOnlySpan<T> codes, ReadOnlySpan<ulong> set, Span<ulong> bits)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        CheckLength(codes.Length, bits.Length);
        for (int w = 0; !codes.IsEmpty; w++)
        {
            ReadOnlySpan<T> group = codes[..Math.Min(64, codes.Length)];
            ulong word = 0;
            for (int i = 0; i < group.Length; i++)
            {
                uint code = uint.CreateTruncating(group[i]);
                uint at = code >> 6;
                if (at < (uint)set.Length) word |= (set[(int)at] >> (int)(code & 63) & 1) << i;
            }
            bits[w] = word;
            codes = codes[group.Length..];
        }
    }

    private static void CheckLength(int codes, int words)
    {
        if (words != Words(codes))
            throw new ArgumentException($"{words} words for the bits of {codes} codes");
    }
}
