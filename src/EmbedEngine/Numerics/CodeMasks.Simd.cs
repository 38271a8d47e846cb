// The vector tests of codes: 64 codes make one word. Must never read past the last code: whole groups of 64
// are done here, the rest by the scalar twin; loads are unaligned.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

internal static partial class CodeMasks
{
    /// <summary>
    /// Callers check IsHardwareAccelerated and lengths. Every load begins at i + j with i + 64 ≤ the number
    /// of codes and j + width ≤ 64, so it stays in bounds.
    /// </summary>
    internal static class Simd
    {
        public static void InRange256<T>(ReadOnlySpan<T> codes, T low, T span, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ref T first = ref MemoryMarshal.GetReference(codes);
            Vector256<T> lows = Vector256.Create(low), spans = Vector256.Create(span);
            int whole = codes.Length & ~63;
            for (int i = 0; i < whole; i += 64)
            {
                ulong word = 0;
                for (int j = 0; j < 64; j += Vector256<T>.Count)
                {
                    Vector256<T> code = Vector256.LoadUnsafe(ref first, (nuint)(i + j));
                    Vector256<T> passes = Vector256.LessThanOrEqual(code - lows, spans);
                    word |= (ulong)passes.ExtractMostSignificantBits() << j;
                }
                bits[i / 64] = word;
            }
            Scalar.InRange(codes[whole..], low, span, bits[(whole / 64)..]);
        }

        public static void InRanges256<T>(
            ReadOnlySpan<T> codes, ReadOnlySpan<uint> lows, ReadOnlySpan<uint> spans, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ref T first = ref MemoryMarshal.GetReference(codes);
            int whole = codes.Length & ~63;
            for (int i = 0; i < whole; i += 64)
            {
                ulong word = 0;
                for (int j = 0; j < 64; j += Vector256<T>.Count)
                {
                    Vector256<T> code = Vector256.LoadUnsafe(ref first, (nuint)(i + j));
                    Vector256<T> passes = default;
                    for (int r = 0; r < lows.Length && r < spans.Length; r++)
                    {
                        passes |= Vector256.LessThanOrEqual(
                            code - Vector256.Create(T.CreateTruncating(lows[r])),
                            Vector256.Create(T.CreateTruncating(spans[r])));
                    }
                    word |= (ulong)passes.ExtractMostSignificantBits() << j;
                }
                bits[i / 64] = word;
            }
            Scalar.InRanges(codes[whole..], lows, spans, bits[(whole / 64)..]);
        }

        public static void InRange128<T>(ReadOnlySpan<T> codes, T low, T span, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ref T first = ref MemoryMarshal.GetReference(codes);
            Vector128<T> lows = Vector128.Create(low), spans = Vector128.Create(span);
            int whole = codes.Length & ~63;
            for (int i = 0; i < whole; i += 64)
            {
                ulong word = 0;
                for (int j = 0; j < 64; j += Vector128<T>.Count)
                {
                    Vector128<T> code = Vector128.LoadUnsafe(ref first, (nuint)(i + j));
                    Vector128<T> passes = Vector128.LessThanOrEqual(code - lows, spans);
                    word |= (ulong)passes.ExtractMostSignificantBits() << j;
                }
                bits[i / 64] = word;
            }
            Scalar.InRange(codes[whole..], low, span, bits[(whole / 64)..]);
        }

        public static void InRanges128<T>(
            ReadOnlySpan<T> codes, ReadOnlySpan<uint> lows, ReadOnlySpan<uint> spans, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ref T first = ref MemoryMarshal.GetReference(codes);
            int whole = codes.Length & ~63;
            for (int i = 0; i < whole; i += 64)
            {
                ulong word = 0;
                for (int j = 0; j < 64; j += Vector128<T>.Count)
                {
                    Vector128<T> code = Vector128.LoadUnsafe(ref first, (nuint)(i + j));
                    Vector128<T> passes = default;
                    for (int r = 0; r < lows.Length && r < spans.Length; r++)
                    {
                        passes |= Vector128.LessThanOrEqual(
                            code - Vector128.Create(T.CreateTruncating(lows[r])),
                            Vector128.Create(T.CreateTruncating(spans[r])));
                    }
                    word |= (ulong)passes.ExtractMostSignificantBits() << j;
                }
                bits[i / 64] = word;
            }
            Scalar.InRanges(codes[whole..], lows, spans, bits[(whole / 64)..]);
        }
    }
}
