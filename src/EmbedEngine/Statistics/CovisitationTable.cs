using System.Globalization;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Strongest neighbours of every row, symmetric and directed, from the mapping. Thread-safe. Offsets, rows and lengths
/// are checked at each use: a damaged list is an empty list, never a read outside.
/// </summary>
internal sealed class CovisitationTable : IDisposable
{
    private const uint SymmetricSection = 1; // offsets, +1 neighbours, +2 weights
    private const uint DirectedSection = 4;

    private readonly ArtifactFile _file;
    private readonly Side _symmetric;
    private readonly Side _directed;

    private CovisitationTable(ArtifactFile file)
    {
        _file = file;
        _symmetric = new Side(file, SymmetricSection);
        _directed = new Side(file, DirectedSection);
    }

    /// <summary>Rows the lists are for.</summary>
    public long RowCount => _file.Header.RowCount;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static CovisitationTable Open(FileSystem fileSystem, string path, VerifyLevel verify)
    {
        ArtifactFile file = ArtifactFile.Open(fileSystem, path, ArtifactKind.Covisitation, verify);
        try
        {
            return new CovisitationTable(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Neighbours seen in the same sessions, before or after; descending weight.</summary>
    public ReadOnlySpan<int> Symmetric(int row, out ReadOnlySpan<float> weights) => _symmetric.Of(row, out weights);

    /// <summary>Neighbours seen later in the same sessions; descending weight.</summary>
    public ReadOnlySpan<int> Directed(int row, out ReadOnlySpan<float> weights) => _directed.Of(row, out weights);

    public void Dispose() => _file.Dispose();

    public static void Write(
        ArtifactSink sink, int rows, NeighborLists symmetric, NeighborLists directed, CovisitationOptions options)
    {
        using ArtifactWriter writer = sink.Create(ArtifactNames.Covisitation, new ArtifactHeader
        {
            Kind = ArtifactKind.Covisitation,
            RowCount = rows,
            Parameters = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"last_events":{{options.LastEvents}},"window_hours":{{options.WindowHours}},"decay_per_hour":{{options.DecayPerHour}},"top_neighbors":{{options.TopNeighbors}}}"""),
        });
        Add(writer, SymmetricSection, symmetric);
        Add(writer, DirectedSection, directed);
        sink.Finish(writer);
    }

    private static void Add(ArtifactWriter writer, uint section, NeighborLists lists)
    {
        writer.Add<long>(section, lists.Offsets);
        writer.Add<int>(section + 1, lists.Neighbors);
        writer.Add<float>(section + 2, lists.Weights);
    }

    private readonly struct Side(ArtifactFile file, uint section)
    {
        private readonly View<long> _offsets = file.Section<long>(section, file.Header.RowCount + 1);
        private readonly View<int> _neighbors = file.Section<int>(section + 1);
        private readonly View<float> _weights = file.Section<float>(section + 2);

        public ReadOnlySpan<int> Of(int row, out ReadOnlySpan<float> weights)
        {
            weights = default;
            if ((ulong)row >= (ulong)(_offsets.Count - 1)) return default;
            long begin = _offsets[row];
            long end = _offsets[row + 1L];
            bool sane = begin >= 0 && end >= begin && end <= _neighbors.Count && end <= _weights.Count
                && end - begin <= int.MaxValue;
            if (!sane) return default;
            weights = _weights.Slice(begin, (int)(end - begin));
            return _neighbors.Slice(begin, (int)(end - begin));
        }
    }
}
