// A bundle compressed for transport (.eebz, format 1.0, little-endian): docs/formats.md, "Compressed bundle",
// repeats the table. It is never mapped or opened as it is, only unpacked into the very bytes of the bundle
// it was made from. Whoever reads one believes nothing before it was checked: lengths, each block's checksum,
// and the one of all bytes.

using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace EmbedEngine.Storage;

/// <summary>
/// Packs a stream of bytes into LZ4 blocks behind an <see cref="OutputFile"/>. Not thread-safe.
/// </summary>
internal sealed class PackedWriter
{
    private readonly OutputFile _output;
    private readonly byte[] _block = new byte[PackedFormat.BlockBytes];
    private readonly byte[] _packed = new byte[LZ4Codec.MaximumOutputSize(PackedFormat.BlockBytes)];
    private int _buffered;
    private long _rawLength;
    private uint _crc = 0xFFFFFFFF;

    public PackedWriter(OutputFile output, long rawLength)
    {
        _output = output;
        output.Write(PackedFormat.EncodeHeader(rawLength));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _crc = Crc32C.Update(_crc, bytes);
        _rawLength += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int n = Math.Min(bytes.Length, _block.Length - _buffered);
            bytes[..n].CopyTo(_block.AsSpan(_buffered));
            _buffered += n;
            bytes = bytes[n..];
            if (_buffered == _block.Length) FlushBlock();
        }
    }

    /// <summary>Writes what is left and the footer; the caller commits the file.</summary>
    public void Finish()
    {
        FlushBlock();
        _output.Write(PackedFormat.EncodeFooter(_rawLength, ~_crc));
    }

    private void FlushBlock()
    {
        if (_buffered == 0) return; // so that no block is ever empty, of which LZ4Codec makes nothing at all
        ReadOnlySpan<byte> raw = _block.AsSpan(0, _buffered);
        int length = LZ4Codec.Encode(raw, _packed);
        // Vectors hardly shrink: a block that does not is stored as it is, which its equal lengths say.
        ReadOnlySpan<byte> stored = length > 0 && length < raw.Length ? _packed.AsSpan(0, length) : raw;
        Span<byte> head = stackalloc byte[PackedFormat.BlockHeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, stored.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], raw.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Crc32C.Compute(stored));
        _output.Write(head);
        _output.Write(stored);
        _buffered = 0;
    }
}

/// <summary>The bytes of a compressed bundle.</summary>
internal static class PackedFormat
{
    public const int BlockBytes = 1 << 20;
    public const int BlockHeaderBytes = 12;

    private const int HeaderBytes = 64;
    private const int FooterBytes = 24;
    private const ushort Major = 1;
    private const uint EndianMark = 0x01020304;

    public static ReadOnlySpan<byte> Magic => "EEZ1\r\n\x1a\n"u8;

    private static ReadOnlySpan<byte> EndMagic => "EEZEND\r\n"u8;

    public static byte[] EncodeHeader(long rawLength)
    {
        byte[] header = new byte[HeaderBytes];
        Span<byte> h = header;
        Magic.CopyTo(h);
        BinaryPrimitives.WriteUInt16LittleEndian(h[8..], Major);
        BinaryPrimitives.WriteUInt32LittleEndian(h[12..], EndianMark);
        BinaryPrimitives.WriteInt64LittleEndian(h[16..], rawLength);
        BinaryPrimitives.WriteInt32LittleEndian(h[24..], BlockBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(h[60..], Crc32C.Compute(h[..60]));
        return header;
    }

    public static byte[] EncodeFooter(long rawLength, uint crc)
    {
        byte[] footer = new byte[FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(footer, rawLength);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(8), crc);
        EndMagic.CopyTo(footer.AsSpan(16));
        return footer;
    }

    /// <summary>Checks and unpacks a whole file into the target; returns the bytes written.</summary>
    /// <exception cref="EmbedEngineException">Corrupt or Format, naming the file.</exception>
    public static long Unpack(MappedFile file, OutputFile target, Action<long> onBytes)
    {
        long rawLength = DecodeHeader(file);
        long end = file.Length - FooterBytes;
        long at = HeaderBytes, written = 0;
        uint crc = 0xFFFFFFFF;
        byte[] raw = new byte[BlockBytes];
        while (at < end)
        {
            if (end - at < BlockHeaderBytes)
                throw new CorruptFileException(file.Path, at, "a block", $"{end - at} bytes");
            ReadOnlySpan<byte> head = file.Slice(at, BlockHeaderBytes);
            int stored = BinaryPrimitives.ReadInt32LittleEndian(head);
            int length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
            // Every block but the last is full: the same bytes have one form only.
            bool sane = length == Math.Min(BlockBytes, rawLength - written) && length > 0 && stored > 0
                && stored <= length
                && stored <= end - at - BlockHeaderBytes;
            if (!sane) throw new CorruptFileException(
                file.Path, at, "a block inside the file", $"{stored} -> {length} bytes");
            ReadOnlySpan<byte> bytes = file.Slice(at + BlockHeaderBytes, stored);
            uint found = Crc32C.Compute(bytes);
            uint expected = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            if (found != expected)
                throw new CorruptFileException(file.Path, at, $"block crc {expected:x8}", $"{found:x8}");
            if (stored < length)
            {
                // The checksum has decided: LZ4Codec takes some damaged blocks for whole, but writes nowhere
                // else.
                if (LZ4Codec.Decode(bytes, raw.AsSpan(0, length)) != length)
                    throw new CorruptFileException(file.Path, at, $"a block of {length} bytes", "another");
                bytes = raw.AsSpan(0, length);
            }
            target.Write(bytes);
            crc = Crc32C.Update(crc, bytes);
            written += length;
            at += BlockHeaderBytes + stored;
            onBytes(length);
        }
        if (written != rawLength)
            throw new CorruptFileException(file.Path, at, $"{rawLength} bytes unpacked", $"{written}");
        if (!file.Slice(end, FooterBytes).SequenceEqual(EncodeFooter(rawLength, ~crc)))
            throw new CorruptFileException(file.Path, end, "a matching footer", "another");
        return written;
    }

    private static long DecodeHeader(MappedFile file)
    {
        if (file.Length < 8 || !file.Slice(0, 8).SequenceEqual(Magic))
            throw new EmbedEngineException(
                ErrorCode.Corrupt, $"{file.Path}: this is not a compressed bundle (no magic EEZ1)");
        if (file.Length < HeaderBytes + FooterBytes)
            throw new CorruptFileException(
                file.Path, 0, $"at least {HeaderBytes + FooterBytes} bytes", $"{file.Length}");
        ReadOnlySpan<byte> h = file.Slice(0, HeaderBytes);
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(h[8..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(h[60..]);
        if (crc != Crc32C.Compute(h[..60]))
            throw new CorruptFileException(file.Path, 60, "a matching header crc", $"{crc:x8}");
        if (major != Major)
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{file.Path}: compressed bundle format {major}.x is not known to this build (it reads "
                + $"{Major}.x)");
        }
        long rawLength = BinaryPrimitives.ReadInt64LittleEndian(h[16..]);
        if (!h.SequenceEqual(EncodeHeader(rawLength)) || rawLength < BundleFormat.HeaderBytes)
            throw new CorruptFileException(file.Path, 12, "a header of format 1.0", "another");
        return rawLength;
    }
}
