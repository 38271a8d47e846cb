// A backup is a store of one moment: it verifies, answers the same, and does not mind who writes meanwhile.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Upkeep;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Pipelines.Upkeep;

public sealed class BackupTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public BackupTests() => _scratch.MakeTrained();

    public void Dispose() => _scratch.Dispose();

    private string Target => Path.Combine(_scratch.Root, "copy.ee");

    [Fact]
    public void Backup_Verifies_AnswersTheSame_AndCanBeWrittenTo()
    {
        using Engine engine = _scratch.Open();
        BackupReport report = engine.Backup(Target);
        Assert.Equal((Target, 1L, 1), (report.Path, report.Versions, report.Attempts));
        using Engine copy = Engine.Open(Target);
        Assert.Empty(copy.Verify(full: true).Faults);
        Assert.Equal(StoreScratch.Answers(engine), StoreScratch.Answers(copy));
        Assert.Equal(engine.Info() with { Path = "" }, copy.Info() with { Path = "" });
        Assert.Equal(2, copy.Train(StoreScratch.Tiny()).Number);
        Assert.Equal(1, engine.Info().Versions);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void ExistingDirectories_NonEmptyIsRefused_EmptyIsUsed()
    {
        using Engine engine = _scratch.Open();
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine"), "x");
        Assert.Equal(
            ErrorCode.InvalidArgument, Assert.Throws<EmbedEngineException>(() => engine.Backup(Target)).Code);
        Assert.Equal(["mine"], Directory.GetFiles(Target).Select(Path.GetFileName));
        Assert.Throws<EmbedEngineException>(() => engine.Backup(Path.Combine(_scratch.Store, "inside")));
        File.Delete(Path.Combine(Target, "mine"));
        Assert.True(engine.Backup(Target).Files > 5);
    }

    [Fact]
    public void LiveEvents_AreTakenUpToTheLastWholeRecord()
    {
        using Engine engine = _scratch.Open();
        long before = engine.Info().Events;
        for (int i = 0; i < 10; i++) engine.Observe($"{i}", "3");
        string log = Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*").Single();
        using (var torn = new FileStream(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            torn.Seek(0, SeekOrigin.End);
            torn.Write([20, 0, 0, 0, 1, 2, 3]);
        }
        engine.Backup(Target);
        string copied = Directory.GetFiles(Path.Combine(Target, "events"), "live-*").Single();
        Assert.Equal(new FileInfo(log).Length - 7, new FileInfo(copied).Length);
        using Engine copy = Engine.Open(Target);
        copy.Train(StoreScratch.Tiny());
        Assert.Equal(before + 10, copy.Info().Events);
    }

    [Fact]
    public void FilesRemovedMeanwhile_StartOver_AndCancelledLeavesNothing()
    {
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny());
        int left = 2;
        var store = new Store(FileSystem.Real, _scratch.Store);
        BackupReport report = new StoreBackup(store, Target, ProgressScope.None)
        {
            // Between the catalog's copy and the files' a compaction replaces the segments, a collection the
            // versions.
            OnCatalogCopied = () =>
            {
                if (left-- <= 0) return;
                using Engine writer = _scratch.Open();
                writer.Train(StoreScratch.Tiny());
                writer.Collect(0);
            },
        }.Run();
        Assert.True(report.Attempts > 1, $"{report.Attempts}");
        using Engine copy = Engine.Open(Target);
        Assert.Empty(copy.Verify(full: true).Faults);
        Assert.Throws<OperationCanceledException>(
            () => engine.Backup(Target + "2", cancellation: new CancellationToken(true)));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root, "*.tmp-*"));
        Assert.False(Directory.Exists(Target + "2"));
    }

    [Fact]
    public void WhileAWriterTrains_EveryBackupIsSound()
    {
        using var stop = new CancellationTokenSource();
        Exception? failure = null;
        var writer = new Thread(() =>
        {
            try
            {
                using Engine engine = _scratch.Open();
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    engine.Observe($"{i}", "5");
                    engine.Train(StoreScratch.Tiny((ulong)i + 1));
                    if (i % 2 == 1) engine.Collect(1);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        writer.Start();
        try
        {
            using Engine engine = _scratch.Open();
            for (int i = 0; i < 8; i++)
            {
                engine.Backup(Target + i);
                using Engine copy = Engine.Open(Target + i);
                Assert.Empty(copy.Verify(full: true).Faults);
                Assert.Null(copy.Problem);
                Assert.NotEmpty(StoreScratch.Answers(copy));
            }
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }
        Assert.Null(failure);
    }
}
