// Rows that are not empty, by vectors and by the scalar twin: every length, offsets in order and in none.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class OffsetMasksTests
{
    [Fact]
    public void Filled_HandWorked_Rows()
    {
        // of 9 elements:    yes  no yes  no: end past the elements, begin past them, back, below 0, to 0
        long[] offsets = [0, 2, 2, 9, 10, 11, 4, -1, 0, 9];
        var bits = new ulong[1];
        OffsetMasks.Filled(offsets, 9, bits);
        Assert.Equal(0b1_0000_0101UL, bits[0]);
    }

    [Fact]
    public void Filled_EveryLength_IsTheScalarTwin()
    {
        var random = new Random(1);
        for (int rows = 0; rows <= 260; rows++)
        {
            var offsets = new long[rows + 1];
            for (int i = 1; i <= rows; i++) offsets[i] = offsets[i - 1] + random.Next(3);
            long elements = offsets[^1];
            for (int damage = random.Next(2) * rows / 3; damage > 0; damage--)
                offsets[random.Next(rows + 1)] = random.Next(4) switch
                {
                    0 => long.MaxValue,
                    1 => long.MinValue,
                    2 => elements + random.Next(2),
                    _ => random.NextInt64(-9, elements + 9),
                };
            ulong[] expected = new ulong[CodeMasks.Words(rows)], found = new ulong[expected.Length];
            OffsetMasks.FilledScalar(offsets, elements, expected);
            foreach (Action run in (Action[])[() => OffsetMasks.Filled(offsets, elements, found),
                () => OffsetMasks.Filled256(offsets, elements, found),
                () => OffsetMasks.Filled128(offsets, elements, found)])
            {
                found.AsSpan().Fill(ulong.MaxValue);
                run();
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void Filled_WrongLengths_Throw()
    {
        Assert.Throws<ArgumentException>(() => OffsetMasks.Filled([], 0, []));
        Assert.Throws<ArgumentException>(() => OffsetMasks.Filled(new long[66], 0, new ulong[1]));
    }
}
