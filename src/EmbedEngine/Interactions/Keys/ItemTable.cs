// The items of one version: row <-> item, from the mapping. An "item" is what callers speak of: the int64 key
// itself in an int64 store, the key's ordinal in a text store. Self-contained: a version copied to a device
// needs no catalog.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Keys;

/// <summary>
/// Row ↔ item table of one version, memory-mapped, rows in descending frequency. Thread-safe.
/// </summary>
internal sealed unsafe class ItemTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "items";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "items";

    /// <summary>No row.</summary>
    public const int None = -1;

    private const uint OrdinalsSection = 1;
    private const uint Int64KeysSection = 2;
    private const uint TextOffsetsSection = 3;
    private const uint TextBytesSection = 4;
    private const uint SlotsSection = 5;
    private const uint RowOfOrdinalSection = 6;
    private const uint CountsSection = 7;
    private const uint ActionsSection = 8;

    private readonly ArtifactFile _file;
    private readonly View<long> _ordinals;
    private readonly View<long> _keys;
    private readonly View<long> _textOffsets;
    private readonly View<byte> _textBytes;
    private readonly View<int> _slots;
    private readonly View<int> _rowOfOrdinal;
    private readonly View<int> _counts;

    private ItemTable(ArtifactFile file)
    {
        _file = file;
        Count = (int)file.Header.RowCount;
        Kind = file.Header.Parameters.Contains("\"text\"", StringComparison.Ordinal) ? KeyKind.Text
            : KeyKind.Int64;
        _ordinals = file.Section<long>(OrdinalsSection, Count);
        _counts = file.Section<int>(CountsSection, Count);
        _rowOfOrdinal = file.Section<int>(RowOfOrdinalSection);
        _slots = file.Section<int>(SlotsSection);
        if (_slots.Count <= Count || (_slots.Count & (_slots.Count - 1)) != 0)
            throw new CorruptFileException(
                file.Path, 68, "a power-of-two hash table above the row count", $"{_slots.Count}");
        if (Kind == KeyKind.Int64)
        {
            _keys = file.Section<long>(Int64KeysSection, Count);
        }
        else
        {
            _textOffsets = file.Section<long>(TextOffsetsSection, Count + 1L);
            _textBytes = file.Section<byte>(TextBytesSection);
        }
    }

    public int Count { get; }

    public KeyKind Kind { get; }

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
        if (Kind == KeyKind.Text)
        {
            row = (ulong)item < (ulong)_rowOfOrdinal.Count ? _rowOfOrdinal[item] : None;
            if ((uint)row < (uint)Count) return true;
            row = None;
            return false;
        }
        long mask = _slots.Count - 1;
        long slot = (long)Mix((ulong)item) & mask;
        for (long probes = 0; probes <= mask; probes++, slot = (slot + 1) & mask)
        {
            row = _slots[slot];
            if ((uint)row >= (uint)Count) break;
            if (_keys[row] == item) return true;
        }
        row = None;
        return false;
    }

    /// <summary>Row of a text key.</summary>
    public bool TryGetRow(ReadOnlySpan<byte> utf8, out int row)
    {
        row = None;
        if (Kind != KeyKind.Text) return false;
        long mask = _slots.Count - 1;
        long slot = (long)Hash(utf8) & mask;
        for (long probes = 0; probes <= mask; probes++, slot = (slot + 1) & mask)
        {
            row = _slots[slot];
            if ((uint)row >= (uint)Count) break;
            if (TextAt(row).SequenceEqual(utf8)) return true;
        }
        row = None;
        return false;
    }

    /// <summary>What callers call the item in this row.</summary>
    public long ItemAt(int row) => Kind == KeyKind.Text ? _ordinals[row] : _keys[row];

    /// <summary>UTF-8 key of a row in a text store; the span is valid while the version is open.</summary>
    public ReadOnlySpan<byte> TextAt(int row)
    {
        long start = _textOffsets[row];
        long end = _textOffsets[row + 1L];
        if (start < 0 || end < start || end > _textBytes.Count || end - start > int.MaxValue)
            throw new CorruptFileException(
                _file.Path, 0, "text offsets inside the section", $"{start}..{end}");
        return _textBytes.Slice(start, (int)(end - start));
    }

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
        bool text = keys.Kind == KeyKind.Text;
        int rows = ordinals.Length;
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = rows,
            Parameters = text ? """{"keys":"text"}""" : """{"keys":"int64"}""",
        });
        writer.Add<long>(OrdinalsSection, ordinals);
        int slots = 16;
        while (slots < rows * 2L) slots = checked(slots * 2);
        int[] table = new int[slots];
        Array.Fill(table, None);
        if (!text)
        {
            long[] byRow = Array.ConvertAll(ordinals, keys.Int64Key);
            writer.Add<long>(Int64KeysSection, byRow);
            for (int row = 0; row < rows; row++) Insert(table, Mix((ulong)byRow[row]), row);
        }
        else
        {
            long[] offsets = new long[rows + 1];
            writer.Begin(TextBytesSection, 1);
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<byte> key = keys.TextKey(ordinals[row]);
                writer.Write(key);
                offsets[row + 1] = offsets[row] + key.Length;
                Insert(table, Hash(key), row);
            }
            writer.EndSection();
            writer.Add<long>(TextOffsetsSection, offsets);
        }
        writer.Add<int>(SlotsSection, table);
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

    private static void Insert(int[] table, ulong hash, int row)
    {
        int mask = table.Length - 1;
        int slot = (int)(hash & (uint)mask);
        while (table[slot] != None) slot = (slot + 1) & mask;
        table[slot] = row;
    }

    // Both hashes are part of the file format: they must never change within a major version.
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        return x ^ (x >> 32);
    }

    private static ulong Hash(ReadOnlySpan<byte> utf8) => ArtifactFormat.DigestAdd((ulong)utf8.Length, utf8);
}
