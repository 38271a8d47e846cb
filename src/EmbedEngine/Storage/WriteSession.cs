using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Storage;

/// <summary>
/// The time one writer holds the store. Files are made under temporary names, synced, renamed and then named
/// by one catalog commit; whatever was not committed is swept by the next writer. Not thread-safe.
/// </summary>
internal sealed class WriteSession : IDisposable
{
    private readonly WriterLock _lock;
    private readonly bool _createdStore;
    private readonly bool _madeDirectory;
    private bool _committed;

    public WriteSession(Store store, WriterLock writerLock, bool createdStore, bool madeDirectory)
    {
        Store = store;
        _lock = writerLock;
        _createdStore = createdStore;
        _madeDirectory = madeDirectory;
    }

    public Store Store { get; }

    /// <summary>Whether this write made the store.</summary>
    public bool CreatedStore => _createdStore;

    /// <summary>Makes a directory of finished, synced artifacts version <paramref name="number"/>.</summary>
    public void PublishVersion(string temporaryPath, long number, Action<CatalogWriter> rows)
    {
        FileSystem fs = Store.FileSystem;
        fs.SyncDirectory(temporaryPath);
        fs.Rename(temporaryPath, Store.VersionDirectory(number));
        fs.SyncDirectory(Store.VersionsDirectory);
        Commit(rows);
    }

    /// <summary>One catalog transaction. The rows are durable when this returns.</summary>
    public void Commit(Action<CatalogWriter> rows)
    {
        CatalogFile.Write(Store.Path, rows);
        _committed = true;
    }

    public void Dispose()
    {
        using (_lock)
        {
            // A store that this write made and nothing was committed to was not there before and is not left
            // behind; in one that was, files that no commit names are removed now rather than by the next
            // writer. Also after a commit: a training that adopted live events and then failed has made both.
            if (_createdStore && !_committed) Store.RemoveNew(_madeDirectory);
            else Store.SweepQuietly();
        }
    }
}
