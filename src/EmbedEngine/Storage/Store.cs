// A store directory: where things lie, who may write, and what is swept. It knows files and the catalog,
// never what events or vectors mean. docs/formats.md, "Store", describes the directory, ARCHITECTURE.md,
// "Protocols", how versions are published.

using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Storage;

/// <summary>Paths, creation, write sessions and orphan sweeping of one store directory.</summary>
internal sealed class Store
{
    private readonly FileSystem _fileSystem;

    private readonly TimeSpan _lockWait;

    public Store(FileSystem fileSystem, string path, bool readOnly = false, TimeSpan lockWait = default)
    {
        _lockWait = lockWait;
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

    public string EventsDirectory => System.IO.Path.Combine(Path, StoreNames.Events);

    public string VersionsDirectory => System.IO.Path.Combine(Path, StoreNames.Versions);

    /// <summary>Of the catalogue; not there before the first attribute.</summary>
    public string AttributesDirectory => System.IO.Path.Combine(Path, StoreNames.Attributes);

    /// <summary>How long a write waits for another one.</summary>
    public TimeSpan LockWait => _lockWait;

    public bool Exists => _fileSystem.FileExists(System.IO.Path.Combine(Path, CatalogFile.FileName));

    public string VersionDirectory(long number) =>
        System.IO.Path.Combine(VersionsDirectory, StoreNames.Version(number));

    public string TemporaryEventsPath(string name) =>
        System.IO.Path.Combine(EventsDirectory, StoreNames.Temporary + name);

    public string TemporaryVersionPath(string name) =>
        System.IO.Path.Combine(VersionsDirectory, StoreNames.Temporary + name);

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
    /// <param name="waits">False: not even as long as the caller asked for when the store was opened.</param>
    public WriteSession BeginWrite(bool waits = true)
    {
        EnsureWritable();
        RefuseLinks();
        bool madeDirectory = !Exists && PrepareNewDirectory();
        WriterLock writerLock = WriterLock.Acquire(Path, waits ? _lockWait : TimeSpan.Zero);
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
    /// Throws where a part of the store is a link: what the engine writes, sweeps and removes would lie
    /// elsewhere. The store as a whole may be reached through one.
    /// </summary>
    public void RefuseLinks()
    {
        foreach (string part in (string[])[StoreNames.Events, StoreNames.Versions, StoreNames.Leases,
            StoreNames.Attributes])
            StoreLinks.Refuse(System.IO.Path.Combine(Path, part));
    }

    /// <summary>Names of the live logs, those behind links left out.</summary>
    public IEnumerable<string> LiveLogs() => _fileSystem.List(EventsDirectory)
        .Where(name => StoreNames.IsLiveLog(name)
            && !StoreLinks.IsLink(System.IO.Path.Combine(EventsDirectory, name)));

    /// <summary>Names of the answer logs by the time they were begun, those behind links left out.</summary>
    public IEnumerable<string> AnswerLogs() => !_fileSystem.DirectoryExists(EventsDirectory) ? []
        : _fileSystem.List(EventsDirectory).Where(name => StoreNames.IsAnswerLog(name)
            && !StoreLinks.IsLink(System.IO.Path.Combine(EventsDirectory, name)));

    /// <summary>
    /// Removes a store that its first, failed write had made; a directory that was there before stays, empty.
    /// The failure that led here says more than one of cleaning up, so that one is not reported.
    /// </summary>
    internal void RemoveNew(bool withDirectory) => Quietly(() =>
    {
        // Another process may have observed events meanwhile: then the store, empty as it is, stays for them.
        if (_fileSystem.DirectoryExists(EventsDirectory)
            && _fileSystem.List(EventsDirectory).Any(StoreNames.IsLiveLog)) return;
        // The catalog first: without it this is no store, however far the rest gets.
        foreach (string name in CatalogFile.FileNames) RemoveFile(name);
        RemoveEmptied(EventsDirectory);
        RemoveEmptied(VersionsDirectory);
        RemoveAttributes();
        RemoveFile(WriterLock.AttributesFileName);
        RemoveFile(WriterLock.FileName);
        if (withDirectory && _fileSystem.List(Path).Count == 0) _fileSystem.DeleteEmptyDirectory(Path);
    });

    private void RemoveFile(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (_fileSystem.FileExists(path)) _fileSystem.DeleteFile(path);
    }

    private void RemoveAttributes()
    {
        if (!_fileSystem.DirectoryExists(AttributesDirectory)) return;
        foreach (string name in _fileSystem.List(AttributesDirectory))
        {
            if (IsOfAttributes(name))
                _fileSystem.DeleteFile(System.IO.Path.Combine(AttributesDirectory, name));
        }
        if (_fileSystem.List(AttributesDirectory).Count == 0)
            _fileSystem.DeleteEmptyDirectory(AttributesDirectory);
    }

    /// <summary>Removes what is ours from a directory, and the directory if that was all.</summary>
    private void RemoveEmptied(string directory)
    {
        if (!_fileSystem.DirectoryExists(directory)) return;
        SweepDirectory(directory, []);
        if (_fileSystem.List(directory).Count == 0) _fileSystem.DeleteEmptyDirectory(directory);
    }

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
        // A database's side files must not meet another database of the same name.
        foreach (string name in CatalogFile.FileNames) RemoveFile(name);
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
        // What a writer killed while making the store can have left; anything else is somebody's data.
        foreach (string name in _fileSystem.List(Path))
        {
            string inside = System.IO.Path.Combine(Path, name);
            string? foreign = name switch
            {
                StoreNames.Events or StoreNames.Versions => _fileSystem.DirectoryExists(inside)
                    && _fileSystem.List(inside).FirstOrDefault(n => !IsOurs(n)) is string other
                    ? $"{name}/{other}" : null,
                StoreNames.Attributes => _fileSystem.DirectoryExists(inside)
                    && _fileSystem.List(inside).FirstOrDefault(n => !IsOfAttributes(n)) is string other
                    ? $"{name}/{other}" : null,
                WriterLock.FileName or WriterLock.AttributesFileName => null,
                _ => CatalogFile.FileNames.Contains(name) ? null : name,
            };
            if (foreign is null) continue;
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"{Path}: not a store and not empty (it holds '{foreign}'); choose a new directory");
        }
        return false;
    }

    /// <summary>Sweeps what an interrupted writer left, and writes down that it did.</summary>
    private void Recover()
    {
        int swept = Sweep();
        if (swept == 0) return;
        try
        {
            CatalogFile.Write(Path, c => RecoveryLog.Add(c, RecoveryLog.SweptOrphans, swept));
        }
        catch (EmbedEngineException e) when (CatalogConnection.IsWantOfSpace(e))
        {
            // A count for `info`: on a full disk what was swept makes room for the write that follows.
        }
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
                VersionTable.Numbers(c).Select(StoreNames.Version), StringComparer.Ordinal);
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
            // Live and answer logs belong to the processes that observe and record; only adopting or folding
            // ends them. Other names are not ours.
            bool orphan = StoreNames.IsTemporary(name)
                || (!known.Contains(name) && (StoreNames.IsSegment(name) || StoreNames.IsVersion(name)));
            if (!orphan) continue;
            Delete(System.IO.Path.Combine(directory, name));
            swept++;
        }
        return swept;
    }

    private static bool IsOurs(string name) => StoreNames.IsTemporary(name) || StoreNames.IsSegment(name)
        || StoreNames.IsVersion(name) || StoreNames.IsLiveLog(name) || StoreNames.IsDamagedLiveLog(name)
        || StoreNames.IsAnswerLog(name);

    private static bool IsOfAttributes(string name) => StoreNames.IsTemporary(name)
        || StoreNames.IsAttributeFile(name, out _);

    private void Delete(string path)
    {
        if (_fileSystem.DirectoryExists(path)) _fileSystem.DeleteDirectory(path);
        else _fileSystem.DeleteFile(path);
    }
}
