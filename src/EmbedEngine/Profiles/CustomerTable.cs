// Profiles and vectors of every user of a version's histories, made from them by the functions that serve
// live ones: for who is like whom, and for reading traits. A request never looks here.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Profiles;

/// <summary>
/// A row of traits and a unit vector by user number, memory-mapped. Immutable, thread-safe.
/// </summary>
internal sealed class CustomerTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "customers";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "customers";

    private const uint ProfilesSection = 1;
    private const uint VectorsSection = 2;
    private const int ChunkUsers = 4096;

    private readonly ArtifactFile _file;
    private readonly View<float> _profiles;
    private readonly View<float> _vectors;

    private CustomerTable(ArtifactFile file)
    {
        _file = file;
        Count = checked((int)file.Header.RowCount);
        _profiles = file.Section<float>(ProfilesSection);
        _vectors = file.Section<float>(VectorsSection);
        TraitCount = WidthOf(_profiles.Count);
        Dims = WidthOf(_vectors.Count);
    }

    private int WidthOf(long values)
    {
        if (Count == 0 || values % Count != 0 || values / Count > 65_536)
            throw new CorruptFileException(_file.Path, 48, "as many values for every user", $"{values}");
        return (int)(values / Count);
    }

    /// <summary>Users, as the histories number them.</summary>
    public int Count { get; }

    /// <summary>Traits of a profile; 0 = the version has none.</summary>
    public int TraitCount { get; }

    /// <summary>Dimensions of a vector; 0 = the version has none.</summary>
    public int Dims { get; }

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    long? IVersionArtifact.Rows => null;

    public static CustomerTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new CustomerTable(file));

    /// <summary>A user's profile, sum 1.</summary>
    public ReadOnlySpan<float> ProfileOf(int user) => _profiles.Slice((long)user * TraitCount, TraitCount);

    /// <summary>A user's vector, length 1 or all zero.</summary>
    public ReadOnlySpan<float> VectorOf(int user) => _vectors.Slice((long)user * Dims, Dims);

    public void Dispose() => _file.Dispose();

    /// <summary>Fills one user's profile and vector; either may have no room.</summary>
    public delegate void Fill(int worker, int user, Span<float> profile, Span<float> vector);

    /// <summary>Writes the table of a version.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="users">Users there are.</param>
    /// <param name="traits">Traits of a profile, 0 = none.</param>
    /// <param name="dims">Dimensions of a vector, 0 = none.</param>
    /// <param name="fill">Called once for each user and section, from several threads.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public static void Write(
        ArtifactSink sink, int users, int traits, int dims, Fill fill, int threads, ProgressScope progress)
    {
        using ArtifactWriter writer = sink.Create(
            FileName, new ArtifactHeader { Kind = FileKind, RowCount = users });
        Stream(writer, ProfilesSection, users, traits, threads, progress,
            (worker, user, values) => fill(worker, user, values, default));
        Stream(writer, VectorsSection, users, dims, threads, progress,
            (worker, user, values) => fill(worker, user, default, values));
        sink.Finish(writer);
    }

    private delegate void FillOne(int worker, int user, Span<float> values);

    /// <summary>A piece of users at a time, so that memory does not grow with them.</summary>
    private static void Stream(
        ArtifactWriter writer, uint section, int users, int width, int threads, ProgressScope progress,
        FillOne fill)
    {
        writer.Begin(section, sizeof(float));
        float[] values = new float[ChunkUsers * width];
        for (int first = 0; first < users && width > 0; first += ChunkUsers)
        {
            int n = Math.Min(ChunkUsers, users - first);
            WorkerTeam.For(threads, n, 64, (worker, begin, end) =>
            {
                for (int i = (int)begin; i < end; i++)
                    fill(worker, first + i, values.AsSpan(i * width, width));
            }, progress);
            writer.Write<float>(values.AsSpan(0, n * width));
        }
        writer.EndSection();
    }
}
