// Streams the sessions of one segment, block by block. Nothing read from the file is believed before it was
// checked.

using EmbedEngine.Storage;
using K4os.Compression.LZ4;

namespace EmbedEngine.Interactions.Log;

/// <summary>Reads a segment through a mapping. Not thread-safe.</summary>
internal sealed class EventSegmentReader : IDisposable
{
    private readonly MappedFile _file;
    private readonly bool _tolerant;
    private byte[] _raw = [];
    private long _position = SegmentFormat.HeaderBytes;

    private EventSegmentReader(MappedFile file, bool tolerant)
    {
        _file = file;
        _tolerant = tolerant;
        int length = (int)Math.Min(file.Length, SegmentFormat.HeaderBytes);
        Header = SegmentFormat.DecodeHeader(file.Path, file.Slice(0, length));
        if (!tolerant) Totals = FindFooter();
    }

    public SegmentHeader Header { get; }

    /// <summary>Null for a segment without footer.</summary>
    public SegmentTotals? Totals { get; }

    /// <summary>Bytes read so far, out of <see cref="Length"/>.</summary>
    public long Position => _position;

    public long Length => _file.Length;

    /// <summary>Opens a segment and checks its header; blocks are checked as they are read.</summary>
    /// <exception cref="EmbedEngineException">NotFound, Corrupt or Format.</exception>
    public static EventSegmentReader Open(FileSystem fs, string path) =>
        OpenMapped(fs.Map(path), tolerant: false);

    /// <summary>Reads the next block; false after the last.</summary>
    /// <exception cref="CorruptFileException">The block is torn or damaged.</exception>
    public bool TryReadBlock(SegmentBlock block)
    {
        while (_position < _file.Length)
        {
            long start = _position;
            int headerLength = (int)Math.Min(SegmentFormat.RecordHeaderBytes, _file.Length - start);
            SegmentFormat.Record? found = SegmentFormat.DecodeRecord(
                _file.Slice(start, headerLength), _file.Length - start, out string why);
            if (found is not { } record)
                throw new CorruptFileException(_file.Path, start, why, "other bytes");
            ReadOnlySpan<byte> stored =
                _file.Slice(start + SegmentFormat.RecordHeaderBytes, record.StoredLength);
            uint crc = Crc32C.Compute(stored);
            if (crc != record.PayloadCrc)
                throw new CorruptFileException(
                    _file.Path, start, $"payload crc {crc:x8}", $"{record.PayloadCrc:x8}");
            if (record.Kind == SegmentFormat.Record.Footer)
            {
                CheckFooter(start, record);
                return false;
            }
            if (record.Kind == SegmentFormat.Record.Block)
            {
                ReadOnlySpan<byte> payload = Expand(start, record, stored);
                if (!SegmentBlockDecoder.TryDecode(Header, record.Sessions, record.Events, payload, block))
                    throw new CorruptFileException(
                        _file.Path, start, "columns that fit their counts", "others");
            }
            _position = start + SegmentFormat.RecordHeaderBytes + record.StoredLength;
            if (record.Kind == SegmentFormat.Record.Block) return true;
        }
        // A finished segment that was cut between two records would otherwise lose its last events in
        // silence.
        if (!_sawFooter && !_tolerant)
            throw new CorruptFileException(_file.Path, _position, "a footer", "the end");
        return false;
    }

    /// <summary>
    /// Length up to the end of the last whole record of an unfinished segment, so that a torn tail can be
    /// cut; false when the segment is finished or its header is not whole.
    /// </summary>
    public static bool TryRecoverLength(FileSystem fs, string path, out long length)
    {
        length = 0;
        using MappedFile mapped = fs.Map(path);
        if (mapped.Length < SegmentFormat.HeaderBytes) return false;
        using EventSegmentReader reader = OpenMapped(mapped, tolerant: true);
        var block = new SegmentBlock();
        try
        {
            while (reader.TryReadBlock(block)) length = reader._position;
        }
        catch (CorruptFileException)
        {
            // The torn tail: everything before it was whole.
        }
        length = reader._position;
        return !reader._sawFooter;
    }

    public void Dispose() => _file.Dispose();

    private bool _sawFooter;

    private static EventSegmentReader OpenMapped(MappedFile mapped, bool tolerant)
    {
        try
        {
            return new EventSegmentReader(mapped, tolerant);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What is stored, unpacked. Callers have checked its checksum, which decides: LZ4Codec takes some
    /// damaged blocks for whole (it writes nowhere else). A stored length of 0 decodes to 0 bytes, which no
    /// raw length beside it is.
    /// </summary>
    private ReadOnlySpan<byte> Expand(long start, SegmentFormat.Record record, ReadOnlySpan<byte> stored)
    {
        if (record.StoredLength == record.RawLength) return stored;
        // LZ4 gains at most 255 to 1: a length that claims more is damage, found before memory is asked for.
        if (record.RawLength > 255L * record.StoredLength + 64)
            throw new CorruptFileException(
                _file.Path, start, "a plausible raw length", $"{record.RawLength}");
        if (_raw.Length < record.RawLength) _raw = new byte[record.RawLength];
        Span<byte> raw = _raw.AsSpan(0, record.RawLength);
        if (LZ4Codec.Decode(stored, raw) != record.RawLength)
            throw new CorruptFileException(
                _file.Path, start, $"{record.RawLength} bytes from LZ4", "damaged data");
        return raw;
    }

    private void CheckFooter(long start, SegmentFormat.Record record)
    {
        long end = start + SegmentFormat.RecordHeaderBytes + record.StoredLength;
        if (end != _file.Length)
            throw new CorruptFileException(_file.Path, end, "the end", "bytes after the footer");
        ReadOnlySpan<byte> stored = _file.Slice(start + SegmentFormat.RecordHeaderBytes, record.StoredLength);
        if (SegmentFormat.DecodeFooter(Expand(start, record, stored)) is null)
            throw new CorruptFileException(_file.Path, start, "a footer", "other bytes");
        _position = end;
        _sawFooter = true;
    }

    /// <summary>
    /// Looks for a footer at the end: its stored length is at most the raw one, so few places are possible.
    /// </summary>
    private SegmentTotals? FindFooter()
    {
        int longest = SegmentFormat.RecordHeaderBytes + SegmentFormat.FooterPayloadBytes;
        for (int size = SegmentFormat.RecordHeaderBytes + 1; size <= longest; size++)
        {
            long start = _file.Length - size;
            if (start < SegmentFormat.HeaderBytes) break;
            ReadOnlySpan<byte> bytes = _file.Slice(start, size);
            if (!bytes[..4].SequenceEqual("EELF"u8)) continue;
            if (SegmentFormat.DecodeRecord(bytes, size, out _) is not { } record
                || record.Kind != SegmentFormat.Record.Footer
                || record.StoredLength != size - SegmentFormat.RecordHeaderBytes) continue;
            ReadOnlySpan<byte> stored = bytes[SegmentFormat.RecordHeaderBytes..];
            if (Crc32C.Compute(stored) == record.PayloadCrc)
                return SegmentFormat.DecodeFooter(Expand(start, record, stored));
        }
        return null;
    }
}
