// A disk without a free block: what a store holds is still served, a training that finds no room leaves
// nothing, and collecting makes room. Needs a file system of its own, which root can mount.

using System.Diagnostics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class FullDiskTests : IDisposable
{
    private readonly string _mount =
        Path.Combine(Path.GetTempPath(), "ee-full-" + Guid.NewGuid().ToString("N"));
    private readonly bool _mounted;

    public FullDiskTests()
    {
        Directory.CreateDirectory(_mount);
        _mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", _mount);
    }

    public void Dispose()
    {
        if (_mounted) Run("umount", "-l", _mount);
        Directory.Delete(_mount);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // No such program.
        }
    }

    /// <summary>Takes every free block; a file of the test's own, so that it can give them back.</summary>
    private void Fill()
    {
        using var file = new FileStream(Path.Combine(_mount, "other"), FileMode.Append, FileAccess.Write,
            FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[512]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>
    /// The same at every call of a training, without a disk: what is left is read, swept and collected while
    /// it is still full.
    /// </summary>
    [Fact]
    public void Train_DiskFullAtAnyCall_LeavesAStoreThatIsReadSweptAndCollected()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained(120, 10, StoreScratch.Least());
        string expected;
        using (Engine engine = scratch.Open()) expected = StoreScratch.Answers(engine);
        int index = 0;
        for (; ; index++)
        {
            var full = new FaultFileSystem(index, FaultKind.Full);
            Engine OnFullDisk() => Engine.OpenOn(full, scratch.Store, new EngineOptions());
            using (Engine engine = OnFullDisk())
            {
                try
                {
                    engine.Train(StoreScratch.Least(seed: 2));
                }
                catch (EmbedEngineException e)
                {
                    Assert.Equal(ErrorCode.Io, e.Code);
                }
                if (full.Hit is null) break;
            }
            using (Engine engine = OnFullDisk())
            {
                Assert.Equal(expected, StoreScratch.Answers(engine));
                Assert.Empty(engine.Verify().Faults);
                Assert.Equal(1, engine.Info().Versions);
                Assert.Equal(ErrorCode.Io, Assert.Throws<EmbedEngineException>(
                    () => engine.Train(StoreScratch.Least())).Code);
                Assert.Empty(engine.Collect(1).Collected);
            }
            Assert.Equal(
                [StoreNames.Version(1)],
                Directory.GetFileSystemEntries(Path.Combine(scratch.Store, "versions"))
                    .Select(Path.GetFileName));
        }
        Assert.InRange(index, 20, 2000);
    }

    [Fact]
    public void Store_OnAFullDisk_IsRead_AndCollectedWithoutRoom()
    {
        if (!_mounted) Assert.Skip("no file system can be mounted here");
        using var scratch = new StoreScratch();
        string path = Path.Combine(_mount, "s.ee");
        using (Engine engine = Engine.Open(path))
        {
            engine.Import(EventSource.OttoJsonl(scratch.Shop("a.jsonl", 400, 30)));
            engine.Train(StoreScratch.Least(1));
            engine.Train(StoreScratch.Least(2));
            engine.Train(StoreScratch.Least(3));
        }
        // Versions that answered here are mapped until their finalizers ran, and hold their blocks as long.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Fill();
        using (Engine engine = Engine.Open(path))
        {
            var results = new RecommendedItem[3];
            Assert.Equal(3, engine.Recommend([new SessionEvent(1)], results).Count);
            Assert.Equal(3, engine.Info().Versions);
            Assert.Empty(engine.Verify().Faults);
            Assert.Equal(3, engine.Versions().Count);
            EmbedEngineException e =
                Assert.Throws<EmbedEngineException>(() => engine.Train(StoreScratch.Least(4)));
            Assert.Equal(ErrorCode.Io, e.Code);
            Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(
                Directory.GetFileSystemEntries(Path.Combine(path, "versions")),
                entry => Path.GetFileName(entry).StartsWith(".tmp", StringComparison.Ordinal));
            Fill();
            Assert.Equal([2, 1], engine.Collect(1).Collected);
            Assert.Equal(3, engine.Recommend([new SessionEvent(1)], results).Count);
        }
        using Engine after = Engine.Open(path);
        Assert.Single(after.Versions());
        Assert.Empty(after.Verify().Faults);
    }
}
