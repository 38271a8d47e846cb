using System.Globalization;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Strongest neighbours of every row, symmetric and directed, from the mapping. Thread-safe. Offsets, rows
/// and lengths are checked at each use: a damaged list is an empty list, never a read outside.
/// </summary>
internal sealed class CovisitationTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "covisitation";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "covisitation";

    private const uint SymmetricSection = 1; // offsets, +1 neighbours, +2 weights
    private const uint DirectedSection = 4;

    private readonly ArtifactFile _file;

    private CovisitationTable(ArtifactFile file)
    {
        _file = file;
        SymmetricLists = new NeighborListView(file, SymmetricSection);
        DirectedLists = new NeighborListView(file, DirectedSection);
    }

    /// <summary>Rows the lists are for.</summary>
    public long? Rows => _file.Header.RowCount;

    /// <summary>Neighbours seen in the same sessions, before or after.</summary>
    public NeighborListView SymmetricLists { get; }

    /// <summary>Neighbours seen later in the same sessions.</summary>
    public NeighborListView DirectedLists { get; }

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static CovisitationTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new CovisitationTable(file));

    /// <summary>Neighbours seen in the same sessions, before or after; descending weight.</summary>
    public ReadOnlySpan<int> Symmetric(int row, out ReadOnlySpan<float> weights) =>
        SymmetricLists.Of(row, out weights);

    /// <summary>Neighbours seen later in the same sessions; descending weight.</summary>
    public ReadOnlySpan<int> Directed(int row, out ReadOnlySpan<float> weights) =>
        DirectedLists.Of(row, out weights);

    public void Dispose() => _file.Dispose();

    public static void Write(
        ArtifactSink sink, int rows, NeighborLists symmetric, NeighborLists directed,
        CovisitationOptions options,
        int sequentialNeighbors)
    {
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = rows,
            Parameters = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"last_events":{{options.LastEvents}},"window_hours":{{options.WindowHours}}"""
                + $$""","decay_per_hour":{{options.DecayPerHour}}"""
                + $$""","top_neighbors":{{options.TopNeighbors}}"""
                + $$""","sequential_neighbors":{{sequentialNeighbors}}}"""),
        });
        NeighborListView.Write(writer, SymmetricSection, symmetric);
        NeighborListView.Write(writer, DirectedSection, directed);
        sink.Finish(writer);
    }
}
