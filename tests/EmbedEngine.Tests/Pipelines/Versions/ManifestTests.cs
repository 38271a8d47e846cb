// A manifest says with what a version was trained, so that it can be trained again.

using System.Text.Json;
using EmbedEngine.Pipelines.Versions;
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
    public void Evaluate_Record_AddsToTheManifest_AndNothingElseChanges()
    {
        using Engine engine = _scratch.Open();
        Import(engine);
        ModelVersion before = engine.Train(StoreScratch.Tiny());
        string path = _scratch.Write(
            "cases.jsonl", "{\"items\":[1],\"target\":2}\n{\"items\":[2],\"target\":1}\n");
        var options = new EvaluateOptions
        {
            Test = EventSource.Auto(path), Sources = [CandidateSourceKind.Popularity], K = 5, Record = true,
        };
        EvaluationReport first = engine.Evaluate(options);
        EvaluationReport second = engine.Evaluate(options with { MaxHistory = 1, K = 7 });
        ModelVersion after = engine.Versions()[0];
        Assert.Equal([5, 7], after.Evaluations.Select(e => e.Report.K));
        RecordedEvaluation recorded = after.Evaluations[1];
        Assert.Equal(("cases.jsonl", 1), (recorded.File, recorded.MaxHistory));
        Assert.Equal(after.Evaluations[0].Fingerprint, recorded.Fingerprint);
        Assert.Equal(second.Sources["popularity"].Recall.Value,
            recorded.Report.Sources["popularity"].Recall.Value, 1e-6); // written to six places
        Assert.InRange(DateTimeOffset.UtcNow - recorded.At, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Assert.All(
            ManifestDiff.Compare(before.Manifest, after.Manifest),
            d => Assert.StartsWith("evaluations", d.Key, StringComparison.Ordinal));
        EvaluationReport stored = engine.Evaluate();
        Assert.Equal(2, stored.Recorded.Count);
        Assert.Contains("\"recorded\":[{\"file\":\"cases.jsonl\"", stored.ToJson(), StringComparison.Ordinal);
        Assert.Empty(first.Recorded);
        Assert.True(engine.Verify(full: true).Faults.Count == 0);
        Assert.Equal(before.Number, engine.Model!.Version.Number);
    }

    [Fact]
    public void Evaluate_Record_OnAReadOnlyStoreOrWithoutAFile_Throws_AndRecordsNothing()
    {
        using (Engine engine = _scratch.Open())
        {
            Import(engine);
            engine.Train(StoreScratch.Tiny());
            Assert.Throws<ArgumentException>(() => engine.Evaluate(new EvaluateOptions { Record = true }));
        }
        string path = _scratch.Write("cases.jsonl", "{\"items\":[1],\"target\":2}\n");
        using Engine readOnly = Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true });
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(() => readOnly.Evaluate(
            new EvaluateOptions { Test = EventSource.Auto(path), Record = true }));
        Assert.Equal(ErrorCode.ReadOnly, e.Code);
        Assert.Empty(readOnly.Versions()[0].Evaluations);
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
