// The bytes of a bundle (.eeb, format 1.0, little-endian), and nothing else. docs/formats.md, "Bundle",
// repeats the table: a header page with magic, format and the table of entries, the entries from 4096-byte
// boundaries on, a footer.

using System.Buffers.Binary;
using System.Text;

namespace EmbedEngine.Storage;

/// <summary>Encodes and decodes header page and footer.</summary>
internal static class BundleFormat
{
    public const int HeaderBytes = 4096;
    public const int FooterBytes = 24;
    public const int Alignment = 4096;
    public const int MaxEntries = 38;
    public const string Manifest = "manifest.json";

    private const ushort Major = 1;
    private const uint EndianMark = 0x01020304;
    private const int TableOffset = 128;
    private const int EntryBytes = 104;
    private const int NameBytes = 80;

    private static ReadOnlySpan<byte> Magic => "EEB1\r\n\x1a\n"u8;

    private static ReadOnlySpan<byte> EndMagic => "EEBEND\r\n"u8;

    /// <summary>One file in the bundle; Crc is an artifact's header crc, or crc32c of the manifest.</summary>
    internal sealed record Entry(string Name, long Offset, long Length, uint Crc);

    public static byte[] EncodeHeader(long version, IReadOnlyList<Entry> entries, long fileLength)
    {
        byte[] page = new byte[HeaderBytes];
        Span<byte> p = page;
        Magic.CopyTo(p);
        BinaryPrimitives.WriteUInt16LittleEndian(p[8..], Major);
        BinaryPrimitives.WriteUInt32LittleEndian(p[12..], EndianMark);
        BinaryPrimitives.WriteInt64LittleEndian(p[16..], version);
        BinaryPrimitives.WriteInt64LittleEndian(p[24..], fileLength);
        BinaryPrimitives.WriteInt32LittleEndian(p[32..], entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            Span<byte> e = p.Slice(TableOffset + i * EntryBytes, EntryBytes);
            Encoding.ASCII.GetBytes(entries[i].Name, e[..NameBytes]);
            BinaryPrimitives.WriteInt64LittleEndian(e[NameBytes..], entries[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(e[(NameBytes + 8)..], entries[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(e[(NameBytes + 16)..], entries[i].Crc);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(
            p[(HeaderBytes - 4)..], Crc32C.Compute(p[..(HeaderBytes - 4)]));
        return page;
    }

    public static byte[] EncodeFooter(ReadOnlySpan<byte> header, long fileLength)
    {
        byte[] footer = new byte[FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(footer, fileLength);
        header[(HeaderBytes - 4)..].CopyTo(footer.AsSpan(8));
        EndMagic.CopyTo(footer.AsSpan(16));
        return footer;
    }

    /// <summary>Checks header page and footer; entries lie in order, aligned, inside the file.</summary>
    public static IReadOnlyList<Entry> Decode(MappedFile file, out long version)
    {
        if (file.Length >= 8 && file.Slice(0, 8).SequenceEqual(PackedFormat.Magic))
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{file.Path}: this bundle is compressed for transport: unpack it first (bundle --unpack)");
        }
        if (file.Length < 8 || !file.Slice(0, 8).SequenceEqual(Magic))
            throw new EmbedEngineException(
                ErrorCode.Corrupt, $"{file.Path}: this is not a bundle (no magic EEB1)");
        if (file.Length < HeaderBytes + FooterBytes)
            throw new CorruptFileException(
                file.Path, 0, $"at least {HeaderBytes + FooterBytes} bytes", $"{file.Length}");
        ReadOnlySpan<byte> p = file.Slice(0, HeaderBytes);
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(p[8..]);
        if (major != Major && BinaryPrimitives.ReadUInt32LittleEndian(p[12..]) == EndianMark)
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{file.Path}: bundle format {major}.x is not known to this build (it reads {Major}.x)");
        }
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(p[(HeaderBytes - 4)..]);
        uint computed = Crc32C.Compute(p[..(HeaderBytes - 4)]);
        if (crc != computed)
            throw new CorruptFileException(
                file.Path, HeaderBytes - 4, $"header crc {computed:x8}", $"{crc:x8}");
        long length = BinaryPrimitives.ReadInt64LittleEndian(p[24..]);
        if (length != file.Length)
            throw new CorruptFileException(file.Path, 24, $"{length} bytes", $"{file.Length}");
        if (!file.Slice(length - FooterBytes, FooterBytes).SequenceEqual(EncodeFooter(p, length)))
            throw new CorruptFileException(file.Path, length - FooterBytes, "a matching footer", "another");
        version = BinaryPrimitives.ReadInt64LittleEndian(p[16..]);
        int count = BinaryPrimitives.ReadInt32LittleEndian(p[32..]);
        if ((uint)count > MaxEntries)
            throw new CorruptFileException(file.Path, 32, $"at most {MaxEntries}", $"{count}");
        var entries = new List<Entry>(count);
        long end = HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            int at = TableOffset + i * EntryBytes;
            ReadOnlySpan<byte> e = p.Slice(at, EntryBytes);
            var entry = new Entry(
                Encoding.ASCII.GetString(e[..NameBytes]).TrimEnd('\0'),
                BinaryPrimitives.ReadInt64LittleEndian(e[NameBytes..]),
                BinaryPrimitives.ReadInt64LittleEndian(e[(NameBytes + 8)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(e[(NameBytes + 16)..]));
            bool sane =
                entry.Offset >= end && entry.Offset % Alignment == 0 && entry.Offset <= length - FooterBytes
                && entry.Length > 0 && entry.Length <= length - FooterBytes - entry.Offset;
            if (!sane)
                throw new CorruptFileException(file.Path, at, "an entry inside the file", entry.ToString());
            end = entry.Offset + entry.Length;
            entries.Add(entry);
        }
        return entries;
    }
}
