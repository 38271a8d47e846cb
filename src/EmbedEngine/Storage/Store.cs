// A store directory: where things lie, who may write, and what is swept. It knows files and the catalog,
// never what events or vectors mean. docs/formats.md, "Store", describes the directory, ARCHITECTURE.md,
// "Protocols", how versions are published.

using System.Globalization;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Storage;

/// <summary>Paths, creation, write sessions and orphan sweeping of one store directory.</summary>
internal sealed class Store
{
    private const string EventsFolder = "events";
    private const string VersionsFolder = "versions";
    private const string TemporaryPrefix = ".tmp-";

    /// <summary>First characters of every live log's name.</summary>
    public const string LiveLogPrefix = "live-";

    private readonly FileSystem _fileSystem;

    public Store(FileSystem fileSystem, string path, bool readOnly = false)
    {
        _fileSystem = fileSystem;
        Path = System.IO.Path.GetFullPath(path);
        // Asked of the system, not tried: closing a handle of one's own on the catalog would drop SQLite's
        // locks on it.
        string catalog = System.IO.Path.Combine(Path, CatalogFile.FileName);
        ReadOnly = readOnly
            || (fileSystem.FileExists(catalog)
                && !(fileSystem.IsWritable(Path) && fileSystem.IsWritable(catalog)));
    }

    /// <summary>
    /// Nothing may be written: asked for, or the directory or its catalog cannot be written to.
    /// </summary>
    public bool ReadOnly { get; }

    public string Path { get; }

    public FileSystem FileSystem => _fileSystem;

    public string EventsDirectory => System.IO.Path.Combine(Path, EventsFolder);

    public string VersionsDirectory => System.IO.Path.Combine(Path, VersionsFolder);

    public bool Exists => _fileSystem.FileExists(System.IO.Path.Combine(Path, CatalogFile.FileName));

    public static string SegmentFileName(long id) => id.ToString("D6", CultureInfo.InvariantCulture) + ".eel";

    public static string VersionFolderName(long number) =>
        number.ToString("D20", CultureInfo.InvariantCulture);

    public string VersionDirectory(long number) =>
        System.IO.Path.Combine(VersionsDirectory, VersionFolderName(number));

    public string TemporaryEventsPath(string name) =>
        System.IO.Path.Combine(EventsDirectory, TemporaryPrefix + name);

    public string TemporaryVersionPath(string name) =>
        System.IO.Path.Combine(VersionsDirectory, TemporaryPrefix + name);

    /// <summary>Runs reads against the catalog.</summary>
    public T ReadCatalog<T>(Func<CatalogReader, T> read) =>
        CatalogFile.Read(Path, read, ReadOnly);

    /// <summary>A claim on a version against collection; an empty one where nothing may be written.</summary>
    public ReaderLease TakeLease(long version) =>
        ReadOnly ? ReaderLease.None : ReaderLease.Take(Path, version);

    /// <summary>Throws where nothing may be written.</summary>
    public void EnsureWritable()
    {
        if (!ReadOnly) return;
        throw new EmbedEngineException(
            ErrorCode.ReadOnly,
            $"{Path}: the store is open read-only (asked for, or the directory cannot be written to); this "
            + "call writes");
    }

    /// <summary>Throws unless the directory is a store.</summary>
    public void EnsureExists()
    {
        if (Exists) return;
        throw new EmbedEngineException(
            ErrorCode.NotFound,
            _fileSystem.DirectoryExists(Path)
                ? $"{Path}: this directory is not a store (it has no {CatalogFile.FileName})"
                : $"{Path}: no such store; import events to make one");
    }

    /// <summary>
    /// Takes the writer lock, makes the store if there is none, and sweeps what an interrupted writer left
    /// behind.
    /// </summary>
    public WriteSession BeginWrite()
    {
        EnsureWritable();
        bool madeDirectory = !Exists && PrepareNewDirectory();
        WriterLock writerLock = WriterLock.Acquire(Path);
        // Asked under the lock: another process may have made the store since, and it is not this write's to
        // remove.
        bool created = !Exists;
        try
        {
            if (created) Create();
            CatalogFile.Upgrade(Path);
            Recover();
            return new WriteSession(this, writerLock, created, madeDirectory);
        }
        catch
        {
            using (writerLock)
            {
                if (created) RemoveNew(madeDirectory);
            }
            throw;
        }
    }

    /// <summary>
    /// Removes a store that its first, failed write had made; a directory that was there before stays, empty.
    /// The failure that led here says more than one of cleaning up, so that one is not reported.
    /// </summary>
    internal void RemoveNew(bool withDirectory) => Quietly(() =>
    {
        // Another process may have observed events meanwhile: then the store, empty as it is, stays for them.
        if (_fileSystem.DirectoryExists(EventsDirectory)
            && _fileSystem.List(EventsDirectory)
                .Any(n => n.StartsWith(LiveLogPrefix, StringComparison.Ordinal))) return;
        // The catalog first: without it this is no store, however far the rest gets.
        string catalog = System.IO.Path.Combine(Path, CatalogFile.FileName);
        if (_fileSystem.FileExists(catalog)) _fileSystem.DeleteFile(catalog);
        if (withDirectory) _fileSystem.DeleteDirectory(Path);
        else foreach (string name in _fileSystem.List(Path)) Delete(System.IO.Path.Combine(Path, name));
    });

    /// <summary>Removes what a write that did not commit has made.</summary>
    internal void SweepQuietly() => Quietly(() => Sweep());

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (EmbedEngineException)
        {
            // Left for the next writer's sweep.
        }
    }

    /// <summary>
    /// The rename of a finished catalog makes the directory a store: a kill before it leaves no store, never
    /// half of one.
    /// </summary>
    private void Create()
    {
        foreach (string name in _fileSystem.List(Path))
        {
            // A database's side files must not meet another database of the same name.
            if (name.StartsWith(CatalogFile.FileName, StringComparison.Ordinal))
                _fileSystem.DeleteFile(System.IO.Path.Combine(Path, name));
        }
        _fileSystem.CreateDirectory(EventsDirectory);
        _fileSystem.CreateDirectory(VersionsDirectory);
        CatalogFile.Create(Path);
        _fileSystem.Rename(
            System.IO.Path.Combine(Path, CatalogFile.NewFileName),
            System.IO.Path.Combine(Path, CatalogFile.FileName));
        _fileSystem.SyncDirectory(Path);
        if (System.IO.Path.GetDirectoryName(Path) is string parent) _fileSystem.SyncDirectory(parent);
    }

    /// <summary>True when the directory had to be made.</summary>
    private bool PrepareNewDirectory()
    {
        if (!_fileSystem.DirectoryExists(Path))
        {
            _fileSystem.CreateDirectory(Path);
            return true;
        }
        foreach (string name in _fileSystem.List(Path))
        {
            // What a writer killed while making the store can have left; anything else is somebody's data.
            bool ours = name is EventsFolder or VersionsFolder or WriterLock.FileName
                || name.StartsWith(CatalogFile.FileName, StringComparison.Ordinal);
            if (!ours)
            {
                throw new EmbedEngineException(
                    ErrorCode.InvalidArgument,
                    $"{Path}: not a store and not empty (it holds '{name}'); choose a new directory");
            }
        }
        return false;
    }

    /// <summary>Sweeps what an interrupted writer left, and writes down that it did.</summary>
    private void Recover()
    {
        int swept = Sweep();
        if (swept > 0) CatalogFile.Write(Path, c => RecoveryLog.Add(c, RecoveryLog.SweptOrphans, swept));
    }

    /// <summary>
    /// Deletes files and directories that no catalog row names. Only under the writer lock.
    /// </summary>
    private int Sweep()
    {
        (HashSet<string> segments, HashSet<string> versions) = CatalogFile.Read(Path, c =>
        {
            // A damaged name would make an orphan of a good file.
            CatalogSeals.Check(c, SegmentTable.Table, VersionTable.Table);
            var s = new HashSet<string>(SegmentTable.All(c).Select(r => r.File), StringComparer.Ordinal);
            var v = new HashSet<string>(
                VersionTable.Numbers(c).Select(VersionFolderName), StringComparer.Ordinal);
            return (s, v);
        });
        return SweepDirectory(EventsDirectory, segments) + SweepDirectory(VersionsDirectory, versions);
    }

    private int SweepDirectory(string directory, HashSet<string> known)
    {
        int swept = 0;
        if (!_fileSystem.DirectoryExists(directory))
        {
            _fileSystem.CreateDirectory(directory);
            return swept;
        }
        foreach (string name in _fileSystem.List(directory))
        {
            // Live logs belong to the processes that observe; only adopting them ends them.
            if (known.Contains(name) || name.StartsWith(LiveLogPrefix, StringComparison.Ordinal)) continue;
            Delete(System.IO.Path.Combine(directory, name));
            swept++;
        }
        return swept;
    }

    private void Delete(string path)
    {
        if (_fileSystem.DirectoryExists(path)) _fileSystem.DeleteDirectory(path);
        else _fileSystem.DeleteFile(path);
    }
}
