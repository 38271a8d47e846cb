using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>The operating system's files. Thread-safe; the files it hands out are not.</summary>
internal sealed partial class RealFileSystem : FileSystem
{
    /// <summary>
    /// O_RDONLY | O_DIRECTORY. Linux numbers the flag by architecture: x64's value is O_DIRECT on arm64,
    /// which no directory opens with. Elsewhere O_RDONLY is enough.
    /// </summary>
    private static readonly int OpenDirectory = !OperatingSystem.IsLinux() ? 0
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000;

    public override bool FileExists(string path)
    {
        if (File.Exists(path)) return true;
        // What may not be looked at is not absent.
        if (!OperatingSystem.IsWindows() && Access(path, 0 /* F_OK */) != 0
            && Marshal.GetLastPInvokeError() == PermissionDenied)
            throw IoError(path, "look at", "permission denied", null);
        return false;
    }

    private const int PermissionDenied = 13; // EACCES

    public override bool DirectoryExists(string path) => Directory.Exists(path);

    public override string CreateTemporaryDirectory()
    {
        string path = "";
        Guard(Path.GetTempPath(), "create directory", () =>
            path = Directory.CreateTempSubdirectory("embedengine-").FullName);
        return path;
    }

    public override void CreateDirectory(string path) =>
        Guard(path, "create directory", () => Directory.CreateDirectory(path));

    public override IReadOnlyList<string> List(string directory)
    {
        var names = new List<string>();
        Guard(directory, "list", () =>
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
                names.Add(System.IO.Path.GetFileName(entry));
        });
        names.Sort(string.CompareOrdinal);
        return names;
    }

    public override bool IsWritable(string path) => OperatingSystem.IsWindows()
        ? Directory.Exists(path) || (File.GetAttributes(path) & FileAttributes.ReadOnly) == 0
        : Access(path, 2 /* W_OK */) == 0;

    public override long FileLength(string path)
    {
        long length = 0;
        Guard(path, "stat", () => length = new FileInfo(path).Length);
        return length;
    }

    // Windows writes the time when the writer closes the file.
    public override long ChangedAt(string path) =>
        OperatingSystem.IsWindows() ? long.MaxValue : File.GetLastWriteTimeUtc(path).Ticks;

    public override WritableFile Create(string path) => new RealWritableFile(path, FileMode.CreateNew);

    public override WritableFile OpenExisting(string path) => new RealWritableFile(path, FileMode.Open);

    public override void Rename(string from, string to) => Guard(from, "rename", () =>
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: false);
    });

    public override void DeleteFile(string path) => Guard(path, "delete", () => File.Delete(path));

    public override void DeleteDirectory(string path) =>
        Guard(path, "delete", () => Directory.Delete(path, recursive: true));

    public override void DeleteEmptyDirectory(string path) =>
        Guard(path, "delete", () => Directory.Delete(path, recursive: false));

    public override void SyncDirectory(string path)
    {
        // NTFS journals names; a directory handle cannot be flushed there.
        if (OperatingSystem.IsWindows()) return;
        int fd = Open(path, OpenDirectory);
        if (fd < 0) throw IoError(path, "open for fsync", Marshal.GetLastPInvokeErrorMessage(), null);
        try
        {
            if (Fsync(fd) != 0) throw IoError(path, "fsync", Marshal.GetLastPInvokeErrorMessage(), null);
        }
        finally
        {
            _ = Close(fd);
        }
    }

    public override bool TryExclusive(string path, Action action)
    {
        FileStream file;
        try
        {
            // An exclusive lock; every writer of this engine holds a shared one for as long as it has the
            // file open.
            file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        using (file) action();
        return true;
    }

    public override MappedFile Map(string path) => new RealMappedFile(path);

    /// <summary>
    /// Opens a file for reading past its lock. .NET takes a shared lock with every sharing mode, which fails
    /// while the owner holds the exclusive one; a handle that the system opened has none (on Windows the lock
    /// is kept: IOException).
    /// </summary>
    internal static Microsoft.Win32.SafeHandles.SafeFileHandle OpenUnlocked(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        int fd = Open(path, 0 /* O_RDONLY */);
        if (fd < 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        return new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
    }

    internal static EmbedEngineException IoError(string path, string what, string why, Exception? inner) =>
        new(inner is FileNotFoundException or DirectoryNotFoundException ? ErrorCode.NotFound : ErrorCode.Io,
            $"{path}: cannot {what}: {why}", inner);

    internal static void Guard(string path, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw IoError(path, what, e.Message, e);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    private sealed class RealWritableFile : WritableFile
    {
        private readonly FileStream _stream;
        private bool _syncFailed;

        public RealWritableFile(string path, FileMode mode)
        {
            Path = path;
            FileStream? stream = null;
            // No buffer in between: what Append returned from has been handed to the kernel.
            Guard(path, "open for writing", () => stream =
                new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0));
            _stream = stream!;
            _length = _stream.Length;
        }

        public override string Path { get; }

        public override long Length => _length;

        private long _length;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            WriteAt(_length, bytes);
            _length += bytes.Length;
        }

        public override void WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(_stream.SafeFileHandle, bytes, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw IoError(Path, "write", e.Message, e);
            }
        }

        public override void Truncate(long length)
        {
            Guard(Path, "truncate", () => _stream.SetLength(length));
            _length = length;
        }

        public override void Sync()
        {
            if (_syncFailed) throw new EmbedEngineException(ErrorCode.Io, $"{Path}: an earlier fsync failed");
            try
            {
                RandomAccess.FlushToDisk(_stream.SafeFileHandle);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _syncFailed = true;
                throw IoError(Path, "fsync", e.Message, e);
            }
        }

        public override void Dispose() => _stream.Dispose();
    }

    private sealed unsafe class RealMappedFile : MappedFile
    {
        private readonly MemoryMappedFile? _map;
        private readonly MemoryMappedViewAccessor? _view;
        private byte* _pointer;

        public RealMappedFile(string path)
        {
            Path = path;
            try
            {
                using var stream = new FileStream(
                    path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                    bufferSize: 0);
                Length = stream.Length;
                // The OS refuses empty mappings; an empty file is damaged for its reader.
                if (Length == 0) return;
                _map = MemoryMappedFile.CreateFromFile(
                    stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
                _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw IoError(path, "open", e.Message, e);
            }
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _pointer = pointer + _view.PointerOffset;
        }

        public override string Path { get; }

        public override long Length { get; }

        public override byte* Pointer => _pointer;

        public override void Dispose()
        {
            if (_pointer == null) return;
            Release();
            _view!.Dispose();
            _map!.Dispose();
            GC.SuppressFinalize(this);
        }

        // A model that was replaced while queries ran is not disposed but dropped: with the pointer never
        // given back its mapping would stay for the life of the process. The view's handle unmaps in its own
        // finalizer, which runs later.
        ~RealMappedFile()
        {
            if (_pointer != null) Release();
        }

        private void Release()
        {
            _pointer = null;
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }
}
