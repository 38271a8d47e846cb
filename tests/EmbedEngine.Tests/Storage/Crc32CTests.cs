using System.Text;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the Castagnoli polynomial.
    [Fact]
    public void Compute_KnownVectors_GivesTheStandardValues()
    {
        Assert.Equal(0u, Crc32C.Compute([]));
        Assert.Equal(0xE3069283u, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
    }

    [Fact]
    public void Update_InPiecesOfAnyLength_EqualsTheWhole_AndTheBitwiseTwin()
    {
        var random = new Random(7);
        byte[] bytes = new byte[1000];
        random.NextBytes(bytes);
        for (int round = 0; round < 200; round++)
        {
            int length = random.Next(bytes.Length + 1);
            int cut = random.Next(length + 1);
            uint crc = Crc32C.Update(
                Crc32C.Update(0xFFFFFFFF, bytes.AsSpan(0, cut)), bytes.AsSpan(cut, length - cut));
            Assert.Equal(Bitwise(bytes.AsSpan(0, length)), ~crc);
            Assert.Equal(~crc, Crc32C.Compute(bytes.AsSpan(0, length)));
        }
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
