// Exploration and the inspector beside items that came into the catalogue after the training: they have no
// row of the version, and all that is indexed by one must not be asked of them.

namespace EmbedEngine.Tests.Recommendation.Exploration;

public sealed class LateItemTests : IDisposable
{
    private const long Late = 900;
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public LateItemTests()
    {
        _engine = _scratch.Open();
        _engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, 40)));
        _engine.ImportCatalog(_scratch.Write("items.csv", "item,title,category\n" + string.Concat(
            Enumerable.Range(0, 40).Select(i => $"{i},thing no. {i} of kind {i % 2},kind {i % 2}\n"))));
        _engine.Train(StoreScratch.Tiny(settings: ("ranker", "0")));
        _engine.ImportCatalog(_scratch.Write("late.csv", "item,title,category\n" + string.Concat(
            Enumerable.Range(0, 30).Select(i => $"{Late + i},thing of kind {i % 2},kind {i % 2}\n"))));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private (RecommendedItem[] Items, RecommendResult Answer) Ask(
        SessionEvent[] session, RecommendOptions options, RecommendRules rules = default)
    {
        var results = new RecommendedItem[20];
        RecommendResult answer = _engine.Model!.Recommend(session, results, options, rules);
        return (results[..answer.Count], answer);
    }

    [Fact]
    public void Explore_AllPlaces_ShowsThem_EachOnce_AndNotThoseOfTheSession()
    {
        // Seen with 2, and so a live neighbour of it as well.
        _engine.Observe("7000", "2", timeMs: 1_700_000_000_000);
        _engine.Observe("7000", $"{Late + 4}", timeMs: 1_700_000_001_000);
        int late = 0;
        for (ulong seed = 1; seed <= 40; seed++)
        {
            SessionEvent[] session = seed % 2 == 0 ? [new(2)] : [new(2), new(Late + 2)];
            var options = new RecommendOptions
            {
                Explore = seed % 3 == 0 ? 1 : .3f, ExploreSeed = seed, Seen = (SeenPolicy)(seed % 3),
            };
            (RecommendedItem[] items, RecommendResult answer) = Ask(session, options);
            Assert.Equal(items.Length, items.Select(i => i.Item).Distinct().Count());
            Assert.Equal(answer.Explored, items.Count(i => i.IsExplored));
            Assert.DoesNotContain(items, i => i.IsExplored && session.Any(e => e.Item == i.Item));
            late += items.Count(i => i.IsExplored && i.Item >= Late);
            RuleReport told = _engine.Model!.ExplainExplored(session, items, options);
            for (int i = 0; i < items.Length; i++)
                Assert.Equal(items[i].IsExplored ? 1 : 0, told.Items[i].Count);
            RecommendReason[] reasons = new RecommendReason[items.Length];
            _engine.Model!.Explain(session, items, reasons);
            Assert.All(reasons, r => Assert.Contains(r.Source, SourceNames.All));
        }
        Assert.True(late > 40, $"{late} of them were explored");
    }

    [Fact]
    public void Deny_AfterTheyAreGone_OnTheScratchThatKnewThem()
    {
        var explore = new RecommendOptions { Explore = .5f, ExploreSeed = 3 };
        Ask([new(2)], explore, new RecommendRules { Allow = [4, 6, 8, Late, Late + 2] });
        for (int i = 0; i < 30; i++) _engine.ForgetItem($"{Late + i}");
        (RecommendedItem[] items, _) = Ask([new(2)], explore, new RecommendRules { Deny = [4] });
        Assert.NotEmpty(items);
        Assert.All(items, i => Assert.True(i.Item < Late && i.Item != 4));
    }

    [Fact]
    public void Inspect_AnswerThatHoldsThem_NamesThem()
    {
        InspectReport report = _engine.Inspect(new InspectOptions { Session = "1", K = 40 });
        Assert.Contains(report.Steps, s => s.Items.Any(i => long.Parse(
            i.Item, System.Globalization.CultureInfo.InvariantCulture) >= Late && !i.IsTruth));
    }
}
