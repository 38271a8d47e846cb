// The vector tests of codes against their scalar twins: every width, every length, any code.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class CodeMasksTests
{
    [Fact]
    public void Masks_OfBytes_AreTheScalarTwins() => Check<byte>();

    [Fact]
    public void Masks_OfTwoBytes_AreTheScalarTwins() => Check<ushort>();

    [Fact]
    public void Masks_OfFourBytes_AreTheScalarTwins() => Check<uint>();

    private static void Check<T>()
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>, IMinMaxValue<T>
    {
        var random = new Random(1);
        uint most = uint.CreateTruncating(T.MaxValue);
        for (int n = 0; n <= 260; n++)
        {
            // Few different codes, so that ends of ranges are hit; and any code at all.
            uint limit = random.Next(2) == 0 ? 12u : most;
            uint Code() => random.Next(9) == 0 ? most : (uint)random.NextInt64(limit + 1L);
            T[] codes = [.. Enumerable.Range(0, n).Select(_ => T.CreateTruncating(Code()))];
            uint[] lows = new uint[random.Next(5)], spans = new uint[lows.Length];
            for (int r = 0; r < lows.Length; r++)
            {
                lows[r] = Code();
                spans[r] = Math.Min(Code(), most - lows[r]);
            }
            var expected = new ulong[CodeMasks.Words(n)];
            var found = new ulong[expected.Length];
            for (int r = 0; r < lows.Length; r++)
            {
                (T low, T span) = (T.CreateTruncating(lows[r]), T.CreateTruncating(spans[r]));
                CodeMasks.Scalar.InRange<T>(codes, low, span, expected);
                for (int i = 0; i < n; i++)
                {
                    uint code = uint.CreateTruncating(codes[i]);
                    bool passes = code >= lows[r] && code - lows[r] <= spans[r];
                    Assert.Equal(passes, (expected[i / 64] >> i & 1) != 0);
                }
                AssertFound(expected, found, bits => CodeMasks.InRange<T>(codes, lows[r], spans[r], bits));
                AssertFound(expected, found, bits => CodeMasks.Simd.InRange256<T>(codes, low, span, bits));
                AssertFound(expected, found, bits => CodeMasks.Simd.InRange128<T>(codes, low, span, bits));
            }
            CodeMasks.Scalar.InRanges<T>(codes, lows, spans, expected);
            AssertFound(expected, found, bits => CodeMasks.InRanges<T>(codes, lows, spans, bits));
            AssertFound(expected, found, bits => CodeMasks.Simd.InRanges256<T>(codes, lows, spans, bits));
            AssertFound(expected, found, bits => CodeMasks.Simd.InRanges128<T>(codes, lows, spans, bits));

            ulong[] set = [(ulong)random.NextInt64(), (ulong)random.NextInt64()];
            expected.AsSpan().Clear();
            for (int i = 0; i < n; i++)
            {
                uint code = uint.CreateTruncating(codes[i]);
                if (code < 128 && (set[code / 64] >> (int)code & 1) != 0) expected[i / 64] |= 1UL << i;
            }
            AssertFound(expected, found, bits => CodeMasks.InSet<T>(codes, set, bits));
        }
    }

    private static void AssertFound(ulong[] expected, ulong[] found, Action<ulong[]> run)
    {
        found.AsSpan().Fill(ulong.MaxValue);
        run(found);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Masks_WrongLengths_Throw()
    {
        Assert.Throws<ArgumentException>(() => CodeMasks.InRange<byte>(new byte[65], 1, 1, new ulong[1]));
        Assert.Throws<ArgumentException>(
            () => CodeMasks.InSet<byte>(new byte[64], new ulong[1], new ulong[2]));
        Assert.Throws<ArgumentException>(
            () => CodeMasks.InRanges<byte>(new byte[64], new uint[1], new uint[2], new ulong[1]));
    }
}
