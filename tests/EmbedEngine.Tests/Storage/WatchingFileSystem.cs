// The real file system, which fails the test at once where something is made, written, renamed, locked or
// removed that does not lie in one directory: by its real path, links followed.

using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

internal sealed class WatchingFileSystem(string root) : FileSystem
{
    private static readonly FileSystem Inner = Real;
    private readonly string _root = RealPath(root);

    public override bool FileExists(string path) => Inner.FileExists(path);

    public override bool DirectoryExists(string path) => Inner.DirectoryExists(path);

    public override string CreateTemporaryDirectory()
    {
        string path = Path.Combine(_root, "tmp-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path);
        return path;
    }

    public override void CreateDirectory(string path)
    {
        Check(path);
        Inner.CreateDirectory(path);
    }

    public override IReadOnlyList<string> List(string directory) => Inner.List(directory);

    public override bool IsWritable(string path) => Inner.IsWritable(path);

    public override long FileLength(string path) => Inner.FileLength(path);

    public override WritableFile Create(string path)
    {
        Check(path);
        return Inner.Create(path);
    }

    public override WritableFile OpenExisting(string path)
    {
        Check(path);
        return Inner.OpenExisting(path);
    }

    public override void Rename(string from, string to)
    {
        Check(from);
        Check(to);
        Inner.Rename(from, to);
    }

    public override void DeleteFile(string path)
    {
        Check(path);
        Inner.DeleteFile(path);
    }

    public override void DeleteDirectory(string path)
    {
        Check(path);
        Inner.DeleteDirectory(path);
    }

    public override void SyncDirectory(string path) => Inner.SyncDirectory(path);

    public override bool TryExclusive(string path, Action action)
    {
        // Opened for writing, so the file itself and not only its name.
        Check(RealPath(path));
        return Inner.TryExclusive(path, action);
    }

    public override MappedFile Map(string path) => Inner.Map(path);

    /// <summary>A name is where its directory really is; the name itself may be a link that goes.</summary>
    private void Check(string path)
    {
        string place = Path.Combine(RealPath(Path.GetDirectoryName(path)!), Path.GetFileName(path));
        Assert.True(
            place == _root || place.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal),
            $"{path} is {place}, outside {_root}");
    }

    private static string RealPath(string path)
    {
        string real = Path.GetPathRoot(path)!;
        foreach (string part in path[real.Length..].Split(Path.DirectorySeparatorChar))
        {
            real = Path.Combine(real, part);
            if (Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target)
                real = RealPath(target.FullName);
        }
        return real;
    }
}
