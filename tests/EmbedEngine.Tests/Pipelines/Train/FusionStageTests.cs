// What people did and what the catalogue says in one space of a version, and the source that asks it.

using System.Text.Json;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class FusionStageTests : IDisposable
{
    private const int Known = 80, Cold = 16;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private Engine Open(bool catalogue = true)
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1800, Known)));
        string text = "item,title\n" + string.Concat(Enumerable.Range(0, Known + Cold).Select(
            i => i % 2 == 0 ? $"{i},red shoes no. {i}\n" : $"{i},coffee mug no. {i}\n"));
        if (catalogue) engine.ImportCatalog(_scratch.Write("items.csv", text));
        return engine;
    }

    private static TrainOptions Options(params (string, string)[] settings) =>
        StoreScratch.Tiny(settings: [("ranker", "0"), ("method", "fusion"), .. settings]);

    private static JsonElement Manifest(ModelVersion version) =>
        JsonDocument.Parse(version.Manifest).RootElement;

    [Fact]
    public void Train_MethodFusion_MakesWhatItNeeds_AndColdItemsHaveVectors()
    {
        using Engine engine = Open();
        ModelVersion version = engine.Train(Options());
        Model model = engine.RequireModel();
        Assert.Equal(
            [VersionData.Item2VecSpace, VersionData.ContentSpace, VersionData.FusionSpace], model.Spaces);
        VersionData data = model.Served.Data;
        Assert.All(
            data.FindSpace(VersionData.FusionSpace)!.Vectors.InNorms.ToArray(), n => Assert.True(n > 0));
        JsonElement fusion = Manifest(version).GetProperty("fusion");
        Assert.Equal(4, fusion.GetProperty("alignments").GetArrayLength());
        Assert.True(fusion.GetProperty("held_out_items").GetInt32() > 0);
        var results = new RecommendedItem[Known + Cold];
        var byFusion = new RecommendOptions { Source = CandidateSourceKind.Fusion };
        RecommendResult answer = model.Recommend([new SessionEvent(model.ItemAt(0))], results, byFusion);
        Assert.Contains(
            results.Take(answer.Count - answer.Padded), r => r.Item >= Known); // nobody has seen these
        Assert.Equal(10, model.Similar(Known + 1, results.AsSpan(0, 10), VersionData.FusionSpace));
        Assert.Equal(1u << (int)CandidateSourceKind.Fusion, results[0].Sources);
    }

    [Fact]
    public void Train_AtTwoThreads_GivesTheSameBytes_AlsoWhereEvidenceIsLearned()
    {
        using Engine engine = Open();
        TrainOptions options = Options(("ranker", "1"), ("user_vector", "mean"));
        ModelVersion one = engine.Train(options);
        ModelVersion two = engine.Train(options with { Threads = 2 });
        Assert.Equal(StoreScratch.Digests(one), StoreScratch.Digests(two));
        JsonElement fusion = Manifest(one).GetProperty("fusion");
        Assert.True(fusion.GetProperty("requests").GetInt32() > 0);
        JsonElement[] tried = [.. fusion.GetProperty("evidences").EnumerateArray()];
        JsonElement best = tried.MaxBy(t => t.GetProperty("recall").GetDouble());
        Assert.Equal(
            best.GetProperty("evidence").GetDouble(), fusion.GetProperty("evidence").GetDouble());
    }

    [Fact]
    public void Train_WithoutACatalogue_OrOff_IsWhatItWasWithout()
    {
        using Engine engine = Open(catalogue: false);
        string without = StoreScratch.Digests(engine.Train(Options(("method", "item2vec"))));
        Assert.DoesNotContain("fusion", without, StringComparison.Ordinal);
        Assert.False(engine.RequireModel().Served.Recommender.Has(CandidateSourceKind.Fusion));
        Assert.Equal(
            without, StoreScratch.Digests(engine.Train(Options(("method", "item2vec"), ("fusion", "0")))));
        var e = Assert.Throws<EmbedEngineException>(() => engine.Train(Options()));
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains("method fusion needs", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fusion", "0")]
    [InlineData("content", "0")]
    public void Train_MethodFusion_WithoutAPart_IsRefused(string name, string value)
    {
        using Engine engine = Open(catalogue: false);
        var e = Assert.Throws<ArgumentException>(() => engine.Train(Options((name, value))));
        Assert.Contains("method fusion", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fusion", "0", "item2vec")]
    [InlineData("behavior_weight", "0.5", "fusion")]
    [InlineData("fusion_alignment", "procrustes", "fusion")]
    [InlineData("fusion_ridge", "50", "fusion")]
    public void Train_EachSetting_ChangesTheSpaceAlone(string name, string value, string method)
    {
        using Engine engine = Open();
        string[] usual = StoreScratch.Digests(engine.Train(Options(("method", method)))).Split('\n');
        string[] changed =
            StoreScratch.Digests(engine.Train(Options(("method", method), (name, value)))).Split('\n');
        Assert.NotEqual(usual, changed);
        static bool IsOther(string digest) => !digest.Contains("fusion", StringComparison.Ordinal);
        Assert.Equal(usual.Where(IsOther), changed.Where(IsOther));
    }
}
