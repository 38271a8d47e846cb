// A manifest says with what a version was trained, so that it can be trained again.

using System.Text.Json;
using EmbedEngine.Tests.Options;

namespace EmbedEngine.Tests.Pipelines.Versions;

public sealed class ManifestTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private void Import(Engine engine, long events = 1500, int items = 60) =>
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", events, items)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FromManifest_TrainedAgain_GivesEqualDigests(bool tuned)
    {
        using (Engine engine = _scratch.Open()) Import(engine);
        string copy = Path.Combine(_scratch.Root, "copy.ee");
        Copy(_scratch.Store, copy);
        TrainOptions options = StoreScratch.Tiny(seed: 7) with
        {
            Preset = TrainPreset.Balanced, Window = 2, SessionKnnIdf = 0.5, MeasureSessions = 50,
            GraphWalks = 2, GraphWalkLength = 5, TuneSeconds = tuned ? 60 : 0, TuneTrials = 3,
        };
        // As many as the token budget allows.
        options = options with
        {
            Settings = options.Settings.Where(s => s.Key != "epochs").ToDictionary(),
        };
        ModelVersion first, second;
        using (Engine engine = _scratch.Open()) first = engine.Train(options);
        TrainOptions read = TrainOptions.FromManifest(first.Manifest);
        Assert.Equal((options.Seed, options.Preset, options.MeasureSessions, options.Deterministic),
            (read.Seed, read.Preset, read.MeasureSessions, read.Deterministic));
        using (Engine engine = Engine.Open(copy)) second = engine.Train(read);
        Assert.Equal(StoreScratch.Digests(first), StoreScratch.Digests(second));
    }

    [Fact]
    public void Train_EverySettingChanged_ManifestHasEachValue()
    {
        using Engine engine = _scratch.Open();
        Import(engine);
        Dictionary<string, string> given =
            SettingTable.All.ToDictionary(s => s.Name, SettingTableTests.Another);
        ModelVersion version = engine.Train(new TrainOptions
        {
            Deterministic = true, Threads = 1, Settings = given,
        });
        TrainOptions read = TrainOptions.FromManifest(version.Manifest);
        Assert.Equal(SettingTable.All.Select(s => s.Name), read.Settings.Keys);
        foreach (Setting setting in SettingTable.All)
        {
            Assert.Equal(
                given[setting.Name], SettingValues.Text(setting.ValueOf(read.Settings[setting.Name])));
        }
    }

    [Fact]
    public void Train_Epochs_AreThoseUsed_AndActionsHaveTheirWeights()
    {
        using Engine engine = _scratch.Open();
        engine.Import(
            EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, 60)),
            new ImportOptions { Actions = [new ActionMapping("clicks", "view", 0.5)] });
        ModelVersion version = engine.Train(StoreScratch.Tiny() with { Epochs = 3 });
        using JsonDocument json = JsonDocument.Parse(version.Manifest);
        JsonElement configuration = json.RootElement.GetProperty("configuration");
        Assert.Equal(3, configuration.GetProperty("settings").GetProperty("epochs").GetInt32());
        JsonElement[] actions = [.. configuration.GetProperty("actions").EnumerateArray()];
        Assert.Equal(0.5, actions.Single(a => a.GetProperty("name").GetString() == "clicks")
            .GetProperty("weight").GetDouble());
        Assert.True(actions.Length >= 4);
    }

    [Fact]
    public void FromManifest_OfAnOlderBuildOrDamaged_SaysSo()
    {
        foreach ((string manifest, ErrorCode code) in new[]
        {
            ("""{"configuration":{"seed":1,"item2vec":{"window":3}}}""", ErrorCode.InvalidArgument),
            ("{", ErrorCode.Corrupt), ("{}", ErrorCode.Corrupt), ("[]", ErrorCode.Corrupt),
            ("""{"configuration":{"settings":{},"preset":"slow"}}""", ErrorCode.Corrupt),
        })
        {
            Assert.Equal(
                code,
                Assert.Throws<EmbedEngineException>(() => TrainOptions.FromManifest(manifest)).Code);
        }
    }
}
