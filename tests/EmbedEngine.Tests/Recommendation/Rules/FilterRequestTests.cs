// Filters on requests, from the catalogue on the disk to the answer: what passes, and all of it; what changes
// count at once; what is damaged, unknown or not there.

using EmbedEngine.Storage;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class FilterRequestTests : IDisposable
{
    private const int Items = 150;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public FilterRequestTests()
    {
        _scratch.MakeTrained(3000, Items);
        _engine = _scratch.Open();
        // Every fifth item is unknown to the catalogue.
        long[] items = [.. Enumerable.Range(0, Items).Where(i => i % 5 != 4).Select(i => (long)i)];
        _engine.SetAttributes(new ItemColumns
        {
            Items = items,
            Columns =
            [
                ItemColumn.OfNumbers("price", items.Select(i => (double)i).ToArray()),
                ItemColumn.OfTexts("brand", [.. items.Select(i => i % 3 == 0 ? "own" : "other")]),
                ItemColumn.OfTags("tags", [.. items.Select(i => i % 10 == 0 ? new[] { "adult" } : null)]),
            ],
        });
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private static RecommendRules By(string filter) => new() { Filter = ItemFilter.Parse(filter) };

    private static readonly (string Filter, Func<long, bool> Passes)[] Filters =
    [
        ("price < 20", i => i < 20 && i % 5 != 4), ("price >= 149", i => false),
        ("brand = 'own' and price > 100", i => i % 3 == 0 && i > 100 && i % 5 != 4),
        ("not tags has 'adult'", i => i % 10 != 0), ("price is missing", i => i % 5 == 4),
        ("not price > 10 or brand in ('own')", i => i % 5 == 4 || i <= 10 || i % 3 == 0),
        ("price = 79", i => false), ("price = 75 or price = 76", i => i is 75 or 76),
    ];

    [Fact]
    public void Requests_WithFilters_AnswerAllThatPasses_AndNothingElse()
    {
        Model model = _engine.Model!;
        long[] known = [.. Enumerable.Range(0, model.ItemCount).Select(model.ItemAt)];
        foreach ((string filter, Func<long, bool> passes) in Filters)
        {
            var expected = known.Where(passes).ToHashSet();
            foreach (CandidateSourceKind source in (CandidateSourceKind[])
                [CandidateSourceKind.Hybrid, CandidateSourceKind.Item2Vec, CandidateSourceKind.Covisitation,
                    CandidateSourceKind.SessionKnn, CandidateSourceKind.Popularity])
            {
                var results = new RecommendedItem[Items];
                int n = _engine.Recommend(
                    [new SessionEvent(5), new SessionEvent(6)], results,
                    new RecommendOptions { Source = source }, By(filter)).Count;
                Assert.Equal(expected, results[..n].Select(r => r.Item).ToHashSet());
                Assert.Equal(expected.Count, n);
                n = _engine.RecommendUser(
                    "nobody", [], results, new RecommendOptions { Source = source }, By(filter)).Count;
                Assert.Equal(expected.Count, n);
            }
        }
    }

    [Fact]
    public void SimilarSearchAndBaskets_AreTheUnfilteredOnesWithoutWhatDoesNotPass()
    {
        Model model = _engine.Model!;
        foreach ((string filter, Func<long, bool> passes) in Filters)
        {
            RecommendedItem[] all = new RecommendedItem[Items], some = new RecommendedItem[Items];
            int n = model.Similar(5, all), m = model.Similar(5, some, null, By(filter));
            Assert.Equal(all[..n].Where(r => passes(r.Item)), some[..m]);
            float[] vector = model.Vectors()[3].ToArray();
            n = model.Search(vector, all);
            m = model.Search(vector, some, rules: By(filter));
            Assert.Equal(all[..n].Where(r => passes(r.Item)), some[..m]);
            n = model.BoughtTogether([5, 6], all, out CandidateSourceKind by);
            m = model.BoughtTogether([5, 6], some, out CandidateSourceKind same, By(filter));
            if (m > 0 && by == same)
                Assert.Equal(all[..n].Where(r => passes(r.Item)), some[..m]);
        }
    }

    [Fact]
    public void Filter_OfTwoModels_AndOfSeveralThreads_AnswersEach()
    {
        _engine.Train(StoreScratch.Tiny(seed: 3));
        using Model first = _engine.OpenModel(1);
        using Model second = _engine.OpenModel(2);
        ItemFilter filter = ItemFilter.Parse("price < 20");
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var results = new RecommendedItem[40];
            for (int i = 0; i < 200; i++)
            {
                int n = (t % 2 == 0 ? first : second).Recommend(
                    [new SessionEvent(i % 50)], results, default,
                        new RecommendRules { Filter = filter }).Count;
                foreach (RecommendedItem r in results[..n])
                    Assert.True(r.Item < 20 && r.Item % 5 != 4);
                Assert.True(n > 10);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
    }

    [Fact]
    public void Changes_CountAtOnceHere_AndElsewhereAfterRefresh()
    {
        using Engine other = _scratch.Open();
        ItemFilter filter = ItemFilter.Parse("price = 1000");
        var results = new RecommendedItem[5];
        int Ask(Engine engine) => engine.Recommend(
            [new SessionEvent(5)], results, default, new RecommendRules { Filter = filter }).Count;
        Assert.Equal((0, 0), (Ask(_engine), Ask(other)));
        _engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { 4, 9 },
                Columns = [ItemColumn.OfNumbers("price", new double[] { 1000, 1000 })],
        });
        Assert.Equal((2, 0), (Ask(_engine), Ask(other)));
        other.Refresh();
        Assert.Equal(2, Ask(other));
        other.ImportCatalog(_scratch.Write("i.csv", "item,price\n4,1\n9,1\n14,1000\n"));
        Assert.Equal(1, Ask(other));
        Assert.Equal(14, results[0].Item);
        Assert.Equal(2, Ask(_engine));
        _engine.Refresh();
        Assert.Equal(1, Ask(_engine));
    }

    [Fact]
    public void NewItems_ThatWereObserved_PassByWhatTheCatalogueSays()
    {
        var results = new RecommendedItem[Items];
        for (int i = 0; i < 5; i++)
        {
            _engine.Observe($"u{i}", "5", timeMs: 1_800_000_000_000 + i);
            _engine.Observe($"u{i}", "7001", timeMs: 1_800_000_001_000 + i);
            _engine.Observe($"u{i}", "7002", timeMs: 1_800_000_002_000 + i);
        }
        _engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { 7001 }, Columns = [ItemColumn.OfNumbers("price", new double[] { 2000 })],
        });
        bool Holds(string? filter, long item)
        {
            int n = _engine.Recommend(
                [new SessionEvent(5)], results, default, filter is null ? default : By(filter)).Count;
            return results[..n].Any(r => r.Item == item);
        }
        Assert.True(Holds(null, 7001) && Holds(null, 7002));
        Assert.True(Holds("price > 1999", 7001));
        Assert.False(Holds("price > 1999", 7002) || Holds("price < 1999", 7001));
        Assert.True(Holds("price is missing", 7002));
    }

    [Fact]
    public void Filters_ThatAreWrong_AreNamed_AndNothingElseFails()
    {
        var results = new RecommendedItem[5];
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => _engine.Recommend([new SessionEvent(5)], results, default, By("pric > 3")));
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
        Assert.Contains("did you mean 'price'", e.Message);
        string file = Directory.GetFiles(Path.Combine(_scratch.Store, StoreNames.Attributes),
            "*.eea").Single();
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^10]);
        using Engine damaged = _scratch.Open();
        Assert.Equal(5, damaged.Recommend([new SessionEvent(5)], results).Count);
        e = Assert.Throws<EmbedEngineException>(
            () => damaged.Recommend([new SessionEvent(5)], results, default, By("price > 3")));
        Assert.Equal(ErrorCode.Corrupt, e.Code);
        Assert.Contains(Path.GetFileName(file), e.Message);
    }

    [Fact]
    public void Request_WithAFilter_AllocatesNothing_OnceWarm()
    {
        Model model = _engine.Model!;
        ItemFilter filter = ItemFilter.Parse("price < 100 and not tags has 'adult'");
        var results = new RecommendedItem[10];
        SessionEvent[] session = [new SessionEvent(5), new SessionEvent(6)];
        Allocation.AssertNone(() =>
        {
            model.Recommend(session, results, default, new RecommendRules { Filter = filter });
            model.Similar(5, results, null, new RecommendRules { Filter = filter });
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bundle_TakesTheCatalogueOfTheMomentAlong(bool again)
    {
        _engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { 77 }, Columns = [ItemColumn.OfNumbers("price", new double[] { 5000 })],
        });
        string path = Path.Combine(_scratch.Root, "b.eeb");
        BundleReport report = _engine.Model!.WriteBundle(path);
        Assert.Contains("attributes", report.Artifacts);
        if (again)
        {
            using Model first = Model.OpenBundle(path);
            path = Path.Combine(_scratch.Root, "c.eeb");
            Assert.Equal(report.Artifacts, first.WriteBundle(path).Artifacts);
        }
        _engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { 77 }, Columns = [ItemColumn.OfNumbers("price", new double[] { 1 })],
        });
        using Model bundle = Model.OpenBundle(path, VerifyLevel.Full);
        var results = new RecommendedItem[5];
        Assert.Equal(1, bundle.Recommend([new SessionEvent(5)], results, default, By("price = 5000")).Count);
        Assert.Equal(77, results[0].Item);
    }

    [Fact]
    public void Bundle_OfAStoreWithoutACatalogue_SaysThatThereIsNone()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained(300, 20, StoreScratch.Least());
        using Engine engine = scratch.Open();
        string path = Path.Combine(scratch.Root, "b.eeb");
        engine.Model!.WriteBundle(path);
        using Model bundle = Model.OpenBundle(path);
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => bundle.Recommend([new SessionEvent(5)], new RecommendedItem[3], default, By("price > 3")));
        Assert.Contains("without a catalogue", e.Message);
        e = Assert.Throws<EmbedEngineException>(
            () => engine.Recommend([new SessionEvent(5)], new RecommendedItem[3], default, By("price > 3")));
        Assert.Contains("column 1", e.Message);
    }

    [Fact]
    public void Files_OfSessions_TakeFilters()
    {
        string input = _scratch.Write("in.jsonl", "{\"session\":[5]}\n{\"session\":[6,7]}\n");
        string output = Path.Combine(_scratch.Root, "out.jsonl");
        _engine.Model!.RecommendFile(
            input, output, new RecommendFileOptions { K = 7, Filter = ItemFilter.Parse("price < 20") });
        foreach (string line in File.ReadAllLines(output))
        {
            using var json = System.Text.Json.JsonDocument.Parse(line);
            Assert.All(
                json.RootElement.GetProperty("items").EnumerateArray(),
                i => Assert.True(i.GetProperty("item").GetInt64() < 20));
        }
    }
}
