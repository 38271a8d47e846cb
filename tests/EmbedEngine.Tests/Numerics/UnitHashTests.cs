// The published hash: vectors of docs/online.md, which C and Python check too, and evenness.

using System.Text;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class UnitHashTests
{
    [Theory]
    [InlineData("", "", 0x1bbd5c813c69a8d7, 1083)]
    [InlineData("", "42", 0x407ac870765e4a89, 2518)]
    [InlineData("", "anna", 0x397f6cc48b890e00, 2246)]
    [InlineData("summer", "42", 0x5a0e78522f814719, 3517)]
    [InlineData("summer", "anna", 0x315921c6ed3ab3c0, 1927)]
    [InlineData("summer", "Zoë", 0xf203d26fd2723ea7, 9453)]
    public void Of_PublishedVectors(string salt, string unit, ulong hash, int bucket)
    {
        ulong found = UnitHash.Of(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(unit));
        Assert.Equal(hash, found);
        Assert.Equal(bucket, UnitHash.BucketOf(found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("summer")]
    public void BucketOf_NumberedUsers_AreEven(string salt)
    {
        const int Users = 200_000, Parts = 100;
        var counts = new long[Parts];
        byte[] bytes = Encoding.UTF8.GetBytes(salt);
        for (int u = 0; u < Users; u++)
        {
            ulong hash = UnitHash.Of(bytes, Encoding.UTF8.GetBytes($"{u}"));
            counts[UnitHash.BucketOf(hash) * Parts / UnitHash.Buckets]++;
        }
        double expected = (double)Users / Parts;
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        // A fixed draw: this says that it is no odd one.
        Assert.InRange(NormalTail.ChiSquare(chiSquare, Parts - 1), 0.001, 0.999);
    }
}
