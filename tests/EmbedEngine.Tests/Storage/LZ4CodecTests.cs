using System.Runtime.InteropServices;
using EmbedEngine.Storage;
using Xunit.Abstractions;

namespace EmbedEngine.Tests.Storage;

public sealed unsafe partial class LZ4CodecTests(ITestOutputHelper output)
{
    public static TheoryData<int> Sizes => new(
        [0, 1, 4, 5, 11, 12, 13, 14, 15, 16, 17, 64, 255, 256, 269, 270, 271, 300, 4095, 65535, 65536, 65537,
            70000, 1 << 20]);

    /// <summary>Noise, runs, text-like, and one byte only.</summary>
    private static byte[] Make(int size, int style, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[size];
        if (style == 0) random.NextBytes(bytes);
        else if (style == 1) for (int i = 0; i < size; i++) bytes[i] = (byte)(i / 300);
        else if (style == 2) for (int i = 0; i < size; i++) bytes[i] = (byte)"abcabdabce"[random.Next(10)];
        else if (style == 3) bytes.AsSpan().Fill(7);
        else for (int i = 0; i < size; i++) bytes[i] =
            i < 64 ? (byte)random.Next(256) : bytes[i - 1 - random.Next(63)];
        return bytes;
    }

    private static IEnumerable<byte[]> Inputs(int size) =>
        Enumerable.Range(0, 5).Select(style => Make(size, style, size));

    private static byte[] Pack(byte[] source)
    {
        byte[] target = new byte[LZ4Codec.MaximumOutputSize(source.Length)];
        int n = LZ4Codec.Encode(source, target);
        Assert.True(n >= 1);
        return target[..n];
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Decode_OfEncode_GivesTheSource(int size)
    {
        foreach (byte[] source in Inputs(size))
        {
            byte[] packed = Pack(source);
            byte[] back = new byte[size];
            Assert.Equal(size, LZ4Codec.Decode(packed, back));
            Assert.Equal(source, back);
            if (size > 0) Assert.Equal(-1, LZ4Codec.Decode(packed, back.AsSpan(0, size - 1)));
            Assert.Equal(-1, LZ4Codec.Encode(source, new byte[packed.Length - 1]));
            Assert.Equal(packed.Length, LZ4Codec.Encode(source, new byte[packed.Length]));
        }
    }

    [Fact]
    public void Encode_RepetitiveInput_IsSmall() => Assert.True(Pack(Make(1 << 20, 3, 1)).Length < 5000);

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
            byte[] guarded = new byte[source.Length + 32];
            guarded.AsSpan().Fill(0xA5);
            int cut = random.Next(packed.Length + 1);
            int n = LZ4Codec.Decode(packed.AsSpan(0, cut), guarded.AsSpan(16, source.Length));
            Assert.InRange(n, -1, source.Length);
            Assert.Equal(-1, guarded.AsSpan(0, 16).IndexOfAnyExcept((byte)0xA5));
            Assert.Equal(-1, guarded.AsSpan(16 + source.Length).IndexOfAnyExcept((byte)0xA5));
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 16)]
    [InlineData(255, 272)]
    [InlineData(int.MaxValue, 0)]
    public void MaximumOutputSize_IsTheReferences(int length, int expected) =>
        Assert.Equal(expected, LZ4Codec.MaximumOutputSize(length));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Blocks_CrossTheReferenceLibrary_BothWays(int size)
    {
        if (!NativeLibrary.TryLoad("liblz4.so.1", out _))
        {
            output.WriteLine("skipped: liblz4.so.1 is not installed");
            return;
        }
        foreach (byte[] source in Inputs(size))
        {
            byte[] ours = Pack(source);
            byte[] back = new byte[size + 1];
            byte[] theirs = new byte[LZ4Codec.MaximumOutputSize(size)];
            fixed (byte* o = ours, b = back, t = theirs, s = &MemoryMarshal.GetReference(source.AsSpan()))
            {
                byte dummy = 0;
                Assert.Equal(size, Decompress(o, b, ours.Length, size));
                Assert.Equal(source, back[..size]);
                int n = Compress(s == null ? &dummy : s, t, size, theirs.Length);
                Assert.True(n > 0);
                byte[] mine = new byte[size];
                Assert.Equal(size, LZ4Codec.Decode(theirs.AsSpan(0, n), mine));
                Assert.Equal(source, mine);
            }
        }
    }

    [LibraryImport("liblz4.so.1", EntryPoint = "LZ4_compress_default")]
    private static partial int Compress(byte* source, byte* target, int sourceSize, int capacity);

    [LibraryImport("liblz4.so.1", EntryPoint = "LZ4_decompress_safe")]
    private static partial int Decompress(byte* source, byte* target, int compressedSize, int capacity);
}
