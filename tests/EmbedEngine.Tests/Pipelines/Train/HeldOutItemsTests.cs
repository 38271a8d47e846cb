using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Pipelines.Train;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class HeldOutItemsTests
{
    private const int Seen = 1000, Cold = 200, Sessions = 2000, Length = 10;

    private static SessionCorpus Corpus()
    {
        var random = new Random(1);
        long[] offsets = [.. Enumerable.Range(0, Sessions + 1).Select(s => (long)s * Length)];
        int[] items = [.. Enumerable.Range(0, Sessions * Length).Select(
            e => e < Seen ? e : random.Next(Seen))];
        return new SessionCorpus(
            offsets, items, new long[items.Length], new byte[items.Length], new int[Sessions],
            new long[Sessions], sessionTexts: null, hasTimes: false);
    }

    private static long[] Catalogue(int items) => [.. Enumerable.Range(0, items).Select(i => (long)i)];

    [Fact]
    public void Choose_HoldsHalfOutAsAWhole_AndLeavesTheOthersAFewEvents()
    {
        SessionCorpus corpus = Corpus();
        int[] sessions = [.. Enumerable.Range(0, Sessions / 2)];
        HeldOutItems chosen = HeldOutItems.Choose(corpus, sessions, Catalogue(Seen + Cold), seed: 1)!;
        Assert.Equal(corpus.Items.Length, chosen.Corpus.Items.Length);
        int[] whole = [.. Enumerable.Range(0, Seen).Where(o => chosen.ByOrdinal[o])];
        Assert.InRange(whole.Length, 20, 80); // a twentieth of 1,000
        Assert.DoesNotContain(Enumerable.Range(Seen, Cold), o => chosen.ByOrdinal[o]);
        int events = sessions.Length * Length;
        int[] before = new int[Seen], after = new int[Seen];
        for (int e = 0; e < events; e++)
        {
            before[corpus.Items[e]]++;
            if (chosen.Corpus.Items[e] < Seen) after[chosen.Corpus.Items[e]]++;
            else Assert.True(chosen.ByOrdinal[chosen.Corpus.Items[e]]);
        }
        int[] left = [.. Enumerable.Range(0, Seen).Where(o => after[o] < before[o])];
        Assert.InRange(left.Length, 20, 80);
        Assert.All(left, o => Assert.InRange(after[o], 1, 5));
        Assert.All(whole, o => Assert.Equal(before[o], after[o])); // the build passes over them by themselves
        // Sessions that are not the build's say what came next.
        Assert.Equal(corpus.Items[events..], chosen.Corpus.Items[events..]);
        // A row of an item without a history for each held out, and every item of the log.
        Assert.InRange(chosen.Listed.Count(o => o >= Seen), whole.Length / 2, 2 * whole.Length);
        Assert.Equal(Catalogue(Seen), chosen.Listed.Where(o => o < Seen));
        HeldOutItems again = HeldOutItems.Choose(corpus, sessions, Catalogue(Seen + Cold), seed: 1)!;
        Assert.Equal(chosen.Corpus.Items, again.Corpus.Items);
        Assert.Equal(chosen.Listed, again.Listed);
    }

    [Fact]
    public void Choose_WithoutItemsThatLackAHistory_IsNone()
    {
        Assert.Null(HeldOutItems.Choose(Corpus(), [0, 1], Catalogue(Seen), seed: 1));
        Assert.Null(HeldOutItems.Choose(Corpus(), [0, 1], [], seed: 1));
    }
}
