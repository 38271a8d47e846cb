// Rules of a request, reasons and baskets, on a shop whose items have categories.

using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class RulesTests : IClassFixture<RulesTests.Shop>
{
    private readonly Shop _shop;

    public RulesTests(Shop shop) => _shop = shop;

    /// <summary>
    /// 200 items in ten categories (item mod 10), sessions of neighbours; a third order all they saw.
    /// </summary>
    public sealed class Shop : IDisposable
    {
        public const int Items = 200;

        private readonly StoreScratch _scratch = new();

        public Shop()
        {
            var random = new Random(5);
            var text = new System.Text.StringBuilder("session,item,ts,action,category\n");
            for (int s = 0; s < 1500; s++)
            {
                int at = random.Next(Items);
                for (int e = 0; e < 4; e++)
                {
                    string action = s % 3 == 0 ? "order" : "click";
                    string category = at < 190 ? $"c{at % 10}" : "";
                    text.Append(System.Globalization.CultureInfo.InvariantCulture,
                        $"{s},{at},{1_700_000_000 + s * 100 + e},{action},{category}\n");
                    at = (at + random.Next(1, 6)) % Items;
                }
            }
            Engine = _scratch.Open();
            Engine.Import(EventSource.Auto(_scratch.Write("log.csv", text.ToString())));
            Engine.Train(StoreScratch.Tiny(settings: [("dimensions", "16"), ("epochs", "4")]));
            Model = Engine.Model!;
        }

        public Engine Engine { get; }

        public Model Model { get; }

        public void Dispose()
        {
            Engine.Dispose();
            _scratch.Dispose();
        }
    }

    public static TheoryData<CandidateSourceKind> Kinds =>
        [CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.HybridDefault,
            CandidateSourceKind.Hybrid];

    private static SessionEvent[] Session => [new(20), new(23), new(27)];

    private RecommendedItem[] Ask(
        RecommendOptions options, RecommendRules rules, int k = 10, SessionEvent[]? session = null)
    {
        var results = new RecommendedItem[k];
        return results[.._shop.Model.Recommend(session ?? Session, results, options, rules).Count];
    }

    private static long[] Keys(RecommendedItem[] items) => [.. items.Select(i => i.Item)];

    private int Category(string name)
    {
        Assert.True(_shop.Model.TryGetCategory(name, out int category), name);
        return category;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Deny_LeavesItemsOut_AndStillFillsTheAnswer(CandidateSourceKind kind)
    {
        var options = new RecommendOptions { Source = kind };
        long[] before = Keys(Ask(options, default));
        long[] denied = [.. before[..5], -7, 5_000_000];
        long[] after = Keys(Ask(options, new RecommendRules { Deny = denied }));
        Assert.Equal(10, after.Length);
        Assert.Empty(after.Intersect(denied));
        // What was below moves up in its order; in a fusion, whose parts rank what is allowed, about so.
        if (kind == CandidateSourceKind.HybridDefault) Assert.Equal(before[5..].Order(), after[..5].Order());
        else Assert.Equal(before[5..], after[..5]);
        // Nothing is remembered: the next request has no rules.
        Assert.Equal(before, Keys(Ask(options, default)));
    }

    [Fact]
    public void Deny_HoldsForPaddingAndFallbacks()
    {
        long[] popular = Keys(Ask(default, default, session: []));
        long[] after = Keys(Ask(default, new RecommendRules { Deny = popular }, session: []));
        Assert.Equal(10, after.Length);
        Assert.Empty(after.Intersect(popular));
        long[] all = [.. Enumerable.Range(0, Shop.Items).Select(i => (long)i)];
        Assert.Empty(Ask(default, new RecommendRules { Deny = all }));
        Assert.Empty(Ask(default, new RecommendRules { Deny = all, Allow = all }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Allow_AnswersFromTheSetAlone_AllOfIt(CandidateSourceKind kind)
    {
        long[] allowed = [150, 24, 3, 24, 28, -9];
        RecommendedItem[] items =
            Ask(new RecommendOptions { Source = kind }, new RecommendRules { Allow = allowed });
        Assert.Equal([3, 24, 28, 150], Keys(items).Order());
        // What the session leads to comes before what is only popular.
        Assert.True(Array.IndexOf(Keys(items), 28) < Array.IndexOf(Keys(items), 150));
        Assert.Empty(Ask(new RecommendOptions { Source = kind }, new RecommendRules { Allow = [-9] }));
        RecommendedItem[] one = Ask(
            new RecommendOptions { Source = kind }, new RecommendRules { Allow = allowed, Deny = [24, 28] });
        Assert.Equal([3, 150], Keys(one).Order());
    }

    [Fact]
    public void Allow_WithoutPadding_HasOnlyWhatTheSourceProposes()
    {
        var options = new RecommendOptions { Source = CandidateSourceKind.Covisitation, NoPadding = true };
        Assert.Equal([28], Keys(Ask(options, new RecommendRules { Allow = [28, 150] })));
    }

    [Fact]
    public void Categories_AllowAndDeny()
    {
        int c3 = Category("c3"), c4 = Category("c4");
        long[] only = Keys(Ask(default, new RecommendRules { AllowCategories = [c3, c4] }));
        Assert.Equal(10, only.Length);
        Assert.All(only, i => Assert.True(i % 10 is 3 or 4 && i < 190));
        long[] without = Keys(Ask(default, new RecommendRules { DenyCategories = [c3, c4] }));
        Assert.All(without, i => Assert.False(i % 10 is 3 or 4 && i < 190));
        Assert.False(_shop.Model.TryGetCategory("nope", out _));
        Assert.Equal("c3", _shop.Model.CategoryOf(13));
        Assert.Null(_shop.Model.CategoryOf(195));
        Assert.Throws<ArgumentException>(
            () => Ask(default, new RecommendRules { DenyCategories = [10_000] }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MaxPerCategory_Caps_AndCountsNoItemWithoutOne(CandidateSourceKind kind)
    {
        foreach (int cap in (int[])[1, 2])
        {
            long[] items =
                Keys(Ask(new RecommendOptions { Source = kind, MaxPerCategory = cap }, default, k: 30));
            // Ten categories, and the ten items without one.
            Assert.True(items.Length >= 10 * cap, $"{items.Length} items");
            Assert.All(items.Where(i => i < 190).GroupBy(i => i % 10), g => Assert.True(g.Count() <= cap));
        }
        long[] again = Keys(Ask(new RecommendOptions { Source = kind, MaxPerCategory = 1 }, default));
        Assert.Equal(again, Keys(Ask(new RecommendOptions { Source = kind, MaxPerCategory = 1 }, default)));
    }

    [Fact]
    public void Diversity_IsMaximalMarginalRelevance()
    {
        Model model = _shop.Model;
        const float lambda = 0.6f;
        const int k = 8;
        var options = new RecommendOptions { Source = CandidateSourceKind.Item2Vec, NoPadding = true };
        RecommendedItem[] pool = Ask(options, default, k: 4 * k);
        RowMatrix vectors = model.Served.Data.Item2Vec!.Vectors.In;
        float Alike(long a, long b)
        {
            model.TryGetRow(a, out int x);
            model.TryGetRow(b, out int y);
            return Math.Max(0, VectorMath.Dot(vectors[x], vectors[y]));
        }
        // The textbook's loop, over the same pool.
        var chosen = new List<long>();
        float low = pool[^1].Score, range = pool[0].Score - low;
        while (chosen.Count < k)
        {
            chosen.Add(pool.Where(p => !chosen.Contains(p.Item)).MaxBy(p =>
                (1 - lambda) * ((p.Score - low) / range) - lambda * chosen.Select(c => Alike(c, p.Item))
                .DefaultIfEmpty(0).Max()).Item);
        }
        Assert.Equal(chosen, Keys(Ask(options with { Diversity = lambda }, default, k)));
        Assert.NotEqual(Keys(pool[..k]), chosen);
        Assert.Equal(Keys(pool[..k]), Keys(Ask(options with { Diversity = float.Epsilon }, default, k)));
    }

    [Fact]
    public void Diversity_ByCategory_SpreadsOverThem()
    {
        var options = new RecommendOptions { Diversity = 1, DiversityBy = DiversityMeasure.Category };
        long[] items = Keys(Ask(options, default));
        Assert.Equal(items.Length, items.Select(i => i < 190 ? i % 10 : i).Distinct().Count());
    }

    [Theory]
    [InlineData(-0.1f, 0, 0)]
    [InlineData(1.1f, 0, 0)]
    [InlineData(float.NaN, 0, 0)]
    [InlineData(0.5f, 7, 0)]
    [InlineData(0, 0, -1)]
    public void Options_OutOfRange_AreRefused(float diversity, int by, int cap)
    {
        var options = new RecommendOptions {
            Diversity = diversity, DiversityBy = (DiversityMeasure)by, MaxPerCategory = cap };
        Assert.Throws<ArgumentOutOfRangeException>(() => Ask(options, default));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Ask(new RecommendOptions { Diversity = .5f }, default, k: 1001));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Ask(new RecommendOptions { Seen = (SeenPolicy)9 }, default));
    }

    [Fact]
    public void CategoryRules_WithoutCategories_SayWhatToDo()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained();
        using Engine engine = scratch.Open();
        var results = new RecommendedItem[3];
        foreach (RecommendOptions options in (RecommendOptions[])[new() { MaxPerCategory = 1 },
            new() { Diversity = .5f, DiversityBy = DiversityMeasure.Category }])
        {
            EmbedEngineException e =
                Assert.Throws<EmbedEngineException>(() => engine.Recommend([new(1)], results, options));
            Assert.Equal(ErrorCode.Unknown, e.Code);
            Assert.Contains("--category", e.Message, StringComparison.Ordinal);
        }
        Assert.False(engine.Model!.TryGetCategory("c1", out _));
    }

    [Fact]
    public void Rules_OnceWarm_AllocateNothing()
    {
        long[] allow = [.. Enumerable.Range(0, 150).Select(i => (long)i)];
        long[] deny = [1, 2, 3, 24, 25];
        int[] categories = [Category("c1"), Category("c2")];
        SessionEvent[] session = Session;
        var results = new RecommendedItem[10];
        RecommendOptions[] options =
        [
            new() { MaxPerCategory = 2 }, new() { Diversity = .5f },
            new() { Seen = SeenPolicy.Demote, Diversity = .3f },
            new() { Diversity = .4f, DiversityBy = DiversityMeasure.Category, MaxPerCategory = 3 },
        ];
        void Run()
        {
            foreach (RecommendOptions o in options)
            {
                _shop.Model.Recommend(session, results, o, new RecommendRules { Allow = allow, Deny = deny });
                _shop.Model.Recommend(
                    session, results, o, new RecommendRules { DenyCategories = categories });
            }
        }
        var bytes = new List<long>();
        for (int round = 0; round < 200 && !bytes.Contains(0); round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Contains(0, bytes);
    }

    [Fact]
    public void Explain_NamesTheSessionItemThatBringsTheItemUp()
    {
        // 24 and 28 follow 23 and 27 and are far from 120.
        SessionEvent[] session = [new(23), new(120), new(-4), new(23)];
        var results = new RecommendedItem[10];
        RecommendResult answer = _shop.Model.Recommend(
            session, results, new RecommendOptions { Source = CandidateSourceKind.HybridDefault });
        var reasons = new RecommendReason[answer.Count];
        _shop.Model.Explain(session, results.AsSpan(0, answer.Count), reasons);
        for (int i = 0; i < answer.Count; i++)
        {
            if (reasons[i].Event < 0) continue;
            Assert.Equal(session[reasons[i].Event].Item, reasons[i].Because);
            Assert.NotEqual(0u, results[i].Sources & (1u << (int)reasons[i].Source));
            if (results[i].Item is > 23 and < 29)
                Assert.Equal((23L, 3), (reasons[i].Because, reasons[i].Event));
            if (results[i].Item is > 120 and < 126) Assert.Equal(120, reasons[i].Because);
        }
        Assert.Contains(reasons, r => r.Because == 23 && r.Event == 3);
        // What is only popular is there because of nothing.
        int padded = _shop.Model.Recommend([], results).Count;
        _shop.Model.Explain([], results.AsSpan(0, padded), reasons = new RecommendReason[padded]);
        Assert.All(reasons, r => Assert.Equal(-1, r.Event));
        Assert.All(reasons, r =>
            Assert.True(r.Source is CandidateSourceKind.Popularity or CandidateSourceKind.Trending));
        Assert.Throws<ArgumentException>(() => _shop.Model.Explain(session, results, new RecommendReason[1]));
    }

    [Fact]
    public void BoughtTogether_SaysByWhat_AndLeavesTheBasketOut()
    {
        var results = new RecommendedItem[10];
        int n = _shop.Model.BoughtTogether([20, 23, -5], results, out CandidateSourceKind source);
        Assert.Equal(CandidateSourceKind.BoughtTogether, source);
        Assert.InRange(n, 1, 10);
        Assert.All(results[..n], r => Assert.Equal(1u << (int)source, r.Sources));
        Assert.DoesNotContain(20, Keys(results[..n]));
        Assert.DoesNotContain(23, Keys(results[..n]));
        Assert.Equal(
            ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => _shop.Model.BoughtTogether([-5], results, out _)).Code);
        Assert.Throws<ArgumentException>(() => _shop.Model.BoughtTogether([], results, out _));
    }

    [Fact]
    public void BoughtTogether_Rules_AreKept()
    {
        var results = new RecommendedItem[10];
        int n = _shop.Model.BoughtTogether([20, 23], results, out CandidateSourceKind source);
        long[] free = Keys(results[..n]);
        Assert.InRange(n, 3, 10);
        n = _shop.Model.BoughtTogether(
            [20, 23], results, out CandidateSourceKind by, new RecommendRules { Allow = [free[2], free[1]] });
        Assert.Equal((source, 2), (by, n));
        Assert.Equal(free[1..3], Keys(results[..n]));
        n = _shop.Model.BoughtTogether(
            [20, 23], results, out by, new RecommendRules { Deny = free.AsSpan(0, 1) });
        Assert.Equal((source, free[1], free[2]), (by, results[0].Item, results[1].Item));
        var none = new ulong[AllowedRows.WordsOf(Shop.Items)];
        Assert.Equal(0, _shop.Model.BoughtTogether(
            [20, 23], results, out _, new RecommendRules { Rows = none }));
    }

    [Fact]
    public void BoughtTogether_WithoutOrders_IsCovisitation()
    {
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        engine.Import(EventSource.SessionsJsonl(
            scratch.Write("a.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{{\"session_id\":{i},\"items\":[{i % 5},{i % 5 + 10}]}}\n")))));
        engine.Train(StoreScratch.Tiny());
        var results = new RecommendedItem[5];
        int n = engine.Model!.BoughtTogether([3], results, out CandidateSourceKind source);
        Assert.Equal((CandidateSourceKind.Covisitation, 1, 13L), (source, n, results[0].Item));
    }

    [Fact]
    public void CatalogueOfOneItem_AnswersWithItOrNothing()
    {
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        engine.Import(
            EventSource.SessionsJsonl(scratch.Write(
                "a.jsonl", "{\"session_id\":1,\"items\":[7,7,7]}\n{\"session_id\":2,\"items\":[7,7]}\n")));
        engine.Train(StoreScratch.Tiny());
        var results = new RecommendedItem[5];
        Assert.Equal(1, engine.Recommend([new(7)], results).Count);
        Assert.Equal(
            0, engine.Recommend([new(7)], results, new RecommendOptions { Seen = SeenPolicy.Drop }).Count);
        Assert.Equal(
            0, engine.Recommend([new(7)], results, default, new RecommendRules { Deny = [7] }).Count);
        Assert.Equal(
            1, engine.Recommend([new(7)], results, default, new RecommendRules { Allow = [7] }).Count);
        EvaluationReport report = engine.Evaluate(new EvaluateOptions
        {
            Test = EventSource.SessionsJsonl(
                scratch.Write("t.jsonl", "{\"session_id\":9,\"items\":[7,7,7,7]}\n")),
        });
        Assert.Equal(1, report.Sources["hybrid"].Recall.Value);
    }
}
