// Items that come into the catalogue after the training are answers at once, by what is like them. The oracle
// is the definition: project the texts, take all cosines, sort.

using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Recommendation.Live;

public sealed class CatalogueItemTests : IDisposable
{
    private const int Known = 60, New = 30;

    private static readonly RecommendOptions s_content = new() { Source = CandidateSourceKind.Content };

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string TitleOf(int item) =>
        item % 2 == 0 ? $"red shoes no. {item % 40}" : $"coffee mug no. {item % 40}";

    private static string Catalogue(int from, int to, string prefix = "") => "item,title,category,price\n"
        + string.Concat(Enumerable.Range(from, to - from).Select(
            i => $"{prefix}{i},{TitleOf(i)},{(i % 2 == 0 ? "shoes" : "mugs")},{i}\n"));

    /// <summary>A shop of known items, trained; nothing is known of others.</summary>
    private Engine Shop(string prefix = "")
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("log.csv", "session,item,time,action\n" + string.Concat(
            Enumerable.Range(0, 400).Select(s => string.Concat(Enumerable.Range(0, 4).Select(e =>
                $"{s},{prefix}{(s * 7 + e * 2) % Known},{1_700_000_000 + s * 100 + e},view\n")))))));
        engine.ImportCatalog(_scratch.Write("items.csv", Catalogue(0, Known, prefix)));
        engine.Train(StoreScratch.Tiny(settings: [("user_vector", "mean")]));
        return engine;
    }

    private void Add(Engine engine, int from = Known, int to = Known + New, string prefix = "") =>
        engine.ImportCatalog(_scratch.Write("new.csv", Catalogue(from, to, prefix)));

    private static RecommendedItem[] Ask(
        Engine engine, SessionEvent[] session, RecommendOptions options = default,
        RecommendRules rules = default, int k = 20)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = engine.Recommend(session, results, options, rules);
        for (int i = 1; i < answer.Count; i++) Assert.True(results[i].Score <= results[i - 1].Score);
        RecommendedItem[] items = results[..answer.Count];
        Assert.Equal(items.Length, items.Select(r => r.Item).Distinct().Count());
        return items;
    }

    private static ColdVectors Cold(Engine engine) => engine.Model!.Served.Cold!.Current!;

    /// <summary>The vector of any item of the shop: its texts, projected one by one.</summary>
    private static float[] VectorOf(Engine engine, int item)
    {
        var projection = engine.Model!.Served.Data.Find<ContentProjection>(ContentProjection.FileName)!;
        var vector = new float[projection.Dims];
        Assert.True(projection.Project(
            [
                new ContentText("title", Utf8(TitleOf(item)), IsTag: false),
                new ContentText("category", Utf8(item % 2 == 0 ? "shoes" : "mugs"), IsTag: false),
            ], vector));
        return vector;
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Items by the cosine of their texts to a query, best first, of those allowed.</summary>
    private static (long Item, float Score)[] Nearest(
        Engine engine, float[] query, int items, Func<long, bool> allowed)
    {
        VectorMath.Normalize(query);
        return [.. Enumerable.Range(0, items)
            .Select(i => (Item: (long)i, Score: VectorMath.Dot(query, VectorOf(engine, i))))
            .Where(x => allowed(x.Item)).OrderByDescending(x => x.Score).ThenBy(x => x.Item)];
    }

    private static void AssertSame((long Item, float Score)[] expected, RecommendedItem[] found)
    {
        Assert.True(found.Length == expected.Length || found.Length == 20);
        for (int i = 0; i < found.Length; i++)
        {
            // Equal titles have equal scores, in any order.
            Assert.Equal(expected[i].Score, found[i].Score, 1e-5f);
            float own = expected.First(x => x.Item == found[i].Item).Score;
            Assert.Equal(own, found[i].Score, 1e-5f);
        }
    }

    [Fact]
    public void LiveVector_IsTheTrainedOne()
    {
        using Engine engine = Shop();
        Add(engine);
        ColdVectors cold = Cold(engine);
        Assert.Equal(New, cold.Count);
        VersionData data = engine.Model!.Served.Data;
        // Items 40 apart have the same texts: one was trained, the other came later.
        for (long item = Known; item < Known + New; item++)
        {
            Assert.True(data.Items.TryGetRow(item - 40, out int row));
            Assert.True(cold.Items.TryGetRow(item, out int number));
            for (int d = 0; d < cold.Vectors.Dims; d++)
                Assert.Equal(data.Content!.Vectors.In[row][d], cold[number][d], 1e-5f);
            Assert.Equal(data.Categories!.CategoryOf(row), cold.CategoryOf(number));
            Assert.Equal(item % 2 == 0 ? "shoes" : "mugs", engine.Model!.CategoryOf(item));
        }
    }

    [Fact]
    public void Similar_Search_AndContent_GiveWhatAllCosinesGive()
    {
        using Engine engine = Shop();
        Add(engine);
        var results = new RecommendedItem[Known + New];
        int all = Known + New;
        foreach (int item in (int[])[3, 8, Known, Known + 1, all - 1])
        {
            int n = engine.Similar(item, results, VersionData.ContentSpace);
            AssertSame(Nearest(engine, VectorOf(engine, item), all, i => i != item), results[..n]);
            n = engine.Model!.Search(VectorOf(engine, item), results, VersionData.ContentSpace);
            AssertSame(Nearest(engine, VectorOf(engine, item), all, _ => true), results[..n]);
            AssertSame(
                Nearest(engine, VectorOf(engine, item), all, _ => true),
                Ask(engine, [new(item)], s_content, k: all));
            n = engine.Similar(
                item, results, VersionData.ContentSpace,
                new RecommendRules { Filter = ItemFilter.Parse("price >= 55") });
            AssertSame(
                Nearest(engine, VectorOf(engine, item), all, i => i >= 55 && i != item), results[..n]);
        }
        Assert.Equal(10, engine.Similar(Known, results.AsSpan(0, 10)));
        Assert.Equal(1u << (int)CandidateSourceKind.Content, results[0].Sources);
        Assert.Throws<EmbedEngineException>(() => engine.Similar(Known, results, VersionData.Item2VecSpace));
        Assert.Throws<EmbedEngineException>(() => engine.Similar(all, results));
        // The mean of the last five, 0.8 a step, of items with rows and without.
        int[] session = [4, Known + 2, 9];
        float[] query = new float[VectorOf(engine, 0).Length];
        for (int s = 0; s < 3; s++)
            VectorMath.AddScaled(query, VectorOf(engine, session[s]), MathF.Pow(0.8f, 2 - s));
        AssertSame(
            Nearest(engine, query, all, _ => true),
            Ask(engine, [.. session.Select(i => new SessionEvent(i))], s_content));
    }

    [Fact]
    public void Rules_HoldOfThem()
    {
        using Engine engine = Shop();
        Add(engine);
        SessionEvent[] session = [new(Known)];
        int all = Known + New;
        long[] Items(RecommendRules rules, RecommendOptions options = default) =>
            [.. Ask(engine, session, options with { Source = CandidateSourceKind.Content }, rules, all)
                .Select(r => r.Item)];

        Assert.Equal(all, Items(default).Length);
        Assert.Equal([Known + 3, 2L], Items(new RecommendRules { Allow = [2, Known + 3] }).OrderDescending());
        Assert.DoesNotContain(Known + 2L, Items(new RecommendRules { Deny = [Known + 2, 4] }));
        Assert.Equal(all - 2, Items(new RecommendRules { Deny = [Known + 2, 4] }).Length);
        Assert.Equal(all, Items(default).Length);
        Assert.True(engine.Model!.TryGetCategory("mugs", out int mugs));
        Assert.All(Items(new RecommendRules { AllowCategories = [mugs] }), i => Assert.Equal(1, i % 2));
        Assert.Equal(all / 2, Items(new RecommendRules { AllowCategories = [mugs] }).Length);
        Assert.All(Items(new RecommendRules { DenyCategories = [mugs] }), i => Assert.Equal(0, i % 2));
        Assert.Equal(
            Enumerable.Range(Known, 20).Select(i => (long)i),
            Items(new RecommendRules { Filter = ItemFilter.Parse("price between 60 and 79") }).Order());
        Assert.DoesNotContain(Known + 0L, Items(default, new RecommendOptions { Seen = SeenPolicy.Drop }));
        Assert.Equal(Known + 5, Items(new RecommendRules { Pins = [new(Known + 5, 1)] })[0]);
        Assert.Equal(2, Items(default, new RecommendOptions { MaxPerCategory = 1 }).Length);
        Assert.Equal(2, Items(new RecommendRules { Caps = [new AttributeCap("category", 1)] }).Length);
        long[] boosted = Items(new RecommendRules { Boosts = [ItemBoost.Parse("price >= 85 * 1000")] });
        Assert.All(boosted[..5], i => Assert.True(i >= 85));
        long[] buried = Items(new RecommendRules { Bury = ItemFilter.Parse("price >= 60") });
        Assert.All(buried[..Known], i => Assert.True(i < Known));
        Assert.All(buried[Known..], i => Assert.True(i >= Known));
        long[] weighed = Items(new RecommendRules { WeightBy = new AttributeWeight("price", 1) });
        Assert.Equal(Enumerable.Range(0, all).Reverse().Select(i => (long)i), weighed);
    }

    [Fact]
    public void Changes_AreSeenAtOnce_AndByOthersAfterRefresh()
    {
        using Engine engine = Shop("k");
        Model model = engine.Model!;
        Assert.False(model.TryGetItem("k70", out _));
        using Engine other = _scratch.Open();
        Assert.False(other.Model!.TryGetItem("k70", out _));
        Add(engine, prefix: "k");
        Assert.True(model.TryGetItem("k70", out long item));
        Assert.Equal("k70", model.KeyString(item));
        Assert.Contains(Ask(engine, [new(item)], s_content), r => model.KeyString(r.Item) == "k30");
        Assert.False(other.Model!.TryGetItem("k70", out _));
        other.Refresh();
        Assert.True(other.Model!.TryGetItem("k70", out long theirs));
        // A text that changes moves the item; a number that changes does not; no text at all takes it away.
        float[] before = Cold(engine)[RowOf(engine, "k70")].ToArray();
        Set(engine, "k70", ItemColumn.OfNumbers("price", new double[] { 1 }));
        Assert.Equal(before, Cold(engine)[RowOf(engine, "k70")].ToArray());
        Set(engine, "k70", ItemColumn.OfTexts("title", ["coffee mug no. 1"]));
        Assert.NotEqual(before, Cold(engine)[RowOf(engine, "k70")].ToArray());
        Assert.Equal(New, Cold(engine).Count);
        Set(engine, "k70", ItemColumn.OfTexts("title", [null!]), ItemColumn.OfTexts("category", [null!]));
        Assert.False(model.TryGetItem("k70", out _));
        Assert.Equal(New - 1, Cold(engine).Count);
        Set(engine, "k70", ItemColumn.OfTexts("title", ["red shoes no. 30"]));
        Assert.True(model.TryGetItem("k70", out long again));
        Assert.NotEqual(item, again);
        other.Refresh();
        Assert.Equal(New, Cold(other).Count);
        Assert.Equal(theirs, other.Model!.TryGetItem("k70", out long kept) ? kept : -1);
        engine.ForgetItem("k70");
        Assert.False(model.TryGetItem("k70", out _));
        Assert.Equal(New - 1, Cold(engine).Count);
        other.Refresh();
        Assert.Equal(New - 1, Cold(other).Count);
        using Engine third = _scratch.Open();
        Assert.Equal(New - 1, Cold(third).Count);
    }

    private static int RowOf(Engine engine, string key)
    {
        Assert.True(Cold(engine).Items.TryFind(System.Text.Encoding.UTF8.GetBytes(key), out int row));
        return row;
    }

    private static void Set(Engine engine, string key, params ItemColumn[] columns) =>
        engine.SetAttributes(new ItemColumns { ItemTexts = [key], Columns = columns });

    [Fact]
    public void Fusions_HaveThem_AndSessionsOfThemHaveNeighbours()
    {
        using Engine engine = Shop();
        SessionEvent[] session = [new(4), new(8)];
        RecommendedItem[] before = Ask(engine, session);
        Add(engine);
        RecommendedItem[] after = Ask(engine, session);
        int first = Array.FindIndex(after, r => r.Item >= Known);
        Assert.InRange(first, 0, ColdPlaces.EveryPlaces - 1);
        Assert.Equal(0, after[first].Item % 2);
        Assert.NotEqual(0u, after[first].Sources & (1u << (int)CandidateSourceKind.Content));
        Assert.Equal(before[..first].Select(r => r.Item), after[..first].Select(r => r.Item));
        // Nobody did anything with it: what those did who looked at the item most like it.
        foreach (CandidateSourceKind source in (CandidateSourceKind[])[
            CandidateSourceKind.SessionKnn, CandidateSourceKind.Covisitation, CandidateSourceKind.Hybrid])
        {
            var results = new RecommendedItem[10];
            RecommendResult answer = engine.Recommend(
                [new(Known + 5)], results, new RecommendOptions { Source = source, Seen = SeenPolicy.Drop });
            Assert.Equal(Fallback.None, answer.Fallback);
            long like = Ask(engine, [new(Known + 5)], s_content).First(r => r.Item < Known).Item;
            RecommendedItem[] ofLike =
                Ask(engine, [new(like)], new RecommendOptions { Source = source }, k: 10);
            Assert.Contains(results.Take(answer.Count), r => ofLike.Any(l => l.Item == r.Item));
            Assert.DoesNotContain(results.Take(answer.Count), r => r.Item == Known + 5);
        }
        var reasons = new RecommendReason[20];
        engine.Model!.Explain(session, after, reasons);
        Assert.Equal(CandidateSourceKind.Content, reasons[first].Source);
        Assert.Contains(reasons[first].Because, (long[])[4, 8]);
        RecommendedItem[] alike = Ask(engine, [new(Known + 1)], s_content);
        engine.Model!.Explain([new SessionEvent(Known + 1)], alike, reasons);
        Assert.All(alike.Zip(reasons), x => Assert.Equal(
            new RecommendReason(Known + 1, 0, CandidateSourceKind.Content), x.Second));
    }

    [Fact]
    public void AnItemThatIsObserved_LeansOnBoth()
    {
        using Engine engine = Shop();
        Add(engine);
        for (int v = 0; v < 3; v++)
        {
            engine.Observe($"v{v}", "4", "view", 1_800_000_000_000 + (v * 1000));
            engine.Observe($"v{v}", $"{Known + 1}", "view", 1_800_000_000_100 + (v * 1000));
            engine.Observe($"v{v}", "14", "view", 1_800_000_000_200 + (v * 1000));
        }
        RecommendedItem[] answer = Ask(engine, [new(4)]);
        RecommendedItem observed = Assert.Single(answer, r => r.Item == Known + 1);
        Assert.InRange(Array.IndexOf(answer, observed), 0, LiveRetrieval.EveryPlaces - 1);
        // It is a mug, and was seen with shoes: of a session of mugs it is what the texts say.
        uint both = (1u << (int)CandidateSourceKind.Content) | (1u << (int)CandidateSourceKind.Covisitation);
        RecommendedItem[] mixed = Ask(engine, [new(21), new(4)], k: 40);
        Assert.Equal(both, Assert.Single(mixed, r => r.Item == Known + 1).Sources & both);
        RecommendedItem[] ofIt = Ask(engine, [new(Known + 1)], k: 40);
        Assert.Contains(ofIt, r => r.Item == 4);
        Assert.Contains(ofIt, r => r.Item == 21);
        engine.ForgetItem($"{Known + 1}");
        Assert.DoesNotContain(Ask(engine, [new(4)], k: 40), r => r.Item == Known + 1);
    }

    [Fact]
    public void Requests_AllocateNothing_WithAndWithoutThem()
    {
        using Engine engine = Shop();
        var results = new RecommendedItem[20];
        ItemFilter filter = ItemFilter.Parse("price >= 10");
        SessionEvent[] known = [new(4), new(8)], cold = [new(Known + 3)];
        for (int round = 0; round < 2; round++)
        {
            Allocation.AssertNone(() => engine.Recommend(known, results));
            Allocation.AssertNone(() => engine.Recommend(cold, results, s_content));
            Allocation.AssertNone(() => engine.Recommend(
                cold, results, default, new RecommendRules { Filter = filter, Deny = [Known + 4] }));
            Allocation.AssertNone(() => engine.Similar(
                4, results, VersionData.ContentSpace, new RecommendRules { Filter = filter }));
            Add(engine);
        }
    }

    [Fact]
    public void ABundle_HasThem()
    {
        using Engine engine = Shop("k");
        Add(engine, prefix: "k");
        string path = Path.Combine(_scratch.Root, "shop.eeb");
        engine.Model!.WriteBundle(path);
        using Model bundle = Model.OpenBundle(path);
        Assert.True(bundle.TryGetItem("k70", out long item));
        var results = new RecommendedItem[10];
        Assert.Equal(10, bundle.Similar(item, results));
        Assert.Equal("k30", bundle.KeyString(results[0].Item));
        RecommendResult answer = bundle.Recommend(
            [new SessionEvent(item)], results, default,
            new RecommendRules { Filter = ItemFilter.Parse("price > 60") });
        Assert.Equal(10, answer.Count);
        Assert.Equal(Fallback.None, answer.Fallback);
    }
}
