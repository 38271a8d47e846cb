// The readable twins of the SIMD tests of codes: what tests compare with, what does the last codes of every
// kernel, and what runs where there is no SIMD. Must never be made clever: it is the definition.

using System.Numerics;

namespace EmbedEngine.Numerics;

internal static partial class CodeMasks
{
    /// <summary>One code at a time.</summary>
    internal static class Scalar
    {
        public static void InRange<T>(ReadOnlySpan<T> codes, T low, T span, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            bits.Clear();
            for (int i = 0; i < codes.Length; i++)
                if (Contains(codes[i], low, span)) bits[i / 64] |= 1UL << i;
        }

        public static void InRanges<T>(
            ReadOnlySpan<T> codes, ReadOnlySpan<uint> lows, ReadOnlySpan<uint> spans, Span<ulong> bits)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            bits.Clear();
            for (int i = 0; i < codes.Length; i++)
            {
                for (int r = 0; r < lows.Length; r++)
                {
                    if (Contains(codes[i], T.CreateTruncating(lows[r]), T.CreateTruncating(spans[r])))
                        bits[i / 64] |= 1UL << i;
                }
            }
        }

        /// <summary>Codes below low wrap around to large numbers.</summary>
        private static bool Contains<T>(T code, T low, T span)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => unchecked(code - low) <= span;
    }
}
