// Shares are kept, changes move as few as they must, and a text of arms that is none says where.

using System.Text;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Online;

namespace EmbedEngine.Tests.Pipelines.Online;

public sealed class SplitTests
{
    private static int ArmOf(Split split, int user) => split.ArmOf(Encoding.UTF8.GetBytes($"{user}"));

    [Theory]
    [InlineData("a=active:50,b=candidate:50")]
    [InlineData("a=active:90,b=candidate:10")]
    [InlineData("a=active:33.33,b=x:33.33,c=y:33.34")]
    [InlineData("a=active:5,b=candidate:5")]
    public void Shares_AreKept(string text)
    {
        const int Users = 100_000;
        Split split = Split.Parse(text, "s", 1, null);
        var counts = new long[split.Names.Length + 1];
        for (int u = 0; u < Users; u++) counts[ArmOf(split, u) + 1]++;
        double chiSquare = 0;
        int degrees = -1;
        for (int a = -1; a < split.Names.Length; a++)
        {
            double expected = (double)Users * split.BucketsOf(a) / UnitHash.Buckets;
            if (expected == 0) continue;
            chiSquare += (counts[a + 1] - expected) * (counts[a + 1] - expected) / expected;
            degrees++;
        }
        // A fixed draw: this says that it is no odd one.
        Assert.InRange(NormalTail.ChiSquare(chiSquare, degrees), 0.001, 1);
    }

    [Fact]
    public void OtherShares_MoveAsFewAsTheyMust()
    {
        var random = new Random(11);
        Split before = Split.Parse(Arms(random), "", 1, null);
        for (int round = 0; round < 200; round++)
        {
            Split after = Split.Parse(Arms(random), null, 2, before);
            long must = 0, moved = 0;
            for (int a = -1; a < before.Names.Length; a++)
            {
                int there = a < 0 ? -1 : Array.IndexOf(after.Names, before.Names[a]);
                int now = a >= 0 && there < 0 ? 0 : after.BucketsOf(there);
                must += Math.Max(0, before.BucketsOf(a) - now);
            }
            // Each bucket once, by users that fall into it.
            var seen = new bool[UnitHash.Buckets];
            for (int u = 0; u < 120_000; u++)
            {
                byte[] key = Encoding.UTF8.GetBytes($"{u}");
                int bucket = UnitHash.BucketOf(UnitHash.Of(""u8, key));
                if (seen[bucket]) continue;
                seen[bucket] = true;
                (int x, int y) = (before.ArmOf(key), after.ArmOf(key));
                if ((x < 0 ? "" : before.Names[x]) != (y < 0 ? "" : after.Names[y])) moved++;
            }
            Assert.True(moved <= must, $"round {round}: {moved} moved, {must} must");
            before = after;
            if (round == 9) break;
        }
    }

    private static string Arms(Random random)
    {
        int arms = random.Next(1, 6), left = UnitHash.Buckets;
        var text = new List<string>();
        foreach (char name in "abcdef".OrderBy(_ => random.Next()).Take(arms))
        {
            int share = random.Next(1, left / 2);
            left -= share;
            text.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{name}=active:{share / 100.0}"));
        }
        return string.Join(',', text);
    }

    [Theory]
    [InlineData("", "''")]
    [InlineData("a=active", "'a=active'")]
    [InlineData("a:50", "'a:50'")]
    [InlineData("=active:50", "'=active:50'")]
    [InlineData("a=:50", "'a=:50'")]
    [InlineData("a=active:x", "'x'")]
    [InlineData("a=active:NaN", "'NaN'")]
    [InlineData("a=active:Infinity", "'Infinity'")]
    [InlineData("a=active:0", "'0'")]
    [InlineData("a=active:-5", "'-5'")]
    [InlineData("a=active:50.001", "'50.001'")]
    [InlineData("a=active:50,a=b:10", "twice")]
    [InlineData("a=active:60,b=c:60", "120 %")]
    public void Texts_ThatAreNone_SayWhere(string text, string where) => Assert.Contains(
        where, Assert.Throws<ArgumentException>(() => Split.Parse(text, null, 1, null)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void OtherSalt_SplitsEverybodyAnew()
    {
        Split a = Split.Parse("a=active:50,b=candidate:50", "one", 1, null);
        Split b = Split.Parse("a=active:50,b=candidate:50", "two", 1, a);
        int same = Enumerable.Range(0, 10_000).Count(u => ArmOf(a, u) == ArmOf(b, u));
        Assert.InRange(same, 4_800, 5_200);
        Assert.Equal(1, b.SinceMs);
        Assert.Equal(1, Split.Parse("a=active:50,b=candidate:50", null, 3, b).SinceMs);
        Assert.Equal(3, Split.Parse("a=active:40,b=candidate:60", null, 3, b).SinceMs);
        Assert.Throws<ArgumentException>(() => Split.Parse("a=active:50", new string('s', 65), 1, null));
    }
}
