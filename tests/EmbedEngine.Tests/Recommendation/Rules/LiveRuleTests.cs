// Rules of order on items that a version does not know: observed since, or in the catalogue alone.

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class LiveRuleTests : IDisposable
{
    private const long Seen = 7001, Other = 7002, Listed = 7003;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public LiveRuleTests()
    {
        _scratch.MakeTrained(3000, 150);
        _engine = _scratch.Open();
        for (int i = 0; i < 5; i++)
        {
            _engine.Observe($"u{i}", "5", timeMs: 1_800_000_000_000 + i);
            _engine.Observe($"u{i}", "7001", timeMs: 1_800_000_001_000 + i);
            _engine.Observe($"u{i}", "7002", timeMs: 1_800_000_002_000 + i);
        }
        _engine.SetAttributes(new ItemColumns
        {
            Items = new[] { Seen, Other, Listed, 6 },
            Columns = [ItemColumn.OfTexts("brand", ["own", "own", "own", "own"])],
        });
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private List<long> Ask(
        RecommendRules rules, int k = 10, CandidateSourceKind source = CandidateSourceKind.Hybrid)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = _engine.Recommend(
            [new SessionEvent(5)], results, new RecommendOptions { Source = source }, rules);
        for (int i = 1; i < answer.Count; i++) Assert.True(results[i].Score <= results[i - 1].Score);
        List<long> items = [.. results[..answer.Count].Select(r => r.Item)];
        Assert.Equal(items.Count, items.Distinct().Count());
        Assert.InRange(answer.Padded, 0, answer.Count);
        return items;
    }

    [Fact]
    public void Items_ThatHaveAName_CanBePinned_Once()
    {
        Assert.Contains(Seen, Ask(default));
        Assert.Equal(10, Ask(default).Count);
        List<long> items = Ask(new RecommendRules { Pins = [new(Seen, 2), new(Listed, 1), new(99_999, 3)] });
        Assert.Equal([Listed, Seen], items[..2]);
        Assert.Equal(10, items.Count);
        Assert.DoesNotContain(99_999, items);
        items = Ask(new RecommendRules { Pins = [new(Seen, 2), new(Listed, 1)], Deny = [Listed] });
        Assert.Equal(Seen, items[1]);
        Assert.DoesNotContain(Listed, items);
    }

    [Fact]
    public void Caps_CountThem_AndPinsToo()
    {
        var caps = new AttributeCap[] { new("brand", 1) };
        long[] own = [Seen, Other, Listed, 6];
        foreach (CandidateSourceKind source in (CandidateSourceKind[])
            [CandidateSourceKind.Hybrid, CandidateSourceKind.Covisitation, CandidateSourceKind.Popularity])
        {
            Assert.Single(Ask(new RecommendRules { Caps = caps }, source: source), i => own.Contains(i));
            var pinned = new RecommendRules { Caps = caps, Pins = [new(Listed, 4)] };
            Assert.Equal([Listed], Ask(pinned, source: source).Where(own.Contains));
        }
    }

    [Fact]
    public void Bury_PutsThemLast_AndBoostsChooseAmongThem()
    {
        ItemFilter bury = ItemFilter.Parse("brand = 'own'");
        Assert.DoesNotContain(Seen, Ask(new RecommendRules { Bury = bury }));
        List<long> all = Ask(new RecommendRules { Bury = bury }, 153);
        int first = all.FindIndex(i => i is Seen or Other or 6);
        Assert.True(first > 0 && all.Skip(first).All(i => i is Seen or Other or 6));
        foreach (long raised in (long[])[Seen, Other])
        {
            _engine.SetAttributes(new ItemColumns
            {
                Items = new[] { Seen, Other },
                Columns = [ItemColumn.OfTexts("brand", raised == Seen ? ["up", "own"] : ["own", "up"])],
            });
            List<long> items = Ask(new RecommendRules { Boosts = [ItemBoost.Parse("brand = 'up' * 100")] });
            Assert.True(items.IndexOf(raised) >= 0);
            long other = raised == Seen ? Other : Seen;
            Assert.True(!items.Contains(other) || items.IndexOf(raised) < items.IndexOf(other));
        }
    }
}
