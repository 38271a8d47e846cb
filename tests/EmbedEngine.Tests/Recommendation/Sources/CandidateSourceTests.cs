// What every source promises, asked of each.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;

namespace EmbedEngine.Tests.Recommendation.Sources;

public sealed class CandidateSourceTests(TrainedShop shop)
{
    public static TheoryData<CandidateSourceKind> Sources =>
        [.. SourceNames.All.Where(SourceCatalog.IsSingle)];

    public static TheoryData<CandidateSourceKind> AllKinds => [.. SourceNames.All];

    [Fact]
    public void Shop_HasEverySource() =>
        Assert.All(SourceNames.All, kind => Assert.True(Has(kind), $"{kind}"));

    private bool Has(CandidateSourceKind kind) =>
        shop.Model.Served.Recommender.Has(kind) || RankerTarget.IsRanker(kind);

    /// <summary>A ranker is there only where the gate let it be.</summary>
    private bool IsMissingRanker(CandidateSourceKind kind) =>
        RankerTarget.IsRanker(kind) && !shop.Model.Served.Recommender.Has(kind);

    private static SessionEvent[][] Sessions =>
    [
        [new SessionEvent(0)],
        [new SessionEvent(7, 1_700_000_000_000, 2)],
        [new SessionEvent(5, 0, 3)], // a removal alone
        [new SessionEvent(5, 0, 200), new SessionEvent(6, 0, -7)], // actions no table knows
        [.. Enumerable.Repeat(new SessionEvent(3, 0, 1), 40)],
        .. Enumerable.Range(1, 40).Select(seed => TrainedShop.Session(seed, 1 + seed % 9, seed % 30)),
        TrainedShop.Session(99, 600),
        TrainedShop.Session(100, 10_000, 20),
    ];

    /// <summary>They answer nothing without earlier sessions.</summary>
    private static readonly CandidateSourceKind[] OfThePast =
    [
        CandidateSourceKind.History, CandidateSourceKind.CovisitationHistory, CandidateSourceKind.UserHistory,
    ];

    private static EventTail Past()
    {
        var past = new EventTail();
        for (int e = 0; e < 60; e++) past.AddBefore(e * 7 % 50, (byte)(e % 3), -1000L * e);
        return past;
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Collect_AnySession_KeepsTheContract(CandidateSourceKind kind)
    {
        Recommender recommender = shop.Model.Served.Recommender;
        RequestScratch scratch = recommender.NewScratch();
        int answered = 0;
        foreach (SessionEvent[] events in Sessions)
        {
            foreach (int count in (int[])[0, 1, 20, TrainedShop.Items, 5000])
            {
                SessionContext session = recommender.Translate(events, scratch, out _);
                if (session.Length == 0) continue;
                if (OfThePast.Contains(kind)) session = session.After(Past(), 0, anyEvents: true);
                recommender.Rank(session, kind, count, scratch);
                int[] rows = scratch.Answer.Rows.ToArray();
                float[] scores = scratch.Answer.Scores.ToArray();
                Assert.True(rows.Length <= count);
                Assert.All(rows, row => Assert.InRange(row, 0, recommender.Data.RowCount - 1));
                Assert.Equal(rows.Length, rows.Distinct().Count());
                Assert.All(scores, score => Assert.True(float.IsFinite(score)));
                for (int i = 1; i < rows.Length; i++)
                {
                    bool ordered =
                        scores[i - 1] > scores[i] || (scores[i - 1] == scores[i] && rows[i - 1] < rows[i]);
                    Assert.True(ordered,
                        $"{kind}, place {i}: {scores[i - 1]}/{rows[i - 1]} before {scores[i]}/{rows[i]}");
                }
                answered += rows.Length;

                // A shorter list is the head of a longer one for exact sources, and a second run is the same
                // for all.
                recommender.Rank(session, kind, count, scratch);
                Assert.Equal(rows, scratch.Answer.Rows.ToArray());
                Assert.Equal(scores, scratch.Answer.Scores.ToArray());
            }
        }
        Assert.True(answered > 1000, $"{kind} proposed only {answered} items in all");
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Recommend_AnySession_FillsUpWithoutDuplicates(CandidateSourceKind kind)
    {
        Assert.SkipWhen(IsMissingRanker(kind), "the gate kept this ranker out of the shop's version");
        foreach (SessionEvent[] events in (SessionEvent[][])[[], .. Sessions, [new SessionEvent(-1)]])
        {
            foreach (SeenPolicy seen in Enum.GetValues<SeenPolicy>())
            {
                foreach (int k in (int[])[0, 1, 20, 1000])
                {
                    var results = new RecommendedItem[k];
                    var options = new RecommendOptions { Source = kind, Seen = seen };
                    RecommendResult answer = shop.Model.Recommend(events, results, options);
                    RecommendedItem[] items = results[..answer.Count];
                    Assert.Equal(items.Length, items.Select(i => i.Item).Distinct().Count());
                    Assert.All(items, i => Assert.True(shop.Model.TryGetRow(i.Item, out _)));
                    Assert.All(items, i => Assert.NotEqual(0u, i.Sources));
                    for (int i = 1; i < items.Length; i++) Assert.True(items[i - 1].Score >= items[i].Score);
                    if (seen == SeenPolicy.Keep && k <= 20) Assert.Equal(k, items.Length);
                    var again = new RecommendedItem[k];
                    RecommendResult second = shop.Model.Recommend(events, again, options);
                    Assert.Equal(items, again[..second.Count]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Recommend_OnceWarm_AllocatesNothing(CandidateSourceKind kind)
    {
        Assert.SkipWhen(IsMissingRanker(kind), "the gate kept this ranker out of the shop's version");
        SessionEvent[][] sessions = Sessions;
        var results = new RecommendedItem[50];
        SeenPolicy[] policies = Enum.GetValues<SeenPolicy>();
        void Run()
        {
            foreach (SessionEvent[] session in sessions)
            {
                foreach (SeenPolicy seen in policies)
                    shop.Model.Recommend(
                        session, results, new RecommendOptions { Source = kind, Seen = seen });
            }
        }
        Allocation.AssertNone(Run);
    }

    [Fact]
    public void RecommendBatchAndSimilar_OnceWarm_AllocateNothing()
    {
        SessionEvent[] events = TrainedShop.Session(1, 60);
        long[] offsets = [0, 0, 10, 60];
        var results = new RecommendedItem[30];
        var answers = new RecommendResult[3];
        void Run()
        {
            shop.Model.RecommendBatch(events, offsets, 10, results, answers);
            shop.Model.Similar(5, results);
        }
        Allocation.AssertNone(Run);
    }
}
