// Sessions of which nothing is known but what the catalogue says of their items: by category, by brand, by
// what the request names, by popularity; and the answer says by which.

namespace EmbedEngine.Tests.Recommendation;

public sealed class FallbackTests : IDisposable
{
    private const int Known = 60;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    // Items 0 … 59 have events; 100 … 109 are in the catalogue alone, and not in the version (content=0).
    private Engine Shop(params (string, string)[] settings)
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 3000, Known)));
        Set(engine, [.. Enumerable.Range(0, Known).Select(i => ((long)i, $"kind {i % 3}", $"brand {i % 5}",
            (string?)$"shape {i % 7}"))]);
        engine.Train(StoreScratch.Tiny(settings: [("content", "0"), ("ranker", "0"), .. settings]));
        Set(engine, (100, "kind 1", "brand 2", null), (101, "nothing else", "brand 2", "shape 3"),
            (102, null, "no brand", "shape 3"), (103, null, null, null));
        return engine;
    }

    private static void Set(
        Engine engine, params (long Item, string? Category, string? Brand, string? Shape)[] items) =>
        engine.SetAttributes(new ItemColumns
        {
            Items = Array.ConvertAll(items, i => i.Item),
            Columns =
            [
                ItemColumn.OfTexts("category", [.. items.Select(i => i.Category)]),
                ItemColumn.OfTexts("brand", [.. items.Select(i => i.Brand)]),
                ItemColumn.OfTags("shapes", [.. items.Select(i => i.Shape is { } s ? new[] { s } : null)]),
                ItemColumn.OfNumbers("price", items.Select(i => (double)i.Item).ToArray()),
            ],
        });

    private static (long[] Items, RecommendResult Answer) Ask(
        Engine engine, long item, int k = 10, RecommendRules rules = default,
        RecommendOptions options = default)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = engine.Model!.Recommend([new SessionEvent(item)], results, options, rules);
        for (int i = 1; i < answer.Count; i++) Assert.True(results[i - 1].Score >= results[i].Score);
        Assert.All(results.Take(answer.Count), r => Assert.NotEqual(0u, r.Sources));
        return ([.. results.Take(answer.Count).Select(r => r.Item)], answer);
    }

    // The oracle: every item by popularity, ties by row, of those that a condition lets through.
    private static long[] Popular(Engine engine, Func<long, bool> isOf)
    {
        float[] scores = engine.Model!.Served.Data.Popularity.Scores.ToArray();
        return [.. Enumerable.Range(0, scores.Length).OrderByDescending(r => scores[r]).ThenBy(r => r)
            .Select(engine.Model.ItemAt).Where(isOf)];
    }

    [Fact]
    public void UnknownItem_IsAnsweredByEachStepInItsOrder()
    {
        using Engine engine = Shop();
        (long[] items, RecommendResult answer) = Ask(engine, 100);
        Assert.True(engine.Model!.ItemCount > 40, $"{engine.Model.ItemCount} items had events");
        Assert.Equal((Fallback.Category, 1, 0), (answer.Fallback, answer.UnknownItems, answer.Padded));
        Assert.Equal(Popular(engine, i => i % 3 == 1).Take(10), items);
        // More than the category has: then the brand, then what is popular.
        (items, answer) = Ask(engine, 100, 40);
        long[] category = Popular(engine, i => i % 3 == 1);
        long[] brand = Popular(engine, i => i % 5 == 2 && i % 3 != 1);
        Assert.Equal([.. category, .. brand], items[..(category.Length + brand.Length)]);
        Assert.Equal(40 - category.Length - brand.Length, answer.Padded);
        Assert.Equal(Fallback.Category, answer.Fallback);

        (items, answer) = Ask(engine, 101, 5);
        Assert.Equal(Fallback.Brand, answer.Fallback);
        Assert.Equal(Popular(engine, i => i % 5 == 2).Take(5), items);

        string[] named = ["brand", "shapes", "category"];
        var rules = new RecommendRules { FallbackBy = named };
        (items, answer) = Ask(engine, 102, rules: rules);
        Assert.Equal(Fallback.Attribute + 1, answer.Fallback);
        Assert.Equal("shapes", JsonReports.NameOf(answer.Fallback, named));
        Assert.Equal(Popular(engine, i => i % 7 == 3).Take(4), items[..4]);

        Assert.Equal(Fallback.UnknownItems, Ask(engine, 102).Answer.Fallback);
        Assert.Equal(Fallback.UnknownItems, Ask(engine, 103).Answer.Fallback);
        Assert.Equal(Fallback.UnknownItems, Ask(engine, 999).Answer.Fallback);
        Assert.Equal(Ask(engine, 999).Items, Ask(engine, 103).Items);
    }

    [Fact]
    public void Rules_HoldInEveryStep()
    {
        using Engine engine = Shop();
        var filter = ItemFilter.Parse("price < 30");
        var rules = new RecommendRules { Filter = filter, Deny = [1, 4, 2] };
        long[] items = Ask(engine, 100, 20, rules).Items;
        long[] category = Popular(engine, i => i % 3 == 1 && i < 30 && i is not (1 or 4 or 2));
        long[] brand = Popular(engine, i => i % 5 == 2 && i % 3 != 1 && i < 30 && i is not (1 or 4 or 2));
        Assert.Equal([.. category, .. brand], items[..(category.Length + brand.Length)]);
        Assert.All(items, i => Assert.True(i < 30 && i is not (1 or 4 or 2)));
        AttributeCap[] caps = [new("brand", 1)];
        (items, RecommendResult answer) = Ask(engine, 100, 4, new RecommendRules { Caps = caps });
        Assert.Equal(Fallback.Category, answer.Fallback);
        Assert.Equal(4, items.Select(i => i % 5).Distinct().Count());
        Assert.All(items, i => Assert.Equal(1, i % 3));
        // Nothing of the category is allowed: the brand answers.
        var none = new RecommendRules { Filter = ItemFilter.Parse("category != 'kind 1'") };
        Assert.Equal(Fallback.Brand, Ask(engine, 100, rules: none).Answer.Fallback);
        Assert.Empty(Ask(engine, 100, options: new RecommendOptions { NoPadding = true }).Items);
        // A source that is asked by name is asked alone.
        Assert.Equal(Fallback.UnknownItems, Ask(
            engine, 100, options: new RecommendOptions { Source = CandidateSourceKind.Covisitation })
            .Answer.Fallback);
    }

    [Fact]
    public void ColdItemOfTheVersion_FallsBack_WhereNoSourceKnowsIt()
    {
        using Engine engine = Shop();
        // The next version has them as items, with content's vectors; a bare number has none.
        Set(engine, (110, "kind 2", null, null));
        engine.Train(StoreScratch.Tiny(settings: ("ranker", "0")));
        Assert.True(engine.Model!.TryGetRow(110, out _));
        Assert.Equal((Fallback.Category, 0), Ask(
            engine, 110, options: new RecommendOptions { Source = CandidateSourceKind.HybridDefault })
            .Answer is var a ? (a.Fallback, a.UnknownItems) : default);
        var (items, _) = Ask(engine, 110, 10, default, new RecommendOptions {
            Source = CandidateSourceKind.HybridDefault });
        Assert.Equal(Popular(engine, i => i % 3 == 2 && i < 60).Take(10), items);
        // A known item beside it is what the answer goes by.
        var results = new RecommendedItem[10];
        Assert.Equal(Fallback.None, engine.Model.Recommend(
            [new SessionEvent(110), new SessionEvent(3)], results).Fallback);
    }

    [Fact]
    public void Changes_AreSeenByTheNextRequest_WithoutTraining()
    {
        using Engine engine = Shop();
        Assert.Equal(Fallback.Category, Ask(engine, 100).Answer.Fallback);
        long[] before = Popular(engine, i => i % 3 == 1);
        long moved = before[2], came = Popular(engine, i => i % 3 == 0)[0];
        Set(engine, (moved, "kind 9", null, null), (came, "kind 1", null, null), (100, "kind 1", null, null));
        long[] now = Popular(engine, i => (i % 3 == 1 && i != moved) || i == came);
        Assert.Equal(now, Ask(engine, 100, now.Length).Items);
        Set(engine, (999, "kind 9", null, null));
        (long[] items, RecommendResult answer) = Ask(engine, 999, 1);
        Assert.Equal((Fallback.Category, moved), (answer.Fallback, items[0]));
        // A catalogue of another base file.
        engine.ImportCatalog(_scratch.Write("more.csv", "item,category\n" + string.Concat(
            Enumerable.Range(0, Known).Select(i => $"{i},kind {(i + 1) % 3}\n"))));
        Assert.Equal(Popular(engine, i => i % 3 == 0).Take(10), Ask(engine, 100).Items);
    }

    [Fact]
    public void SeveralItems_TheNewestFirst_AndWhatWasRemovedNot()
    {
        using Engine engine = Shop();
        Set(engine, (104, "kind 0", null, null));
        var results = new RecommendedItem[10];
        RecommendResult answer = engine.Model!.Recommend(
            [new SessionEvent(100), new SessionEvent(104)], results);
        Assert.Equal(Fallback.Category, answer.Fallback);
        Assert.Equal(Popular(engine, i => i % 3 == 0).Take(10), results.Select(r => r.Item));
        int remove = engine.Model.ActionCode("remove");
        engine.Model.Recommend([new SessionEvent(100), new SessionEvent(104, 0, remove)], results);
        Assert.Equal(Popular(engine, i => i % 3 == 1).Take(10), results.Select(r => r.Item));
    }

    [Fact]
    public void WrongNames_AreErrorsThatNameThem()
    {
        using Engine engine = Shop();
        string Error(params string[] by) => Assert.ThrowsAny<Exception>(
            () => Ask(engine, 3, rules: new RecommendRules { FallbackBy = by })).Message;
        Assert.StartsWith("fallback: there is no attribute 'brnd'; did you mean 'brand'?", Error("brnd"));
        Assert.Equal("fallback: 'price' is a number; a fallback goes by texts and tags", Error("price"));
        Assert.Equal("fallback: attribute 'brand' is named twice", Error("brand", "brand"));
        Assert.Equal("a fallback names no attribute", Error(""));
        Assert.Contains("16 are the most", Error([.. Enumerable.Range(0, 17).Select(i => $"a{i}")]));
    }

    [Fact]
    public void Fallbacks_OnceWarm_AllocateNothing()
    {
        using Engine engine = Shop();
        Model model = engine.Model!;
        var results = new RecommendedItem[30];
        string[] by = ["shapes", "brand"];
        Allocation.AssertNone(() =>
        {
            foreach (long item in (ReadOnlySpan<long>)[100, 101, 102, 103, 999])
            {
                ReadOnlySpan<SessionEvent> session = [new(item), new(101)];
                model.Recommend(session, results);
                model.Recommend(session, results, default, new RecommendRules { FallbackBy = by });
            }
        });
    }
}
