// Settings do what they say: each changes what is trained, and what is served goes by the version's own.

using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class SettingEffectTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static TrainOptions Options() => StoreScratch.Tiny() with
    {
        Preset = TrainPreset.Balanced, Ranker = false, GraphWalks = 2, GraphWalkLength = 6,
    };

    [Fact]
    public void Train_EachSetting_ChangesItsArtifact()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 3000, 60)));
        string[] usual = StoreScratch.Digests(engine.Train(Options())).Split('\n');
        foreach ((TrainOptions options, string artifact) in new[]
        {
            (Options() with { PopularityDecayPerDay = 5 }, "popularity"),
            (Options() with { PopularityWindows = [0, 2] }, "popularity"),
            (Options() with { PopularityList = 5 }, "popularity"),
            (Options() with { TrendingFewestEvents = 10 }, "popularity"),
            (Options() with { TrendingWindowShare = 1 }, "popularity"),
            (Options() with { TrendingLiftExponent = 3 }, "popularity"),
            (Options() with { CovisitationWindowHours = 0.001 }, "covisitation"),
            (Options() with { CovisitationDecayPerHour = 5 }, "covisitation"),
            (Options() with { NegativeSharing = 4 }, "vectors-item2vec"),
            (Options() with { DynamicWindow = true }, "vectors-item2vec"),
            (Options() with { MinLearningRateFraction = 1 }, "vectors-item2vec"),
            (Options() with { SvdSmoothing = 0.3 }, "vectors-svd"),
            (Options() with { GraphWindow = 1 }, "vectors-graph"),
            (Options() with { GraphWalkWindow = 1 }, "vectors-graph"),
            (Options() with { GraphNegativeSamples = 3 }, "vectors-graph"),
            (Options() with { GraphNegativeExponent = 0 }, "vectors-graph"),
            (Options() with { GraphEpochs = 2 }, "vectors-graph"),
            (Options() with { GraphLearningRate = 0.01 }, "vectors-graph"),
        })
        {
            string[] changed = StoreScratch.Digests(engine.Train(options)).Split('\n');
            string name = string.Join(' ', options.Values.Keys);
            Assert.True(Line(usual, artifact) != Line(changed, artifact), $"{name} changes no {artifact}");
            // And nothing that is made of none of it.
            if (artifact != "covisitation")
                Assert.True(Line(usual, "covisitation") == Line(changed, "covisitation"), name);
        }

        static string Line(string[] digests, string artifact) =>
            digests.Single(d => d.StartsWith(artifact + ' ', StringComparison.Ordinal));
    }

    /// <summary>Sessions of one event teach nothing that follows, but their item was looked at.</summary>
    [Fact]
    public void PopularityShortSessions_CountsThem_AndNothingElseChanges()
    {
        using Engine engine = _scratch.Open();
        string log = "session,item,time\n" + string.Concat(Enumerable.Range(0, 40).Select(s =>
            $"{s},{s % 5},{1_700_000_000 + (s * 100)}\n{s},{(s + 1) % 5},{1_700_000_001 + (s * 100)}\n"))
            + string.Concat(Enumerable.Range(100, 30).Select(s => $"{s},4,{1_700_000_000 + s}\n"))
            + "200,77,1700000300\n"; // an item that no longer session has
        engine.Import(EventSource.Csv(_scratch.Write("short.csv", log)));
        string[] usual = StoreScratch.Digests(engine.Train(Options())).Split('\n');
        float without = Popular(4);
        string[] counted =
            StoreScratch.Digests(engine.Train(Options() with { PopularityShortSessions = true })).Split('\n');
        Assert.Equal(without + 30, Popular(4), 0.1f);
        Assert.Equal(without, Popular(3), 0.1f);
        Assert.Equal(0, Popular(77));
        foreach (string artifact in (string[])["covisitation ", "vectors-item2vec ", "items "])
            Assert.Equal(
                usual.Single(d => d.StartsWith(artifact, StringComparison.Ordinal)),
                counted.Single(d => d.StartsWith(artifact, StringComparison.Ordinal)));
        engine.RefreshVersion();
        Assert.Equal(without + 30, Popular(4), 0.1f);

        float Popular(long item)
        {
            var results = new RecommendedItem[10];
            int count = engine.Model!.Popular(results);
            return results.Take(count).FirstOrDefault(r => r.Item == item).Score;
        }
    }

    [Fact]
    public void HybridWeights_AreTheVersionsOwn_AlsoInABundle()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 3000, 60)));
        engine.Train(Options());
        Assert.Null(engine.RequireModel().Served.Data.Popularity.HybridWeights);
        SessionEvent[] session = [new(1), new(2), new(3)];
        string usual = Answer(engine.RequireModel(), CandidateSourceKind.HybridDefault);
        engine.Train(Options() with { HybridWeights = [0, 0, 2] });
        string popular = Answer(engine.RequireModel(), CandidateSourceKind.Popularity);
        Assert.NotEqual(usual, popular);
        Assert.Equal(popular, Answer(engine.RequireModel(), CandidateSourceKind.HybridDefault));
        string bundle = Path.Combine(_scratch.Root, "one.eeb");
        engine.RequireModel().WriteBundle(bundle);
        using Model opened = Model.OpenBundle(bundle, VerifyLevel.Full);
        Assert.Equal(popular, Answer(opened, CandidateSourceKind.HybridDefault));

        string Answer(Model model, CandidateSourceKind source)
        {
            var results = new RecommendedItem[10];
            int count = model.Recommend(session, results, new RecommendOptions { Source = source }).Count;
            return string.Join(' ', results[..count].Select(r => r.Item));
        }
    }

    [Fact]
    public void EfSearch_IsTheVersionsOwn()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, 60)));
        foreach ((int? set, int expected) in new (int?, int)[] { (null, 96), (7, 7), (96, 96) })
        {
            engine.Train(Options() with { EfSearch = set });
            VersionData data = engine.RequireModel().Served.Data;
            Assert.Equal(expected == 96 ? 0 : expected, data.Item2Vec!.Vectors.EfSearch);
            Assert.All(data.Spaces, space => Assert.Equal(expected, SessionQuery.BeamOf(space)));
        }
    }
}
