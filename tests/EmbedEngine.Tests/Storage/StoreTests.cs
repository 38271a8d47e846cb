using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

public sealed class StoreTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private Store New() => new(FileSystem.Real, _scratch.Store);

    private Store Made()
    {
        Store store = New();
        using WriteSession write = store.BeginWrite();
        write.Commit(_ => { });
        return store;
    }

    [Fact]
    public void Acquire_WhileHeld_IsLockedNamingThePid_AndFreeAfterDispose()
    {
        using (WriterLock.Acquire(_scratch.Root))
        {
            var e = Assert.Throws<EmbedEngineException>(() => WriterLock.Acquire(_scratch.Root));
            Assert.Equal(ErrorCode.Locked, e.Code);
            Assert.Contains($"pid {Environment.ProcessId}", e.Message, StringComparison.Ordinal);
        }
        WriterLock.Acquire(_scratch.Root).Dispose();
        Assert.Equal(0, new FileInfo(Path.Combine(_scratch.Root, WriterLock.FileName)).Length);
    }

    [Fact]
    public void Acquire_ThatWaits_TakesTheLockOnceItIsFree()
    {
        WriterLock first = WriterLock.Acquire(_scratch.Root);
        var waiting = new Thread(() => WriterLock.Acquire(_scratch.Root, TimeSpan.FromHours(1)).Dispose());
        waiting.Start();
        Thread.Sleep(100);
        Assert.True(waiting.IsAlive);
        first.Dispose();
        waiting.Join();
        var e = Assert.Throws<ArgumentOutOfRangeException>(
            () => Engine.Open(_scratch.Store, new EngineOptions { LockWait = TimeSpan.FromSeconds(-1) }));
        Assert.Equal("LockWait", e.ParamName);
    }

    [Fact]
    public void Acquire_InNoDirectory_IsNotFound()
    {
        var e = Assert.Throws<EmbedEngineException>(() => WriterLock.Acquire(_scratch.Store));
        Assert.Equal(ErrorCode.NotFound, e.Code);
    }

    [Fact]
    public void Acquire_OfALockFileThatIsADirectory_IsNotCalledLocked()
    {
        Directory.CreateDirectory(Path.Combine(_scratch.Root, WriterLock.FileName));
        var e = Assert.Throws<EmbedEngineException>(() => WriterLock.Acquire(_scratch.Root));
        Assert.NotEqual(ErrorCode.Locked, e.Code);
    }

    [Fact]
    public void BeginWrite_Twice_SecondIsLocked()
    {
        Store store = Made();
        using WriteSession first = store.BeginWrite();
        Assert.Equal(ErrorCode.Locked, Assert.Throws<EmbedEngineException>(() => store.BeginWrite()).Code);
    }

    [Fact]
    public void BeginWrite_WhileAnotherMakesTheStore_IsLocked_AndDoesNotRemoveIt()
    {
        using (WriteSession first = New().BeginWrite())
        {
            Assert.Equal(
                ErrorCode.Locked, Assert.Throws<EmbedEngineException>(() => New().BeginWrite()).Code);
            first.Commit(_ => { });
        }
        Assert.True(New().Exists);
    }

    [Fact]
    public void BeginWrite_InForeignDirectory_IsRefusedAndTouchesNothing()
    {
        Directory.CreateDirectory(_scratch.Store);
        File.WriteAllText(Path.Combine(_scratch.Store, "thesis.tex"), "years of work");
        SortedDictionary<string, string> before = _scratch.Snapshot();
        var e = Assert.Throws<EmbedEngineException>(() => New().BeginWrite());
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
        Assert.Contains("thesis.tex", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void Dispose_WithoutCommit_RemovesTheStoreItMade()
    {
        using (WriteSession write = New().BeginWrite()) Assert.True(write.Store.Exists);
        Assert.False(Directory.Exists(_scratch.Store));
    }

    [Fact]
    public void Dispose_WithoutCommit_KeepsTheEmptyDirectoryThatWasThere()
    {
        Directory.CreateDirectory(_scratch.Store);
        New().BeginWrite().Dispose();
        Assert.True(Directory.Exists(_scratch.Store));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Store));
    }

    [Fact]
    public void Dispose_WithoutCommitInAnOldStore_RemovesOnlyWhatNoCommitNames()
    {
        Store store = Made();
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using (store.BeginWrite())
        {
            File.WriteAllText(store.TemporaryEventsPath("x"), "half");
            File.WriteAllText(Path.Combine(store.EventsDirectory, StoreNames.Segment(1)), "renamed");
            Directory.CreateDirectory(store.TemporaryVersionPath("final"));
        }
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void BeginWrite_AfterAKill_SweepsOrphansAndNothingElse()
    {
        _scratch.MakeTrained(200, 12);
        SortedDictionary<string, string> before = _scratch.Snapshot();
        Store store = New();
        File.WriteAllText(Path.Combine(store.EventsDirectory, StoreNames.Segment(2)), "orphan");
        File.WriteAllText(store.TemporaryEventsPath("000003.eel"), "orphan");
        Directory.CreateDirectory(Path.Combine(store.TemporaryEventsPath("spill"), "runs"));
        Directory.CreateDirectory(store.VersionDirectory(2));
        File.WriteAllText(Path.Combine(store.VersionDirectory(2), "items.eea"), "orphan");
        using (WriteSession write = store.BeginWrite()) write.Commit(_ => { });
        SortedDictionary<string, string> after = _scratch.Snapshot();
        // The catalog has the count of what was swept.
        Assert.True(before.Remove(CatalogFile.FileName) && after.Remove(CatalogFile.FileName));
        Assert.Equal(before, after);
        Assert.Equal(4L, store.ReadCatalog(c => RecoveryLog.Read(c, RecoveryLog.SweptOrphans)));
    }

    [Fact]
    public void BeginWrite_AfterAKillWhileMakingTheStore_MakesItAnew()
    {
        // What each moment of making a store can leave behind, up to the catalog's rename.
        Directory.CreateDirectory(_scratch.Store);
        File.WriteAllText(Path.Combine(_scratch.Store, WriterLock.FileName), "pid 1");
        Directory.CreateDirectory(Path.Combine(_scratch.Store, "events"));
        File.WriteAllText(Path.Combine(_scratch.Store, CatalogFile.NewFileName), "half a database");
        File.WriteAllText(
            Path.Combine(_scratch.Store, CatalogFile.NewFileName + "-journal"), "of another time");
        Assert.False(New().Exists);
        Store store = Made();
        Assert.True(store.Exists);
        Assert.Equal(
            ["LOCK", "catalog.db", "events", "versions"], _scratch.Snapshot().Keys);
    }

    [Fact]
    public void Open_CatalogThatIsNoDatabase_IsCorruptNamingIt()
    {
        Made();
        File.WriteAllText(Path.Combine(_scratch.Store, CatalogFile.FileName), new string('x', 5000));
        var e = Assert.Throws<EmbedEngineException>(() => _scratch.Open());
        Assert.Equal(ErrorCode.Corrupt, e.Code);
        Assert.Contains(CatalogFile.FileName, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CatalogOfAnotherFormat_IsFormat()
    {
        Store store = Made();
        CatalogFile.Write(store.Path, c => MetaTable.Set(c, MetaTable.Format, "99"));
        var e = Assert.Throws<EmbedEngineException>(() => _scratch.Open());
        Assert.Equal(ErrorCode.Format, e.Code);
        Assert.Contains("99", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CatalogWrite_ThatThrows_IsRolledBack()
    {
        Store store = Made();
        Assert.Throws<InvalidOperationException>(() => CatalogFile.Write(store.Path, c =>
        {
            VersionAliasTable.Set(c, VersionAliasTable.Active, 1);
            throw new InvalidOperationException("half-way");
        }));
        Assert.Empty(CatalogFile.Read(store.Path, VersionAliasTable.All));
    }

    [Fact]
    public void Catalog_IsWalWithFullSync()
    {
        Store store = Made();
        Assert.Equal("wal", CatalogFile.Read(store.Path, c => c.Scalar("PRAGMA journal_mode")));
        Assert.Equal(2L, CatalogFile.Read(store.Path, c => c.Scalar("PRAGMA synchronous"))); // 2 = FULL
    }

    [Fact]
    public void Create_OfAnExistingFile_AndRenameOntoOne_AreIoErrors()
    {
        string path = _scratch.Write("there", "x");
        Assert.Equal(
            ErrorCode.Io, Assert.Throws<EmbedEngineException>(() => FileSystem.Real.Create(path)).Code);
        string other = _scratch.Write("other", "y");
        Assert.Throws<EmbedEngineException>(() => FileSystem.Real.Rename(other, path));
        Assert.Equal("x", File.ReadAllText(path));
        Assert.Equal(
            ErrorCode.NotFound,
            Assert.Throws<EmbedEngineException>(() => FileSystem.Real.Map(path + "no")).Code);
    }

    [Fact]
    public void Map_OutlivesRenameAndDeletion_AndSliceIsBounded()
    {
        string path = _scratch.Write("mapped", "0123456789");
        using MappedFile file = FileSystem.Real.Map(path);
        File.Delete(path);
        Assert.Equal("789"u8.ToArray(), file.Slice(7, 3).ToArray());
        Assert.Throws<CorruptFileException>(() => { file.Slice(8, 3); });
        Assert.Throws<CorruptFileException>(() => { file.Slice(-1, 1); });
        Assert.Throws<CorruptFileException>(() => { file.Slice(long.MaxValue, 1); });
    }
}
