// Readers without the lock, and a writer that takes the files away between their listing and their opening:
// they must end as if they had come before or after, never with a file that is missing.

using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Pipelines.Upkeep;

public sealed class RewriteRaceTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly FaultFileSystem _files = new(-1);

    public RewriteRaceTests()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("more.jsonl", 300, 60, 7)));
    }

    public void Dispose() => _scratch.Dispose();

    private void Compact()
    {
        using Engine writer = _scratch.Open();
        writer.Compact();
    }

    /// <summary>Runs the action once, when a file with this extension is about to be opened.</summary>
    private void BeforeFirst(string extension, Action action)
    {
        bool done = false;
        _files.BeforeMap = path =>
        {
            if (done || !path.EndsWith(extension, StringComparison.Ordinal)) return;
            done = true;
            action();
        };
    }

    private Engine OpenHooked() => Engine.OpenOn(_files, _scratch.Store, new EngineOptions());

    [Fact]
    public void Evaluate_WhileTheLogIsRewritten_FindsTheLeakInTheNewSegments()
    {
        string seen = Path.Combine(_scratch.Root, "shop-1.jsonl");
        string unseen = _scratch.Write("unseen.csv", "session,item,ts\n900001,1,5\n900001,2,6\n900001,3,7\n");
        using Engine engine = OpenHooked();
        BeforeFirst(".eel", Compact);
        var e = Assert.Throws<EmbedEngineException>(
            () => engine.Evaluate(new EvaluateOptions { Test = EventSource.OttoJsonl(seen) }));
        Assert.Equal(ErrorCode.Leak, e.Code);
        BeforeFirst(".eel", () =>
        {
            using Engine writer = _scratch.Open();
            writer.ForgetItem("1");
        });
        Assert.True(engine.Evaluate(new EvaluateOptions { Test = EventSource.Auto(unseen) }).Cases > 0);
    }

    [Fact]
    public void Evaluate_OnWhatWasImportedAfterTheTraining_IsNoLeak()
    {
        using Engine engine = _scratch.Open();
        var test =
            new EvaluateOptions { Test = EventSource.OttoJsonl(Path.Combine(_scratch.Root, "more.jsonl")) };
        Assert.True(engine.Evaluate(test).Cases > 0);
        engine.Train(StoreScratch.Tiny());
        Assert.Equal(ErrorCode.Leak, Assert.Throws<EmbedEngineException>(() => engine.Evaluate(test)).Code);
        Compact();
        Assert.Equal(ErrorCode.Leak, Assert.Throws<EmbedEngineException>(() => engine.Evaluate(test)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_WhileTheLogIsRewritten_ChecksTheNewSegments(bool full)
    {
        using Engine engine = OpenHooked();
        BeforeFirst(".eel", Compact);
        VerifyReport report = engine.Verify(full);
        Assert.Empty(report.Faults);
        Assert.Equal(1, engine.Info().Segments);
        int artifacts = Directory.GetFiles(_scratch.Store, "*.eea", SearchOption.AllDirectories).Length;
        Assert.Equal(artifacts + 1, report.Files);
    }

    [Fact]
    public void Verify_WhileVersionsAreCollected_SkipsThem_ButNotWhatIsMissing()
    {
        using (Engine trainer = _scratch.Open()) trainer.Train(StoreScratch.Tiny(2));
        using Engine engine = OpenHooked();
        BeforeFirst("items.eea", () =>
        {
            using Engine writer = _scratch.Open();
            Assert.Equal([1L], writer.Collect(1).Collected);
        });
        Assert.Empty(engine.Verify(full: true).Faults);
        File.Delete(Path.Combine(_scratch.Store, "versions", 2.ToString("D20"), "popularity.eea"));
        Assert.EndsWith(
            "popularity.eea", Assert.Single(engine.Verify().Faults).File, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_Export_Diff_Info_WhileFilesGo_AreWhole()
    {
        using (Engine trainer = _scratch.Open()) trainer.Train(StoreScratch.Tiny(2));
        using Engine engine = OpenHooked();
        BeforeFirst(".eel", Compact);
        Assert.Equal(2, engine.Backup(Path.Combine(_scratch.Root, "copy.ee")).Attempts);
        using (Engine copy = Engine.Open(Path.Combine(_scratch.Root, "copy.ee"))) Assert.Empty(
            copy.Verify(true).Faults);
        // A version that is open is leased: the collector leaves it, so an export reads to its end.
        BeforeFirst(".eea", () =>
        {
            using Engine writer = _scratch.Open();
            Assert.Equal([1L], writer.Collect(1).Leased);
        });
        using (Model model = engine.OpenModel(1))
        {
            model.Export(Path.Combine(_scratch.Root, "vectors.npy"));
            Assert.True(File.Exists(Path.Combine(_scratch.Root, "vectors.npy")));
        }
        Assert.NotEmpty(engine.Diff(1, 2));
        Assert.Equal(1, engine.Info().Segments);
        using (Engine writer = _scratch.Open()) writer.Collect(1);
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.OpenModel(1)).Code);
    }
}
