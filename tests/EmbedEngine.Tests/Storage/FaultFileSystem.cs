// The real file system, except that one call of those that change or map files goes wrong.

using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

/// <summary>How the chosen call goes wrong.</summary>
public enum FaultKind
{
    /// <summary>Nothing is done and an error is reported: a full disk, a lost permission.</summary>
    Error,

    /// <summary>
    /// An append or overwrite does half its bytes; anything else is done to the end. An error is reported
    /// either way: a short write, a sync that failed late, a rename whose success never came back.
    /// </summary>
    Torn,

    /// <summary>
    /// From this call on no file grows and none is made; what frees space, renames or reads still works.
    /// </summary>
    Full,
}

/// <summary>Fails call number <paramref name="failAt"/> (from 0) of those that change or map files.</summary>
internal sealed class FaultFileSystem(int failAt, FaultKind kind = FaultKind.Error) : FileSystem
{
    private static readonly FileSystem Inner = Real;
    private int _calls;

    public int Calls => _calls;

    /// <summary>What was hit; null when the run was too short.</summary>
    public string? Hit { get; private set; }

    public override bool FileExists(string path) => Inner.FileExists(path);

    public override bool DirectoryExists(string path) => Inner.DirectoryExists(path);

    public override string CreateTemporaryDirectory() => Inner.CreateTemporaryDirectory();

    public override void CreateDirectory(string path) =>
        Do("create directory", path, () => Inner.CreateDirectory(path));

    public override IReadOnlyList<string> List(string directory) => Inner.List(directory);

    /// <summary>Pretends that nothing can be written to.</summary>
    public bool Unwritable { get; init; }

    public override bool IsWritable(string path) => !Unwritable;

    public override long FileLength(string path) => Inner.FileLength(path);

    public override WritableFile Create(string path)
    {
        WritableFile? file = null;
        Do("create", path, () => file = Inner.Create(path), () => file!.Dispose());
        return new FaultyFile(this, file!);
    }

    public override WritableFile OpenExisting(string path)
    {
        WritableFile? file = null;
        Do("open", path, () => file = Inner.OpenExisting(path), () => file!.Dispose());
        return new FaultyFile(this, file!);
    }

    public override void Rename(string from, string to) => Do("rename", from, () => Inner.Rename(from, to));

    public override void DeleteFile(string path) => Do("delete file", path, () => Inner.DeleteFile(path));

    public override void DeleteDirectory(string path) =>
        Do("delete directory", path, () => Inner.DeleteDirectory(path));

    public override void SyncDirectory(string path) =>
        Do("sync directory", path, () => Inner.SyncDirectory(path));

    public override bool TryExclusive(string path, Action action) => Inner.TryExclusive(path, action);

    /// <summary>Called before a file is opened for reading: another process, at that moment.</summary>
    public Action<string>? BeforeMap { get; set; }

    public override MappedFile Map(string path)
    {
        BeforeMap?.Invoke(path);
        MappedFile? file = null;
        Do("map", path, () => file = Inner.Map(path), () => file!.Dispose());
        return file!;
    }

    private void Do(string what, string path, Action action, Action? undo = null)
    {
        if (!Count(what, path))
        {
            action();
            return;
        }
        if (kind == FaultKind.Torn)
        {
            action();
            undo?.Invoke();
        }
        throw Fault();
    }

    private bool Count(string what, string path)
    {
        int call = Interlocked.Increment(ref _calls) - 1;
        if (kind == FaultKind.Full)
        {
            if (call < failAt || what is not ("create" or "create directory" or "append" or "write"))
                return false;
            Hit ??= $"call {call}: {what} {path}";
            return true;
        }
        if (call != failAt) return false;
        Hit = $"call {failAt}: {what} {path}";
        return true;
    }

    private EmbedEngineException Fault() => new(ErrorCode.Io, $"injected: {Hit}");

    private sealed class FaultyFile(FaultFileSystem owner, WritableFile inner) : WritableFile
    {
        public override string Path => inner.Path;

        public override long Length => inner.Length;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            bool hit = owner.Count("append", Path);
            if (hit && owner.Torn) inner.Append(bytes[..(bytes.Length / 2)]);
            if (hit) throw owner.Fault();
            inner.Append(bytes);
        }

        public override void WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            bool hit = owner.Count("write", Path);
            if (hit && owner.Torn) inner.WriteAt(offset, bytes[..(bytes.Length / 2)]);
            if (hit) throw owner.Fault();
            inner.WriteAt(offset, bytes);
        }

        public override void Truncate(long length) =>
            owner.Do("truncate", Path, () => inner.Truncate(length));

        public override void Sync() => owner.Do("sync", Path, inner.Sync);

        public override void Dispose() => inner.Dispose();
    }

    private bool Torn => kind == FaultKind.Torn;
}
