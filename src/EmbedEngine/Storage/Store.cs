// A store directory: where things lie, who may write, and what is swept. It knows files and the catalog, never what
// events or vectors mean. ARCHITECTURE.md, "Store", describes the directory and the publish protocol.

using System.Globalization;

namespace EmbedEngine.Storage;

/// <summary>Paths, creation, write sessions and orphan sweeping of one store directory.</summary>
internal sealed class Store
{
    private const string EventsFolder = "events";
    private const string VersionsFolder = "versions";
    private const string TemporaryPrefix = ".tmp-";

    private readonly FileSystem _fileSystem;

    public Store(FileSystem fileSystem, string path)
    {
        _fileSystem = fileSystem;
        Path = System.IO.Path.GetFullPath(path);
    }

    public string Path { get; }

    public FileSystem FileSystem => _fileSystem;

    public string EventsDirectory => System.IO.Path.Combine(Path, EventsFolder);

    public string VersionsDirectory => System.IO.Path.Combine(Path, VersionsFolder);

    public bool Exists => _fileSystem.FileExists(System.IO.Path.Combine(Path, Catalog.FileName));

    public static string SegmentFileName(long id) => id.ToString("D6", CultureInfo.InvariantCulture) + ".eel";

    public static string VersionFolderName(long number) => number.ToString("D20", CultureInfo.InvariantCulture);

    public string VersionDirectory(long number) =>
        System.IO.Path.Combine(VersionsDirectory, VersionFolderName(number));

    public string TemporaryEventsPath(string name) => System.IO.Path.Combine(EventsDirectory, TemporaryPrefix + name);

    public string TemporaryVersionPath(string name) =>
        System.IO.Path.Combine(VersionsDirectory, TemporaryPrefix + name);

    /// <summary>Throws unless the directory is a store.</summary>
    public void EnsureExists()
    {
        if (Exists) return;
        throw new EmbedEngineException(
            ErrorCode.NotFound,
            _fileSystem.DirectoryExists(Path)
                ? $"{Path}: this directory is not a store (it has no {Catalog.FileName})"
                : $"{Path}: no such store; import events to make one");
    }

    /// <summary>
    /// Takes the writer lock, makes the store if there is none, and sweeps what an interrupted writer left behind.
    /// </summary>
    public WriteSession BeginWrite()
    {
        bool created = !Exists;
        if (created) PrepareNewDirectory();
        WriterLock writerLock = WriterLock.Acquire(Path);
        try
        {
            if (created)
            {
                _fileSystem.CreateDirectory(EventsDirectory);
                _fileSystem.CreateDirectory(VersionsDirectory);
                Catalog.Create(Path);
                _fileSystem.SyncDirectory(Path);
            }
            Sweep();
            return new WriteSession(this, writerLock, created);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>Removes a store that its first, failed write had made.</summary>
    internal void RemoveNew()
    {
        if (_fileSystem.DirectoryExists(Path)) _fileSystem.DeleteDirectory(Path);
    }

    private void PrepareNewDirectory()
    {
        if (!_fileSystem.DirectoryExists(Path))
        {
            _fileSystem.CreateDirectory(Path);
            return;
        }
        foreach (string name in _fileSystem.List(Path))
        {
            // What a writer killed while making the store can have left; anything else is somebody's data.
            bool ours = name is EventsFolder or VersionsFolder or WriterLock.FileName
                || name.StartsWith(Catalog.FileName, StringComparison.Ordinal);
            if (!ours)
            {
                throw new EmbedEngineException(
                    ErrorCode.InvalidArgument, $"{Path}: not a store and not empty (it holds '{name}'); choose a new directory");
            }
        }
    }

    /// <summary>Deletes files and directories that no catalog row names. Only under the writer lock.</summary>
    private void Sweep()
    {
        (HashSet<string> segments, HashSet<string> versions) = Catalog.Read(Path, c =>
        {
            var s = new HashSet<string>(StringComparer.Ordinal);
            var v = new HashSet<string>(StringComparer.Ordinal);
            Catalog.Query(c, "SELECT file FROM segment", r => s.Add(r.GetString(0)));
            Catalog.Query(c, "SELECT number FROM version", r => v.Add(VersionFolderName(r.GetInt64(0))));
            return (s, v);
        });
        SweepDirectory(EventsDirectory, segments);
        SweepDirectory(VersionsDirectory, versions);
    }

    private void SweepDirectory(string directory, HashSet<string> known)
    {
        if (!_fileSystem.DirectoryExists(directory))
        {
            _fileSystem.CreateDirectory(directory);
            return;
        }
        foreach (string name in _fileSystem.List(directory))
        {
            if (known.Contains(name)) continue;
            string path = System.IO.Path.Combine(directory, name);
            if (_fileSystem.DirectoryExists(path)) _fileSystem.DeleteDirectory(path);
            else _fileSystem.DeleteFile(path);
        }
    }
}
