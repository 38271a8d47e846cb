// Read-only media: everything that reads works and not one byte or name changes; everything that writes says
// ReadOnly.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

public sealed class ReadOnlyTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public ReadOnlyTests()
    {
        _scratch.MakeTrained();
        string leases = Path.Combine(_scratch.Store, "leases");
        if (Directory.Exists(leases)) Directory.Delete(leases, recursive: true);
        File.Delete(Path.Combine(_scratch.Store, "LOCK"));
    }

    public void Dispose() => _scratch.Dispose();

    private string[] Names() =>
        [.. Directory.EnumerateFileSystemEntries(_scratch.Store, "*", SearchOption.AllDirectories).Order()];

    [Fact]
    public void Reading_Works_AndLeavesNoTrace()
    {
        string[] names = Names();
        var before = _scratch.Snapshot();
        string copy = Path.Combine(_scratch.Root, "copy.ee");
        using (Engine engine = Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true }))
        {
            Assert.True(engine.IsReadOnly);
            Assert.NotEmpty(StoreScratch.Answers(engine));
            Assert.Single(engine.Versions());
            Assert.Equal(1, engine.Info().ActiveVersion);
            Assert.Equal(1, engine.ResolveVersion("active"));
            Assert.True(engine.Evaluate().Cases > 0);
            Assert.Empty(engine.Verify(full: true).Faults);
            engine.RequireModel().Export(Path.Combine(_scratch.Root, "v.npy"));
            engine.Backup(copy);
            Assert.Equal(names, Names());
        }
        Assert.Equal(names, Names());
        Assert.Equal(before, _scratch.Snapshot());
        using Engine written = Engine.Open(copy);
        Assert.False(written.IsReadOnly);
        Assert.Equal(2, written.Train(StoreScratch.Tiny()).Number);
    }

    [Fact]
    public void Writing_IsRefused()
    {
        string file = _scratch.Shop("more.jsonl", 200, 20, 9);
        var before = _scratch.Snapshot();
        using Engine engine = Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true });
        Action[] writes =
        [
            () => engine.Import(EventSource.OttoJsonl(file)), () => engine.Train(StoreScratch.Tiny()),
            () => engine.Publish(1), () => engine.Rollback(), () => engine.SetAlias("a", 1),
            () => engine.RemoveAlias("a"),
            () => engine.Collect(0), () => engine.Compact(), () => engine.ForgetItem("1"),
            () => engine.ForgetUser("1"),
            () => engine.Observe("1", "2"), () => engine.SetExperiment("a=active:100"),
            () => engine.EndExperiment(),
            () => engine.ImportVectors(file, new VectorImportOptions { Space = "s" }),
        ];
        foreach (Action write in writes)
        {
            var error = Assert.Throws<EmbedEngineException>(write);
            Assert.Equal(ErrorCode.ReadOnly, error.Code);
            Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void UnwritableDirectory_IsOpenedReadOnlyByItself()
    {
        var fileSystem = new FaultFileSystem(int.MaxValue) { Unwritable = true };
        using Engine engine = Engine.OpenOn(fileSystem, _scratch.Store, new EngineOptions());
        Assert.True(engine.IsReadOnly);
        Assert.NotEmpty(StoreScratch.Answers(engine));
        Assert.Equal(
            ErrorCode.ReadOnly,
            Assert.Throws<EmbedEngineException>(() => engine.Train(StoreScratch.Tiny())).Code);
    }

    [Fact]
    public void CommitsStillInTheLog_AreSeen()
    {
        using Engine writer = _scratch.Open();
        using var holder = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_scratch.Store, CatalogFile.FileName)};Pooling=False");
        holder.Open();
        new CatalogReader(holder).Query("SELECT count(*) FROM meta", _ => { });
        writer.SetAlias("late", 1);
        using Engine reader = Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true });
        Assert.Equal(1, reader.ResolveVersion("late"));
    }

    [Fact]
    public void OddPaths_AreOpened()
    {
        string odd = Path.Combine(_scratch.Root, "a%20b ?#ö.ee");
        Directory.Move(_scratch.Store, odd);
        using Engine engine = Engine.Open(odd, new EngineOptions { ReadOnly = true });
        Assert.Equal(1, engine.Info().Versions);
    }
}
