// What of LZ4 is ours to hold: K4os.Compression.LZ4 is unsafe code that is handed bytes from files, and
// blocks of earlier builds came from another encoder. That those still open is what FormatFixtureTests and
// GoldenTests show.

using K4os.Compression.LZ4;

namespace EmbedEngine.Tests.Storage;

public sealed class LZ4CodecTests
{
    /// <summary>Noise, runs, text-like, one byte only, and matches at short offsets.</summary>
    private static byte[] Make(int size, int style, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[size];
        if (style == 0) random.NextBytes(bytes);
        else if (style == 1) for (int i = 0; i < size; i++) bytes[i] = (byte)(i / 300);
        else if (style == 2) for (int i = 0; i < size; i++) bytes[i] = (byte)"abcabdabce"[random.Next(10)];
        else if (style == 3) bytes.AsSpan().Fill(7);
        else
        {
            for (int i = 0; i < size; i++)
                bytes[i] = i < 64 ? (byte)random.Next(256) : bytes[i - 1 - random.Next(63)];
        }
        return bytes;
    }

    private static byte[] Pack(byte[] source)
    {
        byte[] target = new byte[LZ4Codec.MaximumOutputSize(source.Length)];
        int n = LZ4Codec.Encode(source, target);
        Assert.True(n >= 1);
        return target[..n];
    }

    /// <summary>
    /// As the reader of a segment or a bundle calls it: a target of exactly the length that the file claims.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(65536)]
    [InlineData(1 << 20)]
    public void Decode_IntoTheExactLength_GivesTheSource_AndOneByteLessFails(int size)
    {
        for (int style = 0; style < 5; style++)
        {
            byte[] source = Make(size, style, size);
            byte[] packed = Pack(source);
            byte[] back = new byte[size];
            Assert.Equal(size, LZ4Codec.Decode(packed, back));
            Assert.Equal(source, back);
            Assert.True(LZ4Codec.Decode(packed, back.AsSpan(0, size - 1)) < size);
        }
    }

    [Fact]
    public void Decode_DamagedInput_StaysInBounds()
    {
        var random = new Random(5);
        for (int round = 0; round < 20000; round++)
        {
            byte[] source = Make(random.Next(1, 400), round % 5, round);
            byte[] packed = Pack(source);
            for (int k = random.Next(1, 4); k > 0; k--)
                packed[random.Next(packed.Length)] = (byte)random.Next(256);
            byte[] guarded = new byte[source.Length + 128];
            guarded.AsSpan().Fill(0xA5);
            int cut = random.Next(packed.Length + 1);
            int n = LZ4Codec.Decode(packed.AsSpan(0, cut), guarded.AsSpan(64, source.Length));
            Assert.InRange(n, -1, source.Length);
            Assert.Equal(-1, guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0xA5));
            Assert.Equal(-1, guarded.AsSpan(64 + source.Length).IndexOfAnyExcept((byte)0xA5));
        }
    }

    /// <summary>
    /// The readers compare with a length above 0, so that an empty block, which no writer makes, is damage.
    /// </summary>
    [Fact]
    public void Decode_EmptyInput_GivesNothing() => Assert.True(LZ4Codec.Decode([], new byte[64]) <= 0);
}
