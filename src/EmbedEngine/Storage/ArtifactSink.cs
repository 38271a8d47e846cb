namespace EmbedEngine.Storage;

/// <summary>File names of a version's artifacts, without extension.</summary>
internal static class ArtifactNames
{
    public const string Extension = ".eea";

    public static string Vectors(string space) => $"vectors-{space}";

    public static string Index(string space, string side) => $"hnsw-{space}-{side}";
}

/// <summary>A finished artifact as the catalog and the manifest name it.</summary>
internal sealed record ArtifactRecord(
    string Name, string Kind, string File, long Length, uint HeaderCrc, ulong Digest, long Rows,
    int Dimensions);

/// <summary>
/// Makes the artifact files of one version in one directory and remembers what was finished.
/// </summary>
internal sealed class ArtifactSink(FileSystem fileSystem, string directory, long version)
{
    private readonly Dictionary<ArtifactWriter, (string Name, ArtifactHeader Header)> _open = [];

    public FileSystem FileSystem { get; } = fileSystem;

    public string Directory { get; } = directory;

    /// <summary>Version that the artifacts are for; 0 = none yet.</summary>
    public long Version => version;

    public List<ArtifactRecord> Finished { get; } = [];

    public string PathOf(string name) => Path.Combine(Directory, name + ArtifactNames.Extension);

    public ArtifactWriter Create(string name, ArtifactHeader header)
    {
        header = header with { Version = version };
        var writer = new ArtifactWriter(FileSystem, PathOf(name), header);
        _open[writer] = (name, header);
        return writer;
    }

    /// <summary>Finishes (and syncs) a writer made here; returns the content digest.</summary>
    public ulong Finish(ArtifactWriter writer)
    {
        writer.Finish();
        (string name, ArtifactHeader h) = _open[writer];
        _open.Remove(writer);
        Finished.Add(new ArtifactRecord(
            name, h.Kind, name + ArtifactNames.Extension, writer.Length, writer.HeaderCrc, writer.Digest,
            h.RowCount, h.Dimensions));
        return writer.Digest;
    }
}
