// Items that the catalogue has and the log has not are items of a version: last rows, count 0, found by
// what the catalogue says of them and by nothing else.

using EmbedEngine.Recommendation;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class ColdItemTests : IDisposable
{
    private const int Known = 60, Cold = 20;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Catalogue(Func<int, string> keyOf) => "item,title,category\n" + string.Concat(
        Enumerable.Range(0, Known + Cold).Select(i =>
            i % 2 == 0 ? $"{keyOf(i)},red shoes no. {i},shoes\n" : $"{keyOf(i)},coffee mug no. {i},mugs\n"));

    private Engine Int64Shop(string? catalogue)
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, Known)));
        if (catalogue is not null) engine.ImportCatalog(_scratch.Write("items.csv", catalogue));
        return engine;
    }

    private static TrainOptions Options(params (string, string)[] settings) => StoreScratch.Tiny(
        settings: [("user_vector", "mean"), .. settings]) with { Preset = TrainPreset.Balanced };

    [Fact]
    public void Train_CatalogueItemsWithoutEvents_AreTheLastRows_InEverySpace()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        engine.Train(Options());
        VersionData data = engine.RequireModel().Served.Data;
        int seen = data.Items.Counts.ToArray().Count(c => c > 0);
        Assert.Equal(Known + Cold, data.RowCount);
        Assert.InRange(seen, Known / 2, Known);
        Assert.All(data.Items.Counts[seen..].ToArray(), c => Assert.Equal(0, c));
        long[] ordinals = data.Items.Ordinals[seen..].ToArray();
        Assert.Equal(ordinals.Order(), ordinals);
        Assert.All(data.Popularity.Scores[seen..].ToArray(), s => Assert.Equal(0, s));
        foreach (string space in (string[])["item2vec", "svd", "graph"])
            Assert.All(
                data.FindSpace(space)!.Vectors.InNorms[seen..].ToArray(), norm => Assert.Equal(0, norm));
        Assert.All(data.Content!.Vectors.InNorms.ToArray(), norm => Assert.True(norm > 0));
    }

    [Fact]
    public void Train_Again_GivesTheSameBytes_AndNoNewOrdinals()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        string first = StoreScratch.Digests(engine.Train(Options()));
        Assert.Equal(first, StoreScratch.Digests(engine.Train(Options() with { Threads = 3 })));
        Assert.Empty(engine.Verify().Faults);
    }

    [Fact]
    public void Train_ContentOff_LeavesThemOut()
    {
        using Engine engine = Int64Shop(catalogue: null);
        string without = StoreScratch.Digests(engine.Train(Options()));
        string catalogue = Catalogue(i => $"{i}").Replace(",category", ",kind");
        engine.ImportCatalog(_scratch.Write("items.csv", catalogue));
        Assert.Equal(without, StoreScratch.Digests(engine.Train(Options(("content", "0")))));
    }

    [Fact]
    public void Train_KeysThatAreNoNumbers_AreLeftOutOfAStoreOfNumbers()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("log.csv", TextLog(i => $"k{i}"))));
        engine.ImportCatalog(_scratch.Write("items.csv", Catalogue(i => $"k{i}")));
        engine.Train(Options());
        Model model = engine.RequireModel();
        Assert.Equal(Known + Cold, model.ItemCount);
        Assert.True(model.TryGetItem($"k{Known + 3}", out long item));
        Assert.Equal($"k{Known + 3}", model.KeyString(item));
        var results = new RecommendedItem[8];
        Assert.Equal(8, model.Similar(item, results));
        Assert.Contains(results, r => r.Item != item);
    }

    private static string TextLog(Func<int, string> keyOf) => "session,item,time\n" + string.Concat(
        Enumerable.Range(0, 400).Select(s => string.Concat(Enumerable.Range(0, 4).Select(e =>
            $"{s},{keyOf((s * 7 + e * 2) % Known)},{1_700_000_000 + s * 100 + e}\n"))));

    [Fact]
    public void Similar_OfAnItemWithoutAHistory_IsAnsweredByItsTexts()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        engine.Train(Options());
        Model model = engine.RequireModel();
        var results = new RecommendedItem[10];
        foreach (long cold in (long[])[Known, Known + 1, Known + Cold - 1])
        {
            Assert.Equal(10, model.Similar(cold, results));
            Assert.All(results, r => Assert.Equal(cold % 2, r.Item % 2));
            long[] unnamed = [.. results.Select(r => r.Item)];
            Assert.Equal(10, model.Similar(cold, results, VersionData.ContentSpace));
            Assert.Equal(unnamed, results.Select(r => r.Item));
            Assert.Equal(1u << (int)CandidateSourceKind.Content, results[0].Sources);
            Assert.Throws<EmbedEngineException>(
                () => model.Similar(cold, results, VersionData.Item2VecSpace));
        }
        Assert.True(model.TryGetRow(model.ItemAt(0), out _));
        Assert.Equal(10, model.Similar(model.ItemAt(0), results));
        Assert.DoesNotContain(
            CandidateSourceKind.Content, results.Select(r => (CandidateSourceKind)r.Sources));
    }

    [Fact]
    public void Recommend_PadsWithThemLast_AndFindsThemByContent()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        engine.Train(Options());
        Model model = engine.RequireModel();
        int seen = model.Served.Data.Items.Counts.ToArray().Count(c => c > 0);
        var all = new RecommendedItem[Known + Cold];
        RecommendResult nobody = model.Recommend([], all);
        Assert.Equal(Known + Cold, nobody.Count);
        Assert.All(all.Take(seen), r => Assert.True(Count(model, r.Item) > 0));
        Assert.All(all.Skip(seen), r => Assert.Equal(0, Count(model, r.Item)));
        // A session of nothing but a cold item is one of a known item.
        var byContent = new RecommendOptions { Source = CandidateSourceKind.Content };
        RecommendResult of = model.Recommend([new SessionEvent(Known + 1)], all, byContent);
        Assert.Equal((Fallback.None, 0), (of.Fallback, of.UnknownItems));
        Assert.Contains(all.Take(20), r => Count(model, r.Item) == 0 && r.Item % 2 == 1);
    }

    [Fact]
    public void Recommend_ByWhatPeopleDid_NeverProposesThem()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        engine.Train(Options());
        Model model = engine.RequireModel();
        var all = new RecommendedItem[Known + Cold];
        foreach (CandidateSourceKind source in SourceNames.All.Where(
            s => s is not (CandidateSourceKind.Content or CandidateSourceKind.Fusion)
                && SourceCatalog.IsSingle(s)
                && model.Served.Recommender.Has(s)))
        {
            for (long item = 0; item < 12; item++)
            {
                var options = new RecommendOptions { Source = source };
                RecommendResult answer =
                    model.Recommend([new SessionEvent(model.ItemAt((int)item))], all, options);
                Assert.All(
                    all.Take(answer.Count - answer.Padded),
                    r => Assert.True(Count(model, r.Item) > 0, $"{source} proposes {r.Item}"));
            }
        }
    }

    private static int Count(Model model, long item)
    {
        Assert.True(model.TryGetRow(item, out int row));
        return model.Served.Data.Items.Counts[row];
    }

    [Fact]
    public void Refresh_AfterEventsOfAColdItem_CountsThem()
    {
        using Engine engine = Int64Shop(Catalogue(i => $"{i}"));
        engine.Train(Options());
        engine.Import(EventSource.Csv(_scratch.Write(
            "more.csv", $"session,item,time\n9000001,{Known},1800000000\n9000001,{Known + 1},1800000001\n")));
        RefreshReport report = engine.RefreshVersion();
        Assert.Equal(0, report.UnknownItemEvents);
        Assert.Equal(1, Count(engine.RequireModel(), Known));
    }
}
