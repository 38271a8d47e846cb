// The fusion against one written with a dictionary, and its gates by hand.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Tests.Recommendation;

public sealed class HybridDefaultTests(TrainedShop shop)
{
    private static Dictionary<int, double> Oracle(
        int length, ActionKind last, int[] covisitation, int[] item2Vec, int[] popularity, int perSource)
    {
        (double c, double v, double p) = (0.6, 0.25, 0.15);
        if (length <= 2) (c, v) = (c * 0.8, v * 1.3);
        if (last is ActionKind.Cart or ActionKind.Order) (c, v) = (c * 1.2, v * 0.9);
        double sum = c + v + p;
        var scores = new Dictionary<int, double>();
        foreach ((double weight, int[] rows) in ((double, int[])[])[(c, covisitation), (v, item2Vec),
            (p, popularity)])
        {
            for (int rank = 1; rank <= Math.Min(perSource, rows.Length); rank++)
                scores[rows[rank - 1]] =
                    scores.GetValueOrDefault(rows[rank - 1]) + weight / sum / Math.Log2(rank + 1);
        }
        return scores;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(200)]
    public void Rank_HybridDefault_EqualsTheOracle(int k)
    {
        Recommender recommender = shop.Model.Served.Recommender;
        RequestScratch scratch = recommender.NewScratch();
        for (int seed = 0; seed < 60; seed++)
        {
            SessionEvent[] events = TrainedShop.Session(seed, 1 + seed % 6);
            SessionContext session = recommender.Translate(events, scratch, out _);
            if (session.Length == 0) continue; // an item that the log happens not to have
            int perSource = HybridDefault.CandidatesPerSource(k);
            int[] List(CandidateSourceKind kind, in SessionContext s)
            {
                recommender.CollectInto(s, kind, perSource, scratch);
                return scratch.List(kind).Rows.ToArray();
            }
            Dictionary<int, double> expected = Oracle(
                session.Length, recommender.Data.ActionKinds[session.Actions[^1]],
                List(CandidateSourceKind.Covisitation, session), List(CandidateSourceKind.Item2Vec, session),
                List(CandidateSourceKind.Popularity, session), perSource);
            recommender.Rank(session, CandidateSourceKind.HybridDefault, k, scratch);
            float[] found = scratch.Answer.Scores.ToArray();
            double[] best = [.. expected.Values.OrderDescending().Take(found.Length)];
            Assert.True(found.Length >= Math.Min(k, expected.Count));
            for (int i = 0; i < found.Length; i++)
            {
                // Three float products and sums below 1: a few times 2^-24.
                Assert.Equal(expected[scratch.Answer.Rows[i]], found[i], 1e-6);
                Assert.Equal(best[i], found[i], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(3, 0, 0.6, 0.25)] // plain: .6, .25, .15
    [InlineData(2, 0, 0.48, 0.325)] // short: × .8, × 1.3
    [InlineData(3, 1, 0.72, 0.225)] // ends in a cart: × 1.2, × .9
    [InlineData(3, 2, 0.72, 0.225)]
    [InlineData(3, 3, 0.6, 0.25)] // a removal is no intent
    [InlineData(1, 2, 0.576, 0.2925)] // both gates
    public void Fuse_Gates_RenormaliseTheirWeights(int length, int last, double covisitation, double item2Vec)
    {
        var scratch = new RequestScratch(10, 1);
        var session = new SessionContext {
            Rows = new int[length], Actions = new byte[length], TimesMs = new long[length] };
        CandidateList One(int row)
        {
            var list = new CandidateList();
            list.Reserve(1);
            list.Add(row, 1);
            return list;
        }
        var answer = new CandidateList();
        HybridDefault.Fuse(
            session, (ActionKind)last, One(4), One(5), One(6), [0.6f, 0.25f, 0.15f], 20, scratch, answer);
        // First places weigh 1 / log2(2) = 1: the scores are the weights themselves, and they sum to 1.
        double sum = covisitation + item2Vec + 0.15;
        Assert.Equal([4, 5, 6], answer.Rows.ToArray());
        Assert.Equal(covisitation / sum, answer.Scores[0], 1e-6);
        Assert.Equal(item2Vec / sum, answer.Scores[1], 1e-6);
        Assert.Equal(1, answer.Scores.ToArray().Sum(), 1e-6);
    }

    [Fact]
    public void Recommend_Hybrid_NamesEverySourceThatProposedAnItem()
    {
        Recommender recommender = shop.Model.Served.Recommender;
        RequestScratch scratch = recommender.NewScratch();
        var results = new RecommendedItem[20];
        SessionEvent[] events = TrainedShop.Session(4, 5);
        var options = new RecommendOptions { Source = CandidateSourceKind.HybridDefault };
        RecommendResult answer = shop.Model.Recommend(events, results, options);
        SessionContext session = recommender.Translate(events, scratch, out _);
        CandidateSourceKind[] parts =
            [CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.Popularity];
        uint all = 0;
        foreach (RecommendedItem item in results[..answer.Count])
        {
            shop.Model.TryGetRow(item.Item, out int row);
            uint expected = 0;
            foreach (CandidateSourceKind part in parts)
            {
                recommender.CollectInto(session, part, 40, scratch);
                if (scratch.List(part).Rows.Contains(row)) expected |= 1u << (int)part;
            }
            Assert.Equal(expected, item.Sources);
            all |= expected;
        }
        Assert.Equal(0b1101u, all);
    }
}
