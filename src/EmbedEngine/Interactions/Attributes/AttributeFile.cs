// The catalogue's base file: keys of its rows, then every attribute by column. Mapped and read as it lies;
// what changed since lies in the change log beside it. Whoever reads a file from elsewhere reads what the
// views let it: offsets into a section are checked where a column is opened, codes where they are used.

using System.Runtime.InteropServices;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Catalogue rows and their columns, memory-mapped. Immutable, thread-safe.</summary>
internal sealed class AttributeFile : IDisposable
{
    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "attributes";

    /// <summary>Name of the file in a bundle.</summary>
    public const string BundledName = "attributes" + ArtifactNames.Extension;

    private const uint EntriesSection = 10; // 2 to 5: MappedKeys
    private const uint NamesSection = 11;
    private const uint CodesSection = 12;
    private const uint NumbersSection = 13;
    private const uint TextOffsetsSection = 14;
    private const uint TextBytesSection = 15;
    private const uint TagOffsetsSection = 16;
    private const uint TagCodesSection = 17;
    private const uint PostingOffsetsSection = 18;
    private const uint PostingsSection = 19;
    private const int CodeAlignmentBytes = 64;

    private readonly ArtifactFile _file;

    /// <summary>Where one column's parts begin in the sections, and how long they are. Part of the
    /// format.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public int Type;
        public int Values;
        public long NameStart, NameBytes;
        public long CodesStart;
        public long NumbersStart;
        public long TextOffsetsStart;
        public long TextBytesStart, TextBytes;
        public long TagOffsetsStart;
        public long TagCodesStart, TagCodes;
        public long PostingOffsetsStart;
    }

    private AttributeFile(ArtifactFile file)
    {
        _file = file;
        Rows = checked((int)file.Header.RowCount);
        Keys = new MappedKeys(file, Rows);
        View<Entry> entries = file.Section<Entry>(EntriesSection);
        if (entries.Count > AttributeDefinition.MaxAttributes)
            throw new CorruptFileException(
                file.Path, 68, $"at most {AttributeDefinition.MaxAttributes} attributes",
                $"{entries.Count}");
        var columns = new AttributeColumn[entries.Count];
        for (int c = 0; c < columns.Length; c++) columns[c] = ReadColumn(file, entries[c]);
        Columns = columns;
    }

    public string Path => _file.Path;

    public long Length => _file.Length;

    public int Rows { get; }

    /// <summary>Row ↔ key of the item.</summary>
    public MappedKeys Keys { get; }

    public IReadOnlyList<AttributeColumn> Columns { get; }

    public static AttributeFile Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new AttributeFile(file));

    /// <summary>Reads the whole file against its checksums.</summary>
    public void VerifyBlocks(Action<long>? onBytes = null) => _file.VerifyBlocks(onBytes);

    public void Dispose() => _file.Dispose();

    /// <summary>Writes a file; it is synced when this returns.</summary>
    /// <param name="fileSystem">Where it goes.</param>
    /// <param name="path">Must not exist.</param>
    /// <param name="keys">Key of each row: ordinals are rows, none is missing.</param>
    /// <param name="columns">Each with as many rows.</param>
    /// <param name="version">The version whose bundle it is for; 0 = none, the store's own.</param>
    public static void Write(
        FileSystem fileSystem, string path, KeyDictionary keys, IReadOnlyList<AttributeColumn> columns,
        long version = 0)
    {
        int rows = checked((int)keys.Count);
        using var writer = new ArtifactWriter(fileSystem, path, new ArtifactHeader
        {
            Kind = FileKind,
            Version = version,
            RowCount = rows,
            Parameters = $"{{{MappedKeys.KindParameter(keys)}}}",
        });
        long[] ordinals = new long[rows];
        for (int row = 0; row < rows; row++) ordinals[row] = row;
        MappedKeys.Write(writer, ordinals, keys);
        writer.Add<Entry>(EntriesSection, Layout(columns));
        writer.Begin(NamesSection, 1);
        foreach (AttributeColumn column in columns) writer.Write<byte>(Encoding.UTF8.GetBytes(column.Name));
        writer.EndSection();
        writer.Begin(CodesSection, 1);
        foreach (AttributeColumn column in columns)
        {
            Copy(writer, column.Codes);
            writer.Write<byte>(new byte[Aligned(column.Codes.Count) - column.Codes.Count]);
        }
        writer.EndSection();
        AddSection(writer, NumbersSection, columns, c => c.Numbers);
        AddSection(writer, TextOffsetsSection, columns, c => c.TextOffsets);
        AddSection(writer, TextBytesSection, columns, c => c.TextBytes);
        AddSection(writer, TagOffsetsSection, columns, c => c.TagOffsets);
        AddSection(writer, TagCodesSection, columns, c => c.TagCodes);
        AddSection(writer, PostingOffsetsSection, columns, c => c.PostingOffsets);
        AddSection(writer, PostingsSection, columns, c => c.Postings);
        writer.Finish();
    }

    private static Entry[] Layout(IReadOnlyList<AttributeColumn> columns)
    {
        var entries = new Entry[columns.Count];
        Entry next = default;
        for (int c = 0; c < entries.Length; c++)
        {
            AttributeColumn column = columns[c];
            entries[c] = next with
            {
                Type = (int)column.Type,
                Values = column.Values,
                NameBytes = Encoding.UTF8.GetByteCount(column.Name),
                TextBytes = column.TextBytes.Count,
                TagCodes = column.TagCodes.Count,
            };
            next.NameStart += entries[c].NameBytes;
            next.CodesStart += Aligned(column.Codes.Count);
            next.NumbersStart += column.Numbers.Count;
            next.TextOffsetsStart += column.TextOffsets.Count;
            next.TextBytesStart += column.TextBytes.Count;
            next.TagOffsetsStart += column.TagOffsets.Count;
            next.TagCodesStart += column.TagCodes.Count;
            next.PostingOffsetsStart += column.PostingOffsets.Count;
        }
        return entries;
    }

    private AttributeColumn ReadColumn(ArtifactFile file, in Entry entry)
    {
        var type = (AttributeType)entry.Type;
        if (!Enum.IsDefined(type) || entry.Values < 0)
            throw new CorruptFileException(file.Path, 68, "a type of attributes", $"{entry.Type}");
        bool tags = type == AttributeType.Tags;
        bool texts = (tags || type == AttributeType.Text) && entry.Values > 0;
        long codeBytes = tags ? 0 : (long)Rows * AttributeColumn.BytesFor(entry.Values);
        return new AttributeColumn
        {
            Name = Encoding.UTF8.GetString(
                file.Section<byte>(NamesSection).Part(entry.NameStart, entry.NameBytes).Span),
            Type = type,
            Rows = Rows,
            Values = entry.Values,
            Codes = file.Section<byte>(CodesSection).Part(entry.CodesStart, codeBytes),
            Numbers = file.Section<double>(NumbersSection)
                .Part(entry.NumbersStart, tags || type == AttributeType.Text ? 0 : entry.Values),
            TextOffsets = file.Section<long>(TextOffsetsSection)
                .Part(entry.TextOffsetsStart, texts ? entry.Values + 1L : 0),
            TextBytes = file.Section<byte>(TextBytesSection).Part(entry.TextBytesStart, entry.TextBytes),
            TagOffsets = file.Section<long>(TagOffsetsSection)
                .Part(entry.TagOffsetsStart, tags ? Rows + 1L : 0),
            TagCodes = file.Section<int>(TagCodesSection).Part(entry.TagCodesStart, entry.TagCodes),
            PostingOffsets = file.Section<long>(PostingOffsetsSection)
                .Part(entry.PostingOffsetsStart, tags ? entry.Values + 1L : 0),
            Postings = file.Section<int>(PostingsSection).Part(entry.TagCodesStart, entry.TagCodes),
        };
    }

    private static void AddSection<T>(
        ArtifactWriter writer, uint section, IReadOnlyList<AttributeColumn> columns,
        Func<AttributeColumn, View<T>> part)
        where T : unmanaged
    {
        writer.Begin(section, Marshal.SizeOf<T>());
        foreach (AttributeColumn column in columns) Copy(writer, part(column));
        writer.EndSection();
    }

    private static void Copy<T>(ArtifactWriter writer, View<T> view)
        where T : unmanaged
    {
        for (long at = 0; at < view.Count; at += 1 << 20)
            writer.Write(view.Slice(at, (int)Math.Min(1 << 20, view.Count - at)));
    }

    private static long Aligned(long bytes) =>
        (bytes + CodeAlignmentBytes - 1) / CodeAlignmentBytes * CodeAlignmentBytes;
}
