using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Recommendation.Ranking;

public sealed class RankerTests(TrainedShop shop) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Schema_NamesAreUnique_AndPlacesAreInOrder()
    {
        Assert.Equal(RankerSchema.Count, RankerSchema.Names.Distinct().Count());
        Assert.Equal(RankerSchema.Count, RankerSchema.Groups.Count);
        Assert.InRange(RankerSchema.Count, 1, byte.MaxValue); // a tree names a feature by a byte
        foreach (RankerSchema.Extra extra in Enum.GetValues<RankerSchema.Extra>())
        {
            string name = RankerSchema.Names[RankerSchema.PlaceOf(extra)];
            Assert.Equal(extra.ToString(), name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }
        for (int list = 0; list < RankerSchema.Kinds.Length; list++)
        {
            string name = SourceNames.NameOf(RankerSchema.Kinds[list]);
            Assert.Equal(name + "_rank", RankerSchema.Names[RankerSchema.PlaceOfList(list)]);
            Assert.Equal(name + "_score", RankerSchema.Names[RankerSchema.PlaceOfList(list) + 1]);
        }
    }

    [Fact]
    public void Model_WrittenAndOpened_ScoresAlike_AndIsRefusedElsewhere()
    {
        RankerModel model = Make();
        string path = Write(model, version: 3);
        RankerModel opened = RankerModel.Open(FileSystem.Real, path, 3, VerifyLevel.Full, RankerTarget.Any);
        Assert.Equal(Scores(model), Scores(opened));
        Assert.Equal(model.Importance, opened.Importance);
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => RankerModel.Open(FileSystem.Real, path, 4, VerifyLevel.Header, RankerTarget.Any));
        Assert.Equal(ErrorCode.VersionMismatch, e.Code);
        Assert.Contains("version 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_EveryByteFlipped_IsAnErrorOrFinite()
    {
        string path = Write(Make(), version: 1);
        byte[] sound = File.ReadAllBytes(path);
        for (int at = 0; at < sound.Length; at += TestScale.Full ? 1 : 37)
        {
            byte[] damaged = (byte[])sound.Clone();
            damaged[at] ^= 0x41;
            File.WriteAllBytes(path, damaged);
            try
            {
                RankerModel opened =
                    RankerModel.Open(FileSystem.Real, path, 1, VerifyLevel.Header, RankerTarget.Any);
                Assert.All(Scores(opened), s =>
                    Assert.False(float.IsNaN(s)));
            }
            catch (EmbedEngineException)
            {
                // A clear error is as good.
            }
        }
    }

    [Fact]
    public void Train_WithALearnableShop_ServesTheRanker_AndSurvivesReopening()
    {
        using (Engine engine = _scratch.Open())
        {
            engine.Import(EventSource.SessionsJsonl(_scratch.Write("a.jsonl", TwoHabits(seed: 11))));
            ModelVersion version = engine.Train(StoreScratch.Tiny(
                settings: [("ranker_requests", "20000"), ("ranker_trees", "20"), ("gate_metric", "mrr")]));
            Assert.Equal("ranker", version.Metrics!.ServedSource);
            string best = version.Metrics.Sources.MaxBy(s => s.Value.Mrr.Value).Key;
            Assert.Equal("hybrid", best);
        }
        using Engine again = _scratch.Open();
        var served = new RecommendedItem[10];
        RecommendResult result = again.Recommend([new(3), new(4)], served);
        Assert.Equal((10, Fallback.None, 0), (result.Count, result.Fallback, result.Padded));
        Assert.All(served, i => Assert.NotEqual(0u, i.Sources));
        var ranked = new RecommendedItem[10];
        again.Recommend(
            [new(3), new(4)], ranked, new RecommendOptions { Source = CandidateSourceKind.Ranker });
        Assert.Equal(served, ranked);
    }

    [Fact]
    public void Requests_ForCarts_AreTheItemsCartedInTheRest()
    {
        var recommender = new Recommender(shop.Model.Served.Data, CandidateSourceKind.HybridDefault);
        int row = 0;
        int Row(long item) =>
            shop.Model.TryGetRow(item, out row) ? row : throw new InvalidOperationException();
        // Clicks a b c d, carts c twice and d once, then a click: nothing is foretold after the last cart.
        EvaluationSet set = new()
        {
            Offsets = [0, 8, 10],
            Rows = [Row(1), Row(2), Row(3), Row(4), Row(3), Row(3), Row(4), Row(5), Row(6), Row(7)],
            Actions = [0, 0, 0, 0, 1, 1, 1, 0, 0, 0], TimesMs = new long[10],
        };
        RankerTarget carts = RankerTarget.All[1];
        RankingSet requests =
            new RankingSetBuilder(recommender, set, 1000, carts, 1).Build(1, ProgressScope.None, "t");
        // before events 1 to 6 of the first session, none of the second
        Assert.Equal(6, requests.RequestCount);
        for (int r = 3; r < 6; r++)
        {
            // From event 4 on c was seen: it is proposed by `self` at least, and so is d from event 5 on.
            float truths = requests.Labels.Span[requests.Offsets[r]..requests.Offsets[r + 1]].ToArray().Sum();
            Assert.Equal(r == 5 ? 1 : 2, truths);
        }
        RankingSet next = new RankingSetBuilder(recommender, set, 1000, RankerTarget.Any, 1).Build(
            1, ProgressScope.None, "t");
        for (int r = 0; r < next.RequestCount; r++)
            Assert.Equal(1, next.Labels.Span[next.Offsets[r]..next.Offsets[r + 1]].ToArray().Sum());
        Assert.All(next.Features.ToArray(), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Train_WithCartsAndOrders_LearnsARankerForEach()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 15_000, 100)));
        var stages = new HashSet<string>();
        ModelVersion version = engine.Train(
            StoreScratch.Tiny(settings: [("ranker_requests", "20000"), ("ranker_trees", "10")]),
            (in ProgressReport report) => stages.Add(report.Stage));
        Assert.Superset(new HashSet<string> { "ranker", "ranker_carts", "ranker_orders" }, stages);
        // Those the gate let in answer; the others are a clear error, and the manifest names who is in.
        using var manifest = System.Text.Json.JsonDocument.Parse(version.Manifest);
        var items = new RecommendedItem[5];
        foreach (RankerTarget target in RankerTarget.All)
        {
            var options = new RecommendOptions { Source = target.Kind };
            bool isIn = manifest.RootElement.GetProperty("rankers").TryGetProperty(
                SourceNames.NameOf(target.Kind), out _);
            if (isIn) Assert.Equal(5, engine.Recommend([new(1), new(2)], items, options).Count);
            else Assert.Throws<EmbedEngineException>(
                () => engine.Recommend([new(1), new(2)], items, options));
        }
    }

    [Fact]
    public void Serve_WithoutAnyOneArtifactThatMayBeMissing_Answers()
    {
        VersionData whole = shop.Model.Served.Data;
        string[] files = Directory.GetFiles(whole.Directory);
        string[] needed = ["items", "popularity", "covisitation"];
        IEnumerable<string> groups = files.Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Select(name => name.Split('-') is ["vectors" or "hnsw", string space, ..] ? space : name)
            .Distinct().Except(needed);
        int tried = 0;
        foreach (string group in groups)
        {
            string directory = Path.Combine(_scratch.Root, "without-" + group);
            Directory.CreateDirectory(directory);
            foreach (string file in files)
            {
                string name = Path.GetFileName(file);
                bool gone =
                    name == group + ".eea" || name.StartsWith($"vectors-{group}.", StringComparison.Ordinal)
                    || name.StartsWith($"hnsw-{group}-", StringComparison.Ordinal);
                if (!gone) File.Copy(file, Path.Combine(directory, name));
            }
            // A ranker that learned from all of them, over one source less.
            if (!File.Exists(Path.Combine(directory, "ranker.eea")))
                Make().Write(new ArtifactSink(FileSystem.Real, directory, whole.Number), RankerTarget.Any);
            using VersionData data =
                VersionData.Open(FileSystem.Real, directory, whole.Number, VerifyLevel.Full);
            foreach (CandidateSourceKind served in (CandidateSourceKind[])[CandidateSourceKind.Ranker,
                CandidateSourceKind.HybridDefault])
            {
                var recommender = new Recommender(data, served);
                RequestScratch scratch = recommender.NewScratch();
                SessionContext session = recommender.Translate([new(3), new(5)], scratch, out _);
                Assert.Equal(10, recommender.AnswerKnown(session, default, 10, scratch).Count);
            }
            tried++;
        }
        Assert.InRange(tried, 6, 20);
    }

    [Fact]
    public void Train_WithoutRanker_OrTooLittle_ServesOn()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 2500, 40)));
        ModelVersion off = engine.Train(StoreScratch.Tiny(settings: [("ranker", "0")]));
        Assert.NotEqual("ranker", off.Metrics!.ServedSource);
        var items = new RecommendedItem[5];
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(() => engine.Recommend(
            [new(1)], items, new RecommendOptions { Source = CandidateSourceKind.Ranker }));
        Assert.Equal(ErrorCode.Unknown, e.Code);
        Assert.Equal(5, engine.Recommend([new(1)], items).Count);
    }

    /// <summary>
    /// Half the sessions go to and fro between items of their own, half walk through a small catalogue with a
    /// slip now and then: one source is right for each, none for both.
    /// </summary>
    private static string TwoHabits(int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, 3000).Select(s =>
        {
            int a = 1000 + random.Next(3000), b = 1000 + random.Next(3000), c = 1000 + random.Next(3000);
            int[] items = [a, b, c, a, c, b, a];
            if (s % 2 == 0)
            {
                int at = random.Next(200);
                items = [.. Enumerable.Range(0, 7)
                    .Select(_ => at = (at + (random.Next(5) == 0 ? random.Next(200) : 1)) % 200)];
            }
            return $"{{\"session_id\":{s},\"items\":[{string.Join(',', items)}]}}\n";
        }));
    }

    internal static RankerModel Make()
    {
        var random = new Random(4);
        float[] Random(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        var trees = new TreeEnsemble(
            RankerSchema.Count,
            [.. Enumerable.Range(0, 60).Select(_ => (byte)random.Next(RankerSchema.Count))],
            Random(60), Random(640));
        return new RankerModel(trees, Random(RankerSchema.Count), Random(RankerSchema.Count));
    }

    private static float[] Scores(RankerModel model)
    {
        var random = new Random(9);
        var scratch = new RankerScratch(50);
        for (int row = 0; row < 21; row++) scratch.Add(row);
        for (int f = 0; f < RankerSchema.Count; f++)
        {
            foreach (ref float value in scratch.Column(f)) value = random.NextSingle() - 0.5f;
        }
        model.Score(scratch);
        return scratch.Scores[..21];
    }

    private string Write(RankerModel model, long version)
    {
        string directory = Path.Combine(_scratch.Root, "artifacts");
        Directory.CreateDirectory(directory);
        var sink = new ArtifactSink(FileSystem.Real, directory, version);
        model.Write(sink, RankerTarget.Any);
        return sink.PathOf("ranker");
    }
}
