// A bundle seen as a directory that can only be read: its entries are the files. So a version is opened from
// a bundle by the same code that opens it from a store, straight from the one mapping.

using System.Buffers.Binary;

namespace EmbedEngine.Storage;

/// <summary>
/// The entries of one bundle as files "directly below" its path. Thread-safe; owns the mapping.
/// </summary>
internal sealed unsafe class BundleFileSystem : FileSystem, IDisposable
{
    private readonly MappedFile _file;
    private readonly IReadOnlyList<BundleFormat.Entry> _entries;

    /// <summary>
    /// Maps the bundle and checks header, footer, table, and that the table's artifacts are those that lie
    /// there.
    /// </summary>
    public BundleFileSystem(string path, VerifyLevel verify)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path)) throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: no such file");
        _file = Real.Map(path);
        try
        {
            _entries = BundleFormat.Decode(_file, out long version);
            Version = version;
            foreach (BundleFormat.Entry entry in _entries) Check(entry);
            if (verify == VerifyLevel.Full) CheckGaps();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public long Length => _file.Length;

    /// <summary>The version in the bundle.</summary>
    public long Version { get; }

    /// <summary>The version's manifest.</summary>
    public string ReadManifest()
    {
        BundleFormat.Entry entry = Find(BundleFormat.Manifest)
            ?? throw new CorruptFileException(Path, 32, "a manifest", "none");
        return System.Text.Encoding.UTF8.GetString(_file.Slice(entry.Offset, checked((int)entry.Length)));
    }

    public override bool FileExists(string path) => Find(System.IO.Path.GetFileName(path)) is not null;

    public override bool DirectoryExists(string path) => path == Path;

    public override IReadOnlyList<string> List(string directory) => [.. _entries.Select(e => e.Name)];

    public override bool IsWritable(string path) => false;

    public override long FileLength(string path) => Required(path).Length;

    public override MappedFile Map(string path)
    {
        BundleFormat.Entry entry = Required(path);
        return new Window(_file, path, entry.Offset, entry.Length);
    }

    public override void CreateDirectory(string path) => throw ReadOnly();

    public override string CreateTemporaryDirectory() => throw ReadOnly();

    public override WritableFile Create(string path) => throw ReadOnly();

    public override WritableFile OpenExisting(string path) => throw ReadOnly();

    public override void Rename(string from, string to) => throw ReadOnly();

    public override void DeleteFile(string path) => throw ReadOnly();

    public override void DeleteDirectory(string path) => throw ReadOnly();

    public override void SyncDirectory(string path) => throw ReadOnly();

    public override bool TryExclusive(string path, Action action) => throw ReadOnly();

    public void Dispose() => _file.Dispose();

    private void Check(BundleFormat.Entry entry)
    {
        bool manifest = entry.Name == BundleFormat.Manifest;
        if (!manifest && entry.Length < ArtifactFormat.HeaderBytes)
            throw new CorruptFileException(Path, entry.Offset, "an artifact", $"{entry.Length} bytes");
        uint found = manifest
            ? Crc32C.Compute(_file.Slice(entry.Offset, checked((int)Math.Min(entry.Length, int.MaxValue))))
            : BinaryPrimitives.ReadUInt32LittleEndian(
            _file.Slice(entry.Offset + ArtifactFormat.HeaderBytes - 4, 4));
        if (found != entry.Crc)
            throw new CorruptFileException(
                Path, entry.Offset, $"'{entry.Name}' with crc {entry.Crc:x8}", $"{found:x8}");
    }

    /// <summary>Between entries there is nothing but zeros.</summary>
    private void CheckGaps()
    {
        long at = BundleFormat.HeaderBytes;
        foreach (BundleFormat.Entry entry in _entries.Append(
            new BundleFormat.Entry("", Length - BundleFormat.FooterBytes, 0, 0)))
        {
            int gap = checked((int)(entry.Offset - at));
            if (_file.Slice(at, gap).ContainsAnyExcept((byte)0))
                throw new CorruptFileException(Path, at, "zeros between entries", "something else");
            at = entry.Offset + entry.Length;
        }
    }

    private BundleFormat.Entry? Find(string name) => _entries.FirstOrDefault(e => e.Name == name);

    private BundleFormat.Entry Required(string path) => Find(System.IO.Path.GetFileName(path))
        ?? throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: not in the bundle");

    private EmbedEngineException ReadOnly() =>
        new(ErrorCode.ReadOnly, $"{Path}: a bundle cannot be written to");

    /// <summary>Part of a mapping; keeps the whole alive and owns nothing.</summary>
    private sealed class Window(MappedFile whole, string path, long offset, long length) : MappedFile
    {
        public override string Path => path;

        public override long Length => length;

        public override byte* Pointer => whole.Pointer + offset;

        public override void Dispose()
        {
            // The bundle unmaps the whole.
        }
    }
}
