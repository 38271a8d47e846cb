// The only door between the engine and the disk for everything that is WRITTEN: the real file system, and in
// tests one that fails, tears or loses what was not synced. Nothing outside Storage may open a file for
// writing itself. (Input files of the caller are read directly: they are not ours to protect.)

namespace EmbedEngine.Storage;

/// <summary>
/// What a store asks of a file system. Paths are absolute. Failures are <see cref="EmbedEngineException"/>.
/// </summary>
internal abstract class FileSystem
{
    /// <summary>The operating system's file system.</summary>
    public static FileSystem Real { get; } = new RealFileSystem();

    public abstract bool FileExists(string path);

    public abstract bool DirectoryExists(string path);

    public abstract void CreateDirectory(string path);

    /// <summary>A new empty directory where the system keeps temporary files.</summary>
    public abstract string CreateTemporaryDirectory();

    /// <summary>Names (not paths) of the files and directories in a directory, ordinal order.</summary>
    public abstract IReadOnlyList<string> List(string directory);

    /// <summary>Whether this process may write to an existing file or into an existing directory.</summary>
    public virtual bool IsWritable(string path) => true;

    public abstract long FileLength(string path);

    /// <summary>
    /// When a file or directory was last changed, in ticks of UTC, so far as the system tells at once; <see
    /// cref="long.MaxValue"/> = it does not. Allocates nothing.
    /// </summary>
    public virtual long ChangedAt(string path) => long.MaxValue;

    /// <summary>Creates a file that must not exist yet.</summary>
    public abstract WritableFile Create(string path);

    /// <summary>Opens a file that exists, to append to it or to cut its end off.</summary>
    public abstract WritableFile OpenExisting(string path);

    /// <summary>Renames a file or directory within one directory tree; the target must not exist.</summary>
    public abstract void Rename(string from, string to);

    public abstract void DeleteFile(string path);

    /// <summary>Deletes a directory with all it holds.</summary>
    public abstract void DeleteDirectory(string path);

    /// <summary>Deletes a directory that holds nothing; one that does stays, with an error.</summary>
    public virtual void DeleteEmptyDirectory(string path) => DeleteDirectory(path);

    /// <summary>Makes the names in a directory durable (fsync of the directory).</summary>
    public abstract void SyncDirectory(string path);

    /// <summary>
    /// Runs the action while nobody has the file open for writing and nobody can open it: its writer has
    /// closed it or died. False, without running it, when a writer lives (or there is no such file).
    /// </summary>
    public abstract bool TryExclusive(string path, Action action);

    /// <summary>Maps a file for reading. The mapping outlives renames and deletions of the name.</summary>
    public abstract MappedFile Map(string path);
}

/// <summary>
/// A file being written. Not thread-safe. <see cref="Sync"/> must succeed before anything refers to it.
/// </summary>
internal abstract class WritableFile : IDisposable
{
    public abstract string Path { get; }

    public abstract long Length { get; }

    /// <summary>Appends at the end.</summary>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Overwrites bytes that were appended before.</summary>
    public abstract void WriteAt(long offset, ReadOnlySpan<byte> bytes);

    public abstract void Truncate(long length);

    /// <summary>
    /// fsync. A failure is final for this file: the kernel may have dropped the pages (never retry).
    /// </summary>
    public abstract void Sync();

    public abstract void Dispose();
}

/// <summary>A read-only mapping of a whole file; its spans are valid until it is disposed.</summary>
internal abstract unsafe class MappedFile : IDisposable
{
    public abstract string Path { get; }

    public abstract long Length { get; }

    /// <summary>
    /// Start of the mapping; <see cref="Length"/> bytes are readable. Null when the file is empty.
    /// </summary>
    public abstract byte* Pointer { get; }

    /// <summary>A bounds-checked view of part of the file.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new CorruptFileException(Path, offset, $"{length} bytes", $"a file of {Length} bytes");
        return new ReadOnlySpan<byte>(Pointer + offset, length);
    }

    public abstract void Dispose();
}
