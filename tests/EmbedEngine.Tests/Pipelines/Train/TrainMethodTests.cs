// Vectors of one method alone, of all, of none that a source needs: each trains, publishes and serves.

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class TrainMethodTests
{
    private static TrainOptions Options(
        string method, TrainPreset preset, int threads = 1, params (string, string)[] more) =>
        StoreScratch.Tiny(
            threads: threads,
            settings: [("method", method), ("svd_rank", "8"), ("graph_walks", "3"),
                ("graph_walk_length", "6"), .. more])
            with { Preset = preset };

    private static void AssertServes(Engine engine)
    {
        var results = new RecommendedItem[10];
        foreach (CandidateSourceKind source in SourceNames.All.Where(engine.Model!.Served.Recommender.Has))
        {
            foreach (SessionEvent[] session in (SessionEvent[][])[[], [new(1)], [new(1), new(2), new(7)],
                [new(-3)]])
            {
                RecommendResult answer =
                    engine.Recommend(session, results, new RecommendOptions { Source = source });
                Assert.Equal(10, answer.Count);
            }
        }
    }

    [Theory]
    [InlineData("all", TrainPreset.Fast, "item2vec svd")]
    [InlineData("all", TrainPreset.Balanced, "item2vec graph svd")]
    [InlineData("item2vec", TrainPreset.Balanced, "item2vec")]
    [InlineData("svd", TrainPreset.Balanced, "svd")]
    [InlineData("graph", TrainPreset.Fast, "graph")]
    public void Train_Method_MakesItsSpacesAndServes(string method, TrainPreset preset, string spaces)
    {
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        engine.Import(EventSource.OttoJsonl(scratch.Shop("shop.jsonl", 1500, 60)));
        ModelVersion version = engine.Train(Options(method, preset) with { Name = "mine" });
        Assert.Equal("mine", version.Name);
        Assert.Equal(spaces.Split(' '), engine.Model!.Spaces);
        AssertServes(engine);
        var results = new RecommendedItem[5];
        Assert.Equal(5, engine.Similar(1, results)); // the first space, whatever it is
        Assert.Contains($"\"method\": \"{method}\"", version.Manifest);
        foreach (string space in spaces.Split(' '))
        {
            var own = new RecommendedItem[5];
            Assert.Equal(5, engine.Similar(1, own, space));
        }
        string bundle = Path.Combine(scratch.Root, "one.eeb");
        engine.Model.WriteBundle(bundle);
        using Model opened = Model.OpenBundle(bundle, VerifyLevel.Full);
        Assert.Equal(spaces.Split(' '), opened.Spaces);
    }

    [Fact]
    public void Train_AnyThreads_GivesEqualVectors()
    {
        string? expected = null;
        foreach (int threads in (int[])[1, 3])
        {
            using var scratch = new StoreScratch();
            using Engine engine = scratch.Open();
            engine.Import(EventSource.OttoJsonl(scratch.Shop("shop.jsonl", 4000, 400)));
            string digests =
                StoreScratch.Digests(engine.Train(Options("all", TrainPreset.Balanced, threads)));
            Assert.Contains("vectors-svd", digests);
            Assert.Contains("vectors-graph", digests);
            expected ??= digests;
            Assert.Equal(expected, digests);
        }
    }

    [Theory]
    [InlineData("{\"session_id\":1,\"items\":[7,7,7]}\n{\"session_id\":2,\"items\":[7,7]}\n")] // one item
    // never together
    [InlineData("{\"session_id\":1,\"items\":[1,1]}\n{\"session_id\":2,\"items\":[2,2]}\n")]
    [InlineData("{\"session_id\":1,\"items\":[1,2]}\n")]
    public void Train_NothingToLearn_StillServes(string log)
    {
        foreach (string method in (string[])["all", "svd", "graph"])
        {
            using var scratch = new StoreScratch();
            using Engine engine = scratch.Open();
            engine.Import(EventSource.Auto(scratch.Write("tiny.jsonl", log)));
            engine.Train(Options(method, TrainPreset.Balanced));
            var results = new RecommendedItem[10];
            foreach (CandidateSourceKind source in SourceNames.All.Where(
                engine.Model!.Served.Recommender.Has))
                Assert.True(engine.Recommend([new SessionEvent(7), new SessionEvent(1)], results,
                    new RecommendOptions { Source = source }).Count >= 1);
        }
    }

    [Theory]
    [InlineData("method", "svdd")]
    [InlineData("svd_rank", "0")]
    [InlineData("svd_rank", "1025")]
    [InlineData("svd_window", "0")]
    [InlineData("svd_shift", "0.9")]
    [InlineData("svd_shift", "NaN")]
    [InlineData("svd_exponent", "-0.1")]
    [InlineData("graph_neighbors", "0")]
    [InlineData("graph_walks", "x")]
    [InlineData("graph_walk_length", "1")]
    [InlineData("graph_p", "0")]
    [InlineData("graph_q", "1e9")]
    public void Resolve_BadSetting_NamesIt(string name, string value)
    {
        var options = new TrainOptions { Settings = new Dictionary<string, string> { [name] = value } };
        ArgumentException thrown = Assert.ThrowsAny<ArgumentException>(() => TrainSettings.Resolve(options));
        Assert.Contains(name, thrown.Message);
    }

    [Theory]
    [InlineData("item2vec")]
    [InlineData("svd")]
    [InlineData("graph")]
    public void ImportVectors_ReservedName_IsRefused(string space) =>
        Assert.Contains(space,
            Assert.Throws<ArgumentException>(() =>
                new VectorImportOptions { Space = space }.Validate()).Message);

    [Fact]
    public void Name_OfAnotherVersion_IsRefusedBeforeAnythingIsDone()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained(120, 10, StoreScratch.Least());
        using Engine engine = scratch.Open();
        TrainOptions v2 = StoreScratch.Least() with { Name = "v3" };
        Assert.Equal(2, engine.Train(v2).Number);
        var e = Assert.Throws<EmbedEngineException>(() => engine.Train(v2));
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
        Assert.Contains("version 2 has the name 'v3' already", e.Message, StringComparison.Ordinal);
        // The name a third version would get by itself is taken: it gets one nobody has.
        Assert.Equal("v3-new", engine.Train(StoreScratch.Least()).Name);
    }
}
