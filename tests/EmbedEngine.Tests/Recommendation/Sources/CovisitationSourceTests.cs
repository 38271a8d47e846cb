// Every source over neighbour lists against its sum written with a dictionary; lists of a log without carts;
// old versions.

using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Recommendation.Sources;

public sealed class CovisitationSourceTests(TrainedShop shop)
{
    [Theory]
    [InlineData(CandidateSourceKind.Covisitation)]
    [InlineData(CandidateSourceKind.CovisitationNormalized)]
    [InlineData(CandidateSourceKind.Sequential)]
    [InlineData(CandidateSourceKind.CovisitationCart)]
    [InlineData(CandidateSourceKind.BoughtTogether)]
    public void Rank_RandomSessions_EqualsTheDefinition(CandidateSourceKind kind)
    {
        Recommender recommender = shop.Model.Served.Recommender;
        VersionData data = recommender.Data;
        NeighborListView lists = kind switch
        {
            CandidateSourceKind.Sequential => data.Covisitation.DirectedLists,
            CandidateSourceKind.CovisitationCart => data.ActionCovisitation!.Cart!.Value,
            CandidateSourceKind.BoughtTogether => data.ActionCovisitation!.BoughtTogether!.Value,
            _ => data.Covisitation.SymmetricLists,
        };
        RequestScratch scratch = recommender.NewScratch();
        for (int seed = 0; seed < 60; seed++)
        {
            SessionContext session =
                recommender.Translate(TrainedShop.Session(seed, 1 + seed % 20), scratch, out _);
            if (session.Length == 0) continue;
            var expected = new Dictionary<int, double>();
            for (int back = 0; back < Math.Min(10, session.Length); back++)
            {
                float action = data.ActionWeights[session.Actions[^(back + 1)]];
                if (action <= 0) continue;
                ReadOnlySpan<int> rows = lists.Of(session.Rows[^(back + 1)], out ReadOnlySpan<float> weights);
                for (int i = 0; i < rows.Length; i++)
                {
                    double divisor = kind == CandidateSourceKind.CovisitationNormalized
                        ? Math.Sqrt(30 + data.Items.Counts[rows[i]]) : 1;
                    expected[rows[i]] = expected.GetValueOrDefault(rows[i])
                        + Math.Pow(0.6, back) * action * weights[i] / divisor;
                }
            }
            recommender.Rank(session, kind, TrainedShop.Items, scratch);
            Assert.Equal(expected.Keys.Order(), scratch.Answer.Rows.ToArray().Order());
            // At most ten float products: relative error below 1e-5.
            for (int i = 0; i < scratch.Answer.Count; i++)
            {
                double right = expected[scratch.Answer.Rows[i]];
                Assert.Equal(right, scratch.Answer.Scores[i], 1e-5 * right);
            }
        }
    }

    [Fact]
    public void Train_WithoutCartsOrdersAndCategories_HasNoSuchSources_AndServes()
    {
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        string lines = string.Concat(Enumerable.Range(0, 60).Select(
            s => $"{{\"session_id\":{s},\"items\":[{s % 7},{s % 5},{s % 3 + 7}]}}\n"));
        engine.Import(EventSource.SessionsJsonl(scratch.Write("a.jsonl", lines)));
        engine.Train(StoreScratch.Tiny());
        Recommender recommender = engine.Model!.Served.Recommender;
        Assert.False(recommender.Has(CandidateSourceKind.CovisitationCart));
        Assert.False(recommender.Has(CandidateSourceKind.BoughtTogether));
        Assert.False(recommender.Has(CandidateSourceKind.Category));
        Assert.True(recommender.Has(CandidateSourceKind.SessionKnn));
        Assert.True(recommender.Has(CandidateSourceKind.Trending));
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(() => engine.Recommend(
            [new SessionEvent(1)], new RecommendedItem[3],
            new RecommendOptions { Source = CandidateSourceKind.Category }));
        Assert.Equal(ErrorCode.Unknown, e.Code);
    }

    [Theory]
    [InlineData("covisitation-actions")]
    [InlineData("popularity-actions")]
    [InlineData("session_knn")]
    [InlineData("categories")]
    public void OpenModel_VersionWithoutTheFile_IsServedWithoutItsSources(string name)
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained();
        string path = Path.Combine(scratch.Store, "versions", 1.ToString("D20"), name + ".eea");
        if (name == "categories") Assert.False(File.Exists(path)); // OTTO lines name none
        else File.Delete(path);
        using Engine engine = scratch.Open();
        using Model model = engine.OpenModel(1);
        Assert.Equal(
            name != SessionNeighborIndex.FileName,
            model.Served.Recommender.Has(CandidateSourceKind.SessionKnn));
        Assert.Equal(name != ActionCovisitationTable.FileName, model.Served.Recommender.Has(
            CandidateSourceKind.CovisitationCart));
        Assert.Equal(5, model.Recommend([new SessionEvent(1)], new RecommendedItem[5]).Count);
    }
}
