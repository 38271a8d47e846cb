// The items of one version: row <-> item, from the mapping. An "item" is what callers speak of: the int64 key
// itself in an int64 store, the key's ordinal in a text store. Self-contained: a version copied to a device
// needs no catalog.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Keys;

/// <summary>
/// Row ↔ item table of one version, memory-mapped, rows in descending frequency. Thread-safe.
/// </summary>
internal sealed class ItemTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "items";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "items";

    /// <summary>No row.</summary>
    public const int None = -1;

    private const uint OrdinalsSection = 1; // 2 to 5: MappedKeys
    private const uint RowOfOrdinalSection = 6;
    private const uint CountsSection = 7;
    private const uint ActionsSection = 8;

    private readonly ArtifactFile _file;
    private readonly MappedKeys _keys;
    private readonly View<long> _ordinals;
    private readonly View<int> _rowOfOrdinal;
    private readonly View<int> _counts;

    private ItemTable(ArtifactFile file)
    {
        _file = file;
        Count = (int)file.Header.RowCount;
        _keys = new MappedKeys(file, Count);
        _ordinals = file.Section<long>(OrdinalsSection, Count);
        _counts = file.Section<int>(CountsSection, Count);
        _rowOfOrdinal = file.Section<int>(RowOfOrdinalSection);
    }

    public int Count { get; }

    public KeyKind Kind => _keys.Kind;

    public ulong Digest => _file.Digest;

    /// <summary>The action table the version was made with.</summary>
    public ActionTable ReadActions() => ActionTable.FromJson(
        System.Text.Encoding.UTF8.GetString(_file.Section<byte>(ActionsSection).Span), _file.Path);

    /// <summary>Events per row in the sessions the version was made of.</summary>
    public ReadOnlySpan<int> Counts => _counts.Span;

    public ReadOnlySpan<long> Ordinals => _ordinals.Span;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public long? Rows => Count;

    public static ItemTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ItemTable(file));

    /// <summary>Row of an item (int64 key, or ordinal in a text store).</summary>
    public bool TryGetRow(long item, out int row)
    {
        if (Kind != KeyKind.Text) return _keys.TryGetRow(item, out row);
        row = (ulong)item < (ulong)_rowOfOrdinal.Count ? _rowOfOrdinal[item] : None;
        if ((uint)row < (uint)Count) return true;
        row = None;
        return false;
    }

    /// <summary>Row of a text key.</summary>
    public bool TryGetRow(ReadOnlySpan<byte> utf8, out int row) => _keys.TryGetRow(utf8, out row);

    /// <summary>Row of a key as people write it: text, or an int64 in decimal.</summary>
    public bool TryFind(ReadOnlySpan<byte> written, out int row) => _keys.TryFind(written, out row);

    /// <summary>
    /// Row of each item ordinal, <see cref="None"/> where it has none: for those who map a log.
    /// </summary>
    public int[] RowsOfOrdinals()
    {
        int[] rowOf = _rowOfOrdinal.Span.ToArray();
        for (int i = 0; i < rowOf.Length; i++) rowOf[i] = (uint)rowOf[i] < (uint)Count ? rowOf[i] : None;
        return rowOf;
    }

    /// <summary>What callers call the item in this row.</summary>
    public long ItemAt(int row) => Kind == KeyKind.Text ? _ordinals[row] : _keys.Int64At(row);

    /// <summary>UTF-8 key of a row in a text store; the span is valid while the version is open.</summary>
    public ReadOnlySpan<byte> TextAt(int row) => _keys.TextAt(row);

    public void Dispose() => _file.Dispose();

    /// <summary>Writes the table of a version.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="ordinals">Ordinal of each row, most frequent first.</param>
    /// <param name="counts">Events of each row.</param>
    /// <param name="keys">Ordinal to key.</param>
    /// <param name="actions">Kept with the items, so that a version alone can read requests.</param>
    public static ulong Write(
        ArtifactSink sink, long[] ordinals, int[] counts, KeyDictionary keys, ActionTable actions)
    {
        int rows = ordinals.Length;
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = rows,
            Parameters = $"{{{MappedKeys.KindParameter(keys)}}}",
        });
        writer.Add<long>(OrdinalsSection, ordinals);
        MappedKeys.Write(writer, ordinals, keys);
        long maxOrdinal = -1;
        foreach (long ordinal in ordinals) maxOrdinal = Math.Max(maxOrdinal, ordinal);
        int[] rowOf = new int[checked((int)(maxOrdinal + 1))];
        Array.Fill(rowOf, None);
        for (int row = 0; row < rows; row++) rowOf[ordinals[row]] = row;
        writer.Add<int>(RowOfOrdinalSection, rowOf);
        writer.Add<int>(CountsSection, counts);
        writer.Add<byte>(ActionsSection, System.Text.Encoding.UTF8.GetBytes(actions.ToJson()));
        return sink.Finish(writer);
    }
}
