using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>A vector table with the indexes built from it. Thread-safe, valid until disposed.</summary>
internal sealed class VectorSpace : IDisposable
{
    /// <summary>Name of the index over IN rows: similar items.</summary>
    public const string InSide = "in";

    /// <summary>Name of the index over OUT rows: next items.</summary>
    public const string OutSide = "out";

    private readonly ArtifactFile _inFile;
    private readonly ArtifactFile? _outFile;

    private VectorSpace(string name, VectorTable vectors, ArtifactFile inFile, ArtifactFile? outFile)
    {
        (Name, Vectors, _inFile, _outFile) = (name, vectors, inFile, outFile);
        InIndex = HnswIndex.Open(inFile, vectors.In, vectors.Digest);
        if (outFile is not null) OutIndex = HnswIndex.Open(outFile, vectors.Out, vectors.Digest);
    }

    public string Name { get; }

    /// <summary>Whether vectors and indexes were all made for one version.</summary>
    public bool IsOf(long version) => Vectors.Version == version && _inFile.Header.Version == version
        && (_outFile is null || _outFile.Header.Version == version);

    public VectorTable Vectors { get; }

    public HnswIndex InIndex { get; }

    /// <summary>Null where the trainer has no OUT matrix.</summary>
    public HnswIndex? OutIndex { get; }

    public static VectorSpace Open(FileSystem fileSystem, string directory, string name, VerifyLevel verify)
    {
        string PathOf(string artifact) => Path.Combine(directory, artifact + ArtifactNames.Extension);
        VectorTable vectors = VectorTable.Open(fileSystem, PathOf(ArtifactNames.Vectors(name)), verify);
        ArtifactFile? inFile = null;
        ArtifactFile? outFile = null;
        try
        {
            inFile = ArtifactFile.Open(
                fileSystem, PathOf(ArtifactNames.Index(name, InSide)), HnswLayout.FileKind, verify);
            if (vectors.HasOut)
            {
                outFile = ArtifactFile.Open(
                    fileSystem, PathOf(ArtifactNames.Index(name, OutSide)), HnswLayout.FileKind, verify);
            }
            return Damage.Guarded(
                PathOf(ArtifactNames.Index(name, InSide)), ArtifactFormat.ParametersOffset,
                "an index of the vectors beside it", () => new VectorSpace(name, vectors, inFile, outFile));
        }
        catch
        {
            vectors.Dispose();
            inFile?.Dispose();
            outFile?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Vectors.Dispose();
        _inFile.Dispose();
        _outFile?.Dispose();
    }
}
