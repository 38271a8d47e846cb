// `info` says what recovery did: what was swept and cut, what did not fit, and who serves instead of a
// damaged version.

using EmbedEngine.Storage;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Tests.Cli;

namespace EmbedEngine.Tests.Pipelines.Upkeep;

public sealed class RecoveryInfoTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public RecoveryInfoTests() => _scratch.MakeTrained(300, 12);

    public void Dispose() => _scratch.Dispose();

    private string Events => Path.Combine(_scratch.Store, "events");

    [Fact]
    public void SweptOrphansAndCutRecords_AreCountedOnce()
    {
        using (Engine engine = _scratch.Open())
        {
            Assert.Null(engine.Info().LastRecovery);
            engine.Observe("a", "1");
        }
        // A writer and an observer that were killed.
        File.WriteAllText(Path.Combine(Events, ".tmp-000009.eel"), "half");
        Directory.CreateDirectory(Path.Combine(_scratch.Store, "versions", ".tmp-final"));
        using (var live = new FileStream(Directory.GetFiles(Events, "live-*").Single(),
            FileMode.Append)) live.Write([9, 0, 0, 0, 1]);
        using Engine next = _scratch.Open();
        for (int i = 0; i < 2; i++)
        {
            next.Compact();
            StoreInfo info = next.Info();
            Assert.Equal((2L, 5L, 0L), (info.SweptOrphans, info.CutBytes, info.UnfitEvents));
            Assert.NotNull(info.LastRecovery);
        }
        Assert.Empty(next.Verify(full: true).Faults);
        CliProcess.Result cli = CliProcess.Run("info", _scratch.Store, "--json");
        Assert.Contains("\"swept_orphans\":2", cli.Output.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void UnfitEvents_AreSaidByImportTrainAndInfo_AndCountedOnce()
    {
        // What a process that opened the store before its kinds were decided may have written.
        Observe("a", "no number");
        using Engine engine = _scratch.Open();
        ImportReport report = engine.Import(EventSource.OttoJsonl(_scratch.Shop("b.jsonl", 30, 12, 5)));
        Assert.Equal((0L, 1L), (report.AdoptedEvents, report.UnfitEvents));
        Observe("a", "neither");
        Observe("a", "1");
        Assert.Equal(1, engine.Train(StoreScratch.Tiny()).UnfitEvents);
        report = engine.Import(EventSource.OttoJsonl(_scratch.Shop("c.jsonl", 30, 12, 6)));
        Assert.Equal((0L, 0L), (report.AdoptedEvents, report.UnfitEvents));
        Assert.Equal(2, engine.Info().UnfitEvents);
    }

    private void Observe(string user, string item)
    {
        using var live = new LiveLogWriter(FileSystem.Real, Events);
        live.Append(new LiveEvent(1_700_000_000_000, user, item, "clicks"));
    }

    [Fact]
    public void DamagedActiveVersion_IsNamed_WithTheOneThatServes()
    {
        using (Engine engine = _scratch.Open()) engine.Train(StoreScratch.Tiny(2));
        File.WriteAllText(Path.Combine(_scratch.Store, "versions", 2.ToString("D20"), "items.eea"), "gone");
        CliProcess.Result cli = CliProcess.Run("info", _scratch.Store, "--json");
        string json = cli.Output.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("\"active_version\":2", json, StringComparison.Ordinal);
        Assert.Contains("\"serving_version\":1", json, StringComparison.Ordinal);
        Assert.Contains("items.eea", json, StringComparison.Ordinal);
        cli = CliProcess.Run("info", _scratch.Store);
        Assert.Contains("version 1 serves instead", cli.Output, StringComparison.Ordinal);
    }
}
