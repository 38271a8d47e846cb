using System.Text;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class ContentHashTests
{
    // Published XXH64 test values, seed 0.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void Finish_KnownTexts_GivesXxh64(string text, ulong expected)
    {
        var hash = new ContentHash();
        hash.Add(Encoding.ASCII.GetBytes(text));
        Assert.Equal(expected, hash.Finish());
    }

    [Fact]
    public void Finish_AnyPieces_GivesTheSame()
    {
        byte[] bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        var whole = new ContentHash();
        whole.Add(bytes);
        for (int step = 1; step < 100; step++)
        {
            var pieces = new ContentHash();
            for (int i = 0; i < bytes.Length; i += step)
                pieces.Add(bytes.AsSpan(i, Math.Min(step, bytes.Length - i)));
            Assert.Equal(whole.Finish(), pieces.Finish());
            Assert.Equal(bytes.Length, pieces.Length);
        }
    }
}
