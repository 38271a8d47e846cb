using EmbedEngine.Recommendation;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Recommendation;

public sealed class RankerTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Schema_NamesAreUnique_AndPlacesAreInOrder()
    {
        Assert.Equal(RankerSchema.Count, RankerSchema.Names.Distinct().Count());
        Assert.Equal(RankerSchema.Count, RankerSchema.Groups.Count);
        Assert.InRange(RankerSchema.Count, 1, 64);
        foreach (RankerSchema.Extra extra in Enum.GetValues<RankerSchema.Extra>())
        {
            string name = RankerSchema.Names[RankerSchema.PlaceOf(extra)];
            Assert.Equal(extra.ToString(), name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }
        for (int list = 0; list < RankerSchema.Lists.Length; list++)
        {
            string name = SourceNames.NameOf(RankerSchema.Lists[list].Kind);
            Assert.Equal(name + "_rank", RankerSchema.Names[RankerSchema.PlaceOfList(list)]);
            Assert.Equal(name + "_score", RankerSchema.Names[RankerSchema.PlaceOfList(list) + 1]);
        }
        Assert.Equal(
            RankerSchema.Lists.Length, SourceNames.All.Count(k => (int)k < Recommender.SourceSlots)); // none forgotten
    }

    [Fact]
    public void Model_WrittenAndOpened_ScoresAlike_AndIsRefusedElsewhere()
    {
        RankerModel model = Make();
        string path = Write(model, version: 3);
        RankerModel opened = RankerModel.Open(FileSystem.Real, path, 3, VerifyLevel.Full);
        Assert.Equal(Scores(model), Scores(opened));
        Assert.Equal(model.Importance, opened.Importance);
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => RankerModel.Open(FileSystem.Real, path, 4, VerifyLevel.Header));
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
                Assert.All(Scores(RankerModel.Open(FileSystem.Real, path, 1, VerifyLevel.Header)), s => Assert.False(float.IsNaN(s)));
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
            ModelVersion version = engine.Train(StoreScratch.Tiny(settings: [("ranker_trees", "20"), ("gate_metric", "mrr")]));
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
        again.Recommend([new(3), new(4)], ranked, new RecommendOptions { Source = CandidateSourceKind.Ranker });
        Assert.Equal(served, ranked);
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
    /// Half the sessions go to and fro between items of their own, half walk through a small catalogue with a slip now and
    /// then: one source is right for each, none for both.
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
                items = [.. Enumerable.Range(0, 7).Select(_ => at = (at + (random.Next(5) == 0 ? random.Next(200) : 1)) % 200)];
            }
            return $"{{\"session_id\":{s},\"items\":[{string.Join(',', items)}]}}\n";
        }));
    }

    private static RankerModel Make()
    {
        var random = new Random(4);
        float[] Random(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        var trees = new TreeEnsemble(
            RankerSchema.Count, [.. Enumerable.Range(0, 60).Select(_ => (byte)random.Next(RankerSchema.Count))],
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
        model.Write(sink);
        return sink.PathOf(ArtifactNames.Ranker);
    }
}
