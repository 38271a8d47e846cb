// Keys of an artifact's rows, from the mapping: int64 keys or text bytes by row, and a hash table from key to
// row. Items and users of a version are found through it. Opening reads none of it; every slot and offset is
// checked where it is used.

using System.Text;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Keys;

/// <summary>Row ↔ key of one artifact. Immutable, thread-safe, valid while the file is open.</summary>
internal sealed class MappedKeys
{
    /// <summary>No row.</summary>
    public const int None = -1;

    private const uint Int64KeysSection = 2;
    private const uint TextOffsetsSection = 3;
    private const uint TextBytesSection = 4;
    private const uint SlotsSection = 5;

    private readonly string _path;
    private readonly View<long> _keys;
    private readonly View<long> _textOffsets;
    private readonly View<byte> _textBytes;
    private readonly View<int> _slots;

    /// <param name="file">An artifact that <see cref="Write"/> has written its sections into.</param>
    /// <param name="count">Rows.</param>
    public MappedKeys(ArtifactFile file, int count)
    {
        (_path, Count) = (file.Path, count);
        Kind = file.Header.Parameters.Contains("\"text\"", StringComparison.Ordinal)
            ? KeyKind.Text : KeyKind.Int64;
        _slots = file.Section<int>(SlotsSection);
        if (_slots.Count <= count || (_slots.Count & (_slots.Count - 1)) != 0)
            throw new CorruptFileException(
                file.Path, 68, "a power-of-two hash table above the row count", $"{_slots.Count}");
        if (Kind == KeyKind.Int64)
        {
            _keys = file.Section<long>(Int64KeysSection, count);
        }
        else
        {
            _textOffsets = file.Section<long>(TextOffsetsSection, count + 1L);
            _textBytes = file.Section<byte>(TextBytesSection);
        }
    }

    public int Count { get; }

    public KeyKind Kind { get; }

    /// <summary>Row of an int64 key.</summary>
    public bool TryGetRow(long key, out int row)
    {
        row = None;
        if (Kind != KeyKind.Int64) return false;
        long mask = _slots.Count - 1;
        long slot = (long)Mix((ulong)key) & mask;
        for (long probes = 0; probes <= mask; probes++, slot = (slot + 1) & mask)
        {
            row = _slots[slot];
            if ((uint)row >= (uint)Count) break;
            if (_keys[row] == key) return true;
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

    /// <summary>Row of a key as people write it: text, or an int64 in decimal.</summary>
    public bool TryFind(ReadOnlySpan<byte> written, out int row)
    {
        row = None;
        return Kind == KeyKind.Text ? TryGetRow(written, out row)
            : KeyText.TryParseInt64(written, out long key) && TryGetRow(key, out row);
    }

    /// <summary>Key of a row where keys are int64.</summary>
    public long Int64At(int row) => _keys[row];

    /// <summary>UTF-8 key of a row where keys are text; valid while the file is open.</summary>
    public ReadOnlySpan<byte> TextAt(int row)
    {
        long start = _textOffsets[row];
        long end = _textOffsets[row + 1L];
        if (start < 0 || end < start || end > _textBytes.Count || end - start > int.MaxValue)
            throw new CorruptFileException(_path, 0, "text offsets inside the section", $"{start}..{end}");
        return _textBytes.Slice(start, (int)(end - start));
    }

    /// <summary>Key of a row as people write it.</summary>
    public string StringAt(int row) => Kind == KeyKind.Text ? Encoding.UTF8.GetString(TextAt(row))
        : Int64At(row).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the parameters of a file's header say of the kind of its keys.</summary>
    public static string KindParameter(KeyDictionary keys) =>
        keys.Kind == KeyKind.Text ? "\"keys\":\"text\"" : "\"keys\":\"int64\"";

    /// <summary>Writes the sections of keys.</summary>
    /// <param name="writer">Of the artifact, whose parameters hold <see cref="KindParameter"/>.</param>
    /// <param name="ordinals">Ordinal of each row.</param>
    /// <param name="keys">Ordinal to key.</param>
    public static void Write(ArtifactWriter writer, long[] ordinals, KeyDictionary keys)
    {
        int rows = ordinals.Length;
        int slots = 16;
        while (slots < rows * 2L) slots = checked(slots * 2);
        int[] table = new int[slots];
        Array.Fill(table, None);
        if (keys.Kind != KeyKind.Text)
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
