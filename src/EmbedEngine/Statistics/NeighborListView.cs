using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Weighted neighbours of every row, from three sections of a mapping: offsets, rows, weights. Thread-safe.
/// Offsets and lengths are checked at each use: a damaged list is an empty list; rows in lists are the
/// reader's to check.
/// </summary>
internal readonly struct NeighborListView(ArtifactFile file, uint section)
{
    private readonly View<long> _offsets = file.Section<long>(section, file.Header.RowCount + 1);
    private readonly View<int> _neighbors = file.Section<int>(section + 1);
    private readonly View<float> _weights = file.Section<float>(section + 2);

    /// <summary>Neighbours of a row by descending weight.</summary>
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

    /// <summary>Writes lists as the three sections from <paramref name="section"/> on.</summary>
    public static void Write(ArtifactWriter writer, uint section, NeighborLists lists)
    {
        writer.Add<long>(section, lists.Offsets);
        writer.Add<int>(section + 1, lists.Neighbors);
        writer.Add<float>(section + 2, lists.Weights);
    }
}
