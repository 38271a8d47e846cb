using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Category of every row, the categories' names and their items by popularity, from the mapping. Thread-safe.
/// Numbers and offsets are checked at each use: damage is no category or an empty list; rows in lists are the
/// reader's to check.
/// </summary>
internal sealed class CategoryTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "categories";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "categories";

    private const uint CategoryOfRowSection = 1;
    private const uint NameOffsetsSection = 2;
    private const uint NameBytesSection = 3;
    private const uint ListOffsetsSection = 4;
    private const uint ListSection = 5;
    private const uint TotalsSection = 6;

    private readonly ArtifactFile _file;
    private readonly View<int> _categoryOfRow;
    private readonly View<long> _nameOffsets;
    private readonly View<byte> _nameBytes;
    private readonly View<long> _listOffsets;
    private readonly View<int> _list;
    private readonly View<float> _totals;
    private CategoryRows? _allRows;

    private CategoryTable(ArtifactFile file)
    {
        _file = file;
        _categoryOfRow = file.Section<int>(CategoryOfRowSection, file.Header.RowCount);
        _totals = file.Section<float>(TotalsSection);
        _nameOffsets = file.Section<long>(NameOffsetsSection, _totals.Count + 1);
        _nameBytes = file.Section<byte>(NameBytesSection);
        _listOffsets = file.Section<long>(ListOffsetsSection, _totals.Count + 1);
        _list = file.Section<int>(ListSection);
        if (_totals.Count > int.MaxValue)
            throw new CorruptFileException(file.Path, 68, "at most 2^31 - 1 categories", $"{_totals.Count}");
    }

    /// <summary>Number of categories.</summary>
    public int Count => (int)_totals.Count;

    /// <summary>Rows the table is for.</summary>
    public long? Rows => _file.Header.RowCount;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static CategoryTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new CategoryTable(file));

    /// <summary>Category of a row, or <see cref="ItemCategories.None"/>.</summary>
    public int CategoryOf(int row)
    {
        if ((ulong)row >= (ulong)_categoryOfRow.Count) return ItemCategories.None;
        int category = _categoryOfRow[row];
        return (uint)category < (uint)Count ? category : ItemCategories.None;
    }

    /// <summary>Rows of a category by descending popularity; those without any are left out.</summary>
    public ReadOnlySpan<int> RowsOf(int category) => Part(_listOffsets, _list, category);

    /// <summary>
    /// All rows of a category, which must be one, ascending. The first call lists those of all categories.
    /// </summary>
    public ReadOnlySpan<int> AllRowsOf(int category)
    {
        CategoryRows rows = Volatile.Read(ref _allRows) ?? ListRows();
        return rows.Of(category);
    }

    private CategoryRows ListRows()
    {
        var rows = new CategoryRows(this, (int)_categoryOfRow.Count);
        return Interlocked.CompareExchange(ref _allRows, rows, null) ?? rows;
    }

    /// <summary>Sum of the popularity of a category's items.</summary>
    public float TotalOf(int category) => (uint)category < (uint)Count ? _totals[category] : 0;

    /// <summary>Name of a category, UTF-8.</summary>
    public ReadOnlySpan<byte> NameOf(int category) => Part(_nameOffsets, _nameBytes, category);

    public void Dispose() => _file.Dispose();

    /// <summary>Writes the table of a version, with those categories that its items have.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="ordinals">Ordinal of each row.</param>
    /// <param name="categories">Category of each ordinal.</param>
    /// <param name="popularity">Popularity of each row, not negative.</param>
    /// <returns>False, and nothing written, when no item has a category.</returns>
    public static bool Write(
        ArtifactSink sink, long[] ordinals, ItemCategories categories, double[] popularity)
    {
        if (NumbersOf(ordinals, categories) is not { } ofRow) return false;
        int[] present = PresentIn(ordinals, categories);
        int[] ranked = [.. Enumerable.Range(0, ofRow.Length).Where(r => ofRow[r] >= 0 && popularity[r] > 0)
            .OrderBy(r => ofRow[r]).ThenByDescending(r => popularity[r]).ThenBy(r => r)];
        long[] listOffsets = new long[present.Length + 1];
        double[] totals = new double[present.Length];
        foreach (int row in ranked)
        {
            listOffsets[ofRow[row] + 1]++;
            totals[ofRow[row]] += popularity[row];
        }
        for (int c = 0; c < present.Length; c++) listOffsets[c + 1] += listOffsets[c];
        byte[][] names = [.. present.Select(c => Encoding.UTF8.GetBytes(categories.NameOf(c)))];
        long[] nameOffsets = new long[present.Length + 1];
        for (int c = 0; c < names.Length; c++) nameOffsets[c + 1] = nameOffsets[c] + names[c].Length;
        using ArtifactWriter writer = sink.Create(
            FileName,
            new ArtifactHeader { Kind = FileKind, RowCount = ordinals.Length });
        writer.Add<int>(CategoryOfRowSection, ofRow);
        writer.Add<long>(NameOffsetsSection, nameOffsets);
        writer.Add<byte>(NameBytesSection, names.SelectMany(n => n).ToArray());
        writer.Add<long>(ListOffsetsSection, listOffsets);
        writer.Add<int>(ListSection, ranked);
        writer.Add<float>(TotalsSection, Array.ConvertAll(totals, t => (float)t));
        sink.Finish(writer);
        return true;
    }

    /// <summary>
    /// Category of each row as the table of a version numbers them; null where no item has one.
    /// </summary>
    public static int[]? NumbersOf(long[] ordinals, ItemCategories categories)
    {
        int[] present = PresentIn(ordinals, categories);
        return present.Length == 0 ? null : Array.ConvertAll(ordinals, o => categories.Of(o) is >= 0 and int c
            ? Array.BinarySearch(present, c) : ItemCategories.None);
    }

    private static int[] PresentIn(long[] ordinals, ItemCategories categories) =>
        [.. ordinals.Select(categories.Of).Where(c => c != ItemCategories.None).Distinct().Order()];

    private static ReadOnlySpan<T> Part<T>(View<long> offsets, View<T> values, int index)
        where T : unmanaged
    {
        if ((ulong)index >= (ulong)(offsets.Count - 1)) return default;
        long begin = offsets[index];
        long end = offsets[index + 1L];
        bool sane = begin >= 0 && end >= begin && end <= values.Count && end - begin <= int.MaxValue;
        return sane ? values.Slice(begin, (int)(end - begin)) : default;
    }
}
