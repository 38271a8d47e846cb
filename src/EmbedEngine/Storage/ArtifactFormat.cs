// The byte layout of an artifact file, and nothing else: ArtifactWriter and ArtifactFile both call it.
// Format 1.0. Little-endian. docs/formats.md, "Artifact file", repeats this table; tests/Fixtures hold old
// files.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Storage;

/// <summary>Encodes and decodes header page, section table and footer.</summary>
internal static class ArtifactFormat
{
    public const int HeaderBytes = 4096;
    public const int FooterBytes = 24;
    public const int SectionAlignment = 4096;
    public const int BlockBytes = 64 * 1024;
    public const int RowAlignmentBytes = 64;
    public const ushort Major = 1;
    public const ushort Minor = 0;
    public const int MaxSections = 48;
    public const ulong DigestSeed = 0x9E3779B97F4A7C15;

    /// <summary>Feature bits this build understands.</summary>
    public const ulong KnownFeatures = RenumberedNodes | TraitsOfVectors;

    /// <summary>An index whose nodes are not the rows of its vectors.</summary>
    public const ulong RenumberedNodes = 1;

    /// <summary>Traits whose profiles are projections of shifted vectors.</summary>
    public const ulong TraitsOfVectors = 2;

    private const uint EndianMark = 0x01020304;
    public const int ParametersOffset = 144;
    private const int ParametersBytes = 880;
    private const int TableOffset = 1024;
    private const int EntryBytes = 64;

    private static ReadOnlySpan<byte> Magic => "EEA1\r\n\x1a\n"u8;

    private static ReadOnlySpan<byte> EndMagic => "EEAEND\r\n"u8;

    /// <summary>One entry of the section table.</summary>
    internal readonly record struct Section(
        uint Type, int ElementSize, long Offset, long Length, long Count, uint Crc);

    /// <summary>Everything the header page says.</summary>
    internal sealed record Decoded(
        ArtifactHeader Header, Section[] Sections, long CrcOffset, long BlockCount, uint CrcsCrc,
        ulong Digest,
        uint HeaderCrc);

    public static byte[] EncodeHeader(
        ArtifactHeader header, List<Section> sections, long crcOffset, long blockCount, uint crcsCrc,
        long fileLength, ulong digest)
    {
        byte[] page = new byte[HeaderBytes];
        Span<byte> p = page;
        Magic.CopyTo(p);
        BinaryPrimitives.WriteUInt16LittleEndian(p[8..], Major);
        BinaryPrimitives.WriteUInt16LittleEndian(p[10..], Minor);
        BinaryPrimitives.WriteUInt32LittleEndian(p[12..], EndianMark);
        byte[] kind = Encoding.ASCII.GetBytes(header.Kind);
        kind.CopyTo(p[16..32]);
        BinaryPrimitives.WriteInt64LittleEndian(p[32..], header.Version);
        BinaryPrimitives.WriteInt64LittleEndian(p[40..], fileLength);
        BinaryPrimitives.WriteInt64LittleEndian(p[48..], header.RowCount);
        BinaryPrimitives.WriteInt32LittleEndian(p[56..], header.Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(p[60..], header.StrideBytes);
        BinaryPrimitives.WriteInt32LittleEndian(p[64..], (int)header.Metric);
        BinaryPrimitives.WriteInt32LittleEndian(p[68..], sections.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(p[72..], header.RequiredFeatures);
        BinaryPrimitives.WriteInt64LittleEndian(p[80..], crcOffset);
        BinaryPrimitives.WriteInt64LittleEndian(p[88..], blockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(p[96..], crcsCrc);
        byte[] parameters = Encoding.UTF8.GetBytes(header.Parameters);
        if (parameters.Length > ParametersBytes)
            throw new EmbedEngineException(ErrorCode.Internal, "artifact parameters exceed the header page");
        BinaryPrimitives.WriteInt32LittleEndian(p[100..], parameters.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(p[104..], digest);
        BinaryPrimitives.WriteInt32LittleEndian(p[128..], (int)header.DataType);
        parameters.CopyTo(p[ParametersOffset..]);
        for (int i = 0; i < sections.Count; i++)
        {
            Span<byte> e = p.Slice(TableOffset + i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(e, sections[i].Type);
            BinaryPrimitives.WriteInt32LittleEndian(e[4..], sections[i].ElementSize);
            BinaryPrimitives.WriteInt64LittleEndian(e[8..], sections[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(e[16..], sections[i].Length);
            BinaryPrimitives.WriteInt64LittleEndian(e[24..], sections[i].Count);
            BinaryPrimitives.WriteUInt32LittleEndian(e[32..], sections[i].Crc);
        }
        // The file's uuid is made of what it holds and where it belongs: equal runs make equal files.
        Span<byte> uuid = p.Slice(112, 16);
        ulong low = DigestAdd(DigestSeed, p[..HeaderBytes]);
        BinaryPrimitives.WriteUInt64LittleEndian(uuid, low);
        BinaryPrimitives.WriteUInt64LittleEndian(uuid[8..], DigestAdd(~low, p[..HeaderBytes]));
        BinaryPrimitives.WriteUInt32LittleEndian(
            p[(HeaderBytes - 4)..], Crc32C.Compute(p[..(HeaderBytes - 4)]));
        return page;
    }

    public static byte[] EncodeFooter(long fileLength, uint headerCrc)
    {
        byte[] footer = new byte[FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(footer, fileLength);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(8), headerCrc);
        EndMagic.CopyTo(footer.AsSpan(16));
        return footer;
    }

    /// <summary>
    /// Checks header page and footer of a mapped file: O(header), never touches section bytes.
    /// </summary>
    public static Decoded Decode(MappedFile file)
    {
        string path = file.Path;
        if (file.Length < HeaderBytes + FooterBytes)
            throw new CorruptFileException(
                path, 0, $"at least {HeaderBytes + FooterBytes} bytes", $"{file.Length}");
        ReadOnlySpan<byte> p = file.Slice(0, HeaderBytes);
        if (!p[..8].SequenceEqual(Magic))
            throw new CorruptFileException(path, 0, "magic EEA1", Convert.ToHexString(p[..8]));
        uint endian = BinaryPrimitives.ReadUInt32LittleEndian(p[12..]);
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(p[8..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(p[(HeaderBytes - 4)..]);
        if (endian == EndianMark && major != Major)
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{path}: format {major}.x is not known to this build (it reads {Major}.x): update it");
        }
        uint computed = Crc32C.Compute(p[..(HeaderBytes - 4)]);
        if (crc != computed)
            throw new CorruptFileException(path, HeaderBytes - 4, $"header crc {computed:x8}", $"{crc:x8}");
        ulong required = BinaryPrimitives.ReadUInt64LittleEndian(p[72..]);
        if ((required & ~KnownFeatures) != 0)
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{path}: needs features {required & ~KnownFeatures:x} this build lacks: update it");
        }
        long length = BinaryPrimitives.ReadInt64LittleEndian(p[40..]);
        if (length != file.Length)
            throw new CorruptFileException(path, 40, $"{length} bytes", $"{file.Length}");
        ReadOnlySpan<byte> footer = file.Slice(length - FooterBytes, FooterBytes);
        if (!footer.SequenceEqual(EncodeFooter(length, crc)))
            throw new CorruptFileException(
                path, length - FooterBytes, "matching footer", Convert.ToHexString(footer));
        int parametersLength = BinaryPrimitives.ReadInt32LittleEndian(p[100..]);
        int sectionCount = BinaryPrimitives.ReadInt32LittleEndian(p[68..]);
        if ((uint)parametersLength > ParametersBytes)
            throw new CorruptFileException(path, 100, $"at most {ParametersBytes}", $"{parametersLength}");
        if ((uint)sectionCount > MaxSections)
            throw new CorruptFileException(path, 68, $"at most {MaxSections} sections", $"{sectionCount}");
        var header = new ArtifactHeader
        {
            Kind = Encoding.ASCII.GetString(p[16..32]).TrimEnd('\0'),
            Version = BinaryPrimitives.ReadInt64LittleEndian(p[32..]),
            RowCount = BinaryPrimitives.ReadInt64LittleEndian(p[48..]),
            Dimensions = BinaryPrimitives.ReadInt32LittleEndian(p[56..]),
            StrideBytes = BinaryPrimitives.ReadInt32LittleEndian(p[60..]),
            Metric = (Metric)BinaryPrimitives.ReadInt32LittleEndian(p[64..]),
            RequiredFeatures = required,
            DataType = (ArtifactDataType)BinaryPrimitives.ReadInt32LittleEndian(p[128..]),
            Parameters = Encoding.UTF8.GetString(p.Slice(ParametersOffset, parametersLength)),
        };
        if (header.RowCount is < 0 or > int.MaxValue || header.Dimensions < 0 || header.StrideBytes < 0)
            throw new CorruptFileException(path, 48, "a shape", $"{header.RowCount} x {header.Dimensions}");
        long crcOffset = BinaryPrimitives.ReadInt64LittleEndian(p[80..]);
        long blockCount = BinaryPrimitives.ReadInt64LittleEndian(p[88..]);
        if (crcOffset < HeaderBytes || crcOffset > length - FooterBytes
            || blockCount != (crcOffset - HeaderBytes + BlockBytes - 1) / BlockBytes
            || length - FooterBytes - crcOffset != blockCount * sizeof(uint))
            throw new CorruptFileException(
                path, 80, "block checksums before the footer", $"{crcOffset}+{blockCount}");
        Section[] sections = DecodeSections(path, p, sectionCount, crcOffset);
        return new Decoded(
            header, sections, crcOffset, blockCount, BinaryPrimitives.ReadUInt32LittleEndian(p[96..]),
            BinaryPrimitives.ReadUInt64LittleEndian(p[104..]), crc);
    }

    /// <summary>
    /// Mixes bytes into a 64-bit content digest. For telling builds apart, not against an adversary.
    /// </summary>
    public static ulong DigestAdd(ulong digest, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) digest = Mix(digest ^ word);
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..]) digest = Mix(digest ^ b);
        return digest;
    }

    private static ulong Mix(ulong x)
    {
        ulong high = Math.BigMul(x, 0xD6E8FEB86659FD93, out ulong low);
        return BitOperations.RotateLeft(high ^ low, 23) + DigestSeed;
    }

    private static Section[] DecodeSections(string path, ReadOnlySpan<byte> page, int count, long end)
    {
        var sections = new Section[count];
        long previousEnd = HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            int at = TableOffset + i * EntryBytes;
            ReadOnlySpan<byte> e = page.Slice(at, EntryBytes);
            var s = new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(e),
                BinaryPrimitives.ReadInt32LittleEndian(e[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(e[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(e[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(e[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(e[32..]));
            // In file order, aligned, inside the file, and count x size = length without overflow.
            bool sane = s.ElementSize > 0 && s.Length >= 0 && s.Offset >= previousEnd
                && s.Offset % SectionAlignment == 0 && s.Offset <= end && s.Length <= end - s.Offset
                && s.Length % s.ElementSize == 0 && s.Count == s.Length / s.ElementSize;
            if (!sane) throw new CorruptFileException(path, at, "a section inside the file", s.ToString());
            previousEnd = s.Offset + s.Length;
            sections[i] = s;
        }
        return sections;
    }
}
