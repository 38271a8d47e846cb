// Requests that rules narrow: as full as the allowed rows let them be, and in the order that asking for
// everything and reading on would give.

using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class NarrowedRequestTests(TrainedShop shop)
{
    private Model Model => shop.Model;

    private Recommender Recommender => Model.Served.Recommender;

    private int RowCount => Recommender.Data.RowCount;

    public static TheoryData<CandidateSourceKind> Kinds =>
    [
        CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.SessionKnn,
        CandidateSourceKind.Category, CandidateSourceKind.Self, CandidateSourceKind.Svd,
        CandidateSourceKind.Popularity, CandidateSourceKind.Trending, CandidateSourceKind.HybridDefault,
        CandidateSourceKind.Hybrid,
    ];

    private long[] Ask(
        SessionEvent[] session, RecommendOptions options, in RecommendRules rules, int k, out int padded)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = Model.Recommend(session, results, options, rules);
        padded = answer.Padded;
        Assert.All(results.Take(answer.Count), r => Assert.NotEqual(0u, r.Sources));
        return [.. results.Take(answer.Count).Select(r => r.Item)];
    }

    private static ulong[] BitmapOf(IEnumerable<int> rows, int rowCount)
    {
        var bits = new ulong[AllowedRows.WordsOf(rowCount)];
        foreach (int row in rows) bits[row / 64] |= 1UL << (row % 64);
        return bits;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Recommend_AnyBitmap_IsTheListReadOn_ThenPadding(CandidateSourceKind kind)
    {
        RequestScratch scratch = Recommender.NewScratch();
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            ulong[] rows = AllowedRowsTests.RandomRules.Bitmap(random, RowCount);
            int k = 1 + random.Next(40);
            SessionEvent[] events = TrainedShop.Session(seed, 1 + (seed % 7));
            HashSet<int> seen =
                [.. Recommender.Translate(events, scratch, out _).Rows.ToArray()];
            foreach (SeenPolicy policy in Enum.GetValues<SeenPolicy>())
            {
                var rules = new RecommendRules { Rows = rows };
                var options = new RecommendOptions { Source = kind, Seen = policy };
                long[] own = Ask(events, options with { NoPadding = true }, rules, k, out _);
                long[] all = Ask(events, options, rules, k, out int padded);
                int open = policy == SeenPolicy.Keep ? Allowed(rows).Count()
                    : Allowed(rows).Count(r => !seen.Contains(r));
                Assert.True(all.Length >= Math.Min(k, open), $"{all.Length} of {open}");
                // A fusion that has nothing falls back: FallbackTests.
                if (own.Length == 0 && !SourceCatalog.IsSingle(kind)) continue;
                Assert.Equal(own.Length, all.Length - padded);
                Assert.Equal(own, all[..own.Length]);
                if (SourceCatalog.IsSingle(kind))
                    Assert.Equal(OwnOf(kind, events, policy, seen, rows, k, scratch), own);
                Assert.Equal(PaddingOf(own, policy, seen, rows, k - own.Length), all[own.Length..]);
            }
        }
    }

    private IEnumerable<int> Allowed(ulong[] rows) =>
        Enumerable.Range(0, RowCount).Where(r => (rows[r / 64] >> (r % 64) & 1) != 0);

    private long[] OwnOf(
        CandidateSourceKind kind, SessionEvent[] events, SeenPolicy policy, HashSet<int> seen, ulong[] rows,
        int k, RequestScratch scratch)
    {
        Recommender.Rank(Recommender.Translate(events, scratch, out _), kind, RowCount, scratch);
        int[] list = [.. scratch.Answer.Rows.ToArray().Where(Allowed(rows).ToHashSet().Contains)];
        IEnumerable<int> open = policy == SeenPolicy.Keep ? list : list.Where(r => !seen.Contains(r));
        if (policy == SeenPolicy.Demote) open = open.Concat(list.Where(seen.Contains));
        return [.. open.Take(k).Select(Model.ItemAt)];
    }

    private IEnumerable<long> PaddingOf(
        long[] own, SeenPolicy policy, HashSet<int> seen, ulong[] rows, int count)
    {
        EmbedEngine.Statistics.PopularityTable popularity = Recommender.Data.Popularity;
        HashSet<int> open = [.. Allowed(rows)];
        if (policy != SeenPolicy.Keep) open.ExceptWith(seen);
        float[] scores = popularity.Scores.ToArray();
        IEnumerable<int> order = popularity.Trending.ToArray().Concat(popularity.Ranked.ToArray()).Concat(
            Enumerable.Range(0, RowCount).OrderByDescending(r => scores[r]).ThenBy(r => r));
        return order.Where(open.Contains).Distinct().Select(Model.ItemAt).Except(own).Take(count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Recommend_TwentyRareItems_TenOfThem(CandidateSourceKind kind)
    {
        int[] rare = [.. Enumerable.Range(RowCount - 20, 20)];
        ulong[] rows = BitmapOf(rare, RowCount);
        long[] items = [.. rare.Select(Model.ItemAt)];
        for (int seed = 0; seed < 10; seed++)
        {
            SessionEvent[] session = TrainedShop.Session(seed, 3);
            var options = new RecommendOptions { Source = kind };
            long[] byBitmap = Ask(session, options, new RecommendRules { Rows = rows }, 10, out int padded);
            long[] byItems = Ask(session, options, new RecommendRules { Allow = items }, 10, out _);
            Assert.Equal(10, byBitmap.Length);
            Assert.Equal(byBitmap, byItems);
            Assert.Equal(10, byBitmap.Intersect(items).Count());
            // What scores any item by a vector, or by its own popularity, needs no padding.
            bool scoresAll = kind is CandidateSourceKind.Item2Vec or CandidateSourceKind.Svd
                or CandidateSourceKind.HybridDefault or CandidateSourceKind.Popularity;
            if (scoresAll) Assert.Equal(0, padded);
        }
    }

    [Fact]
    public void Recommend_BeyondTheLists_GoesOnByPopularity()
    {
        using var files = new StoreScratch();
        using Engine engine = files.Open();
        engine.Import(EventSource.OttoJsonl(files.Shop("shop.jsonl", 3000, 80)));
        engine.Train(StoreScratch.Tiny(settings: ("popularity_list", "5")));
        Model model = engine.Model!;
        float[] scores = model.Served.Data.Popularity.Scores.ToArray();
        int[] odd = [.. Enumerable.Range(0, model.ItemCount).Where(r => r % 2 == 1)];
        ulong[] rows = BitmapOf(odd, model.ItemCount);
        var results = new RecommendedItem[60];
        int known = model.Served.Data.Popularity.Ranked.Length
            + model.Served.Data.Popularity.Trending.Length;
        Assert.InRange(known, 5, 10);
        foreach (CandidateSourceKind kind in (CandidateSourceKind[])[
            CandidateSourceKind.Popularity, CandidateSourceKind.Trending])
        {
            RecommendResult answer = model.Recommend(
                [new SessionEvent(1)], results, new RecommendOptions { Source = kind },
                new RecommendRules { Rows = rows });
            Assert.Equal(odd.Length, answer.Count);
            int[] found = [.. results.Take(answer.Count).Select(r => Row(model, r.Item))];
            Assert.Equal(odd, found.Order());
            int[] rest = kind == CandidateSourceKind.Popularity ? found : found[known..];
            Assert.Equal(rest.OrderByDescending(r => scores[r]).ThenBy(r => r), rest);
        }
        // Without rules as well, and under a cap as far as it lets them.
        Assert.Equal(60, model.Recommend([], results).Count);
        var alone = new RecommendOptions { NoPadding = true };
        Assert.Equal(0, model.Recommend([], results, alone, new RecommendRules { Rows = rows }).Count);
    }

    private static int Row(Model model, long item)
    {
        Assert.True(model.TryGetRow(item, out int row));
        return row;
    }

    [Fact]
    public void Recommend_CapsAndRules_TakeAllTheCapLets()
    {
        var results = new RecommendedItem[100];
        var random = new Random(4);
        for (int round = 0; round < 20; round++)
        {
            ulong[] rows = AllowedRowsTests.RandomRules.Bitmap(random, RowCount);
            var options = new RecommendOptions { MaxPerCategory = 1 + (round % 3), Seen = SeenPolicy.Keep };
            int n = Model.Recommend(
                TrainedShop.Session(round, 3), results, options, new RecommendRules { Rows = rows }).Count;
            int most = Allowed(rows).GroupBy(r => Model.CategoryOf(Model.ItemAt(r)))
                .Sum(g => g.Key is null ? g.Count() : Math.Min(g.Count(), options.MaxPerCategory));
            Assert.Equal(Math.Min(100, most), n);
        }
    }

    [Fact]
    public void Recommend_ABitmapTooShort_IsRefused()
    {
        var results = new RecommendedItem[3];
        var short1 = new ulong[AllowedRows.WordsOf(RowCount) - 1];
        Assert.Throws<ArgumentException>(
            () => Model.Recommend([new(1)], results, default, new RecommendRules { Rows = short1 }));
        Assert.Throws<ArgumentException>(
            () => Model.Similar(1, results, null, new RecommendRules { Rows = short1 }));
        Assert.Throws<ArgumentException>(() => Model.Search(
            Model.Vectors()[0], results, rules: new RecommendRules { Rows = short1 }));
        var none = new ulong[AllowedRows.WordsOf(RowCount)];
        foreach (CandidateSourceKind kind in SourceNames.All.Where(k => Model.Served.Recommender.Has(k)))
        {
            Assert.Equal(0, Model.Recommend(
                [new(1)], results, new RecommendOptions { Source = kind },
                new RecommendRules { Rows = none }).Count);
        }
        Assert.Equal(0, Model.Similar(1, results, null, new RecommendRules { Rows = none }));
        Assert.Equal(0, Model.Search(Model.Vectors()[0], results, rules: new RecommendRules { Rows = none }));
    }

    [Fact]
    public void Narrowed_OnceWarm_AllocatesNothing()
    {
        ulong[] rows = AllowedRowsTests.RandomRules.Bitmap(new Random(3), RowCount);
        ulong[] few = BitmapOf([3, 40, 280], RowCount);
        long[] deny = [1, 2, 3], allow = [1, 5, 6, 7, 8, 9];
        int[] categories = [1, 2];
        SessionEvent[] session = [new(3), new(4)];
        var results = new RecommendedItem[20];
        CandidateSourceKind[] kinds = [.. SourceNames.All.Where(k => Model.Served.Recommender.Has(k))];
        void Ask(in RecommendRules rules)
        {
            foreach (CandidateSourceKind kind in kinds)
                Model.Recommend(session, results, new RecommendOptions { Source = kind }, rules);
            Model.Similar(5, results, null, rules);
        }
        Allocation.AssertNone(() =>
        {
            Ask(new RecommendRules { Rows = rows });
            Ask(new RecommendRules { Rows = few, Deny = deny });
            Ask(new RecommendRules { Rows = rows, AllowCategories = categories });
            Ask(new RecommendRules { Allow = allow });
            Ask(new RecommendRules { Deny = deny });
            Ask(new RecommendRules { DenyCategories = categories });
        });
    }
}
