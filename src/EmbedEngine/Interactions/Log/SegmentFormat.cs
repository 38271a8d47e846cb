// The byte layout of an event-log segment, and nothing else: writer and reader both call it. Format 1.0.
// Little-endian. Varint = LEB128, 7 bits a byte, low first, at most 10 bytes; zigzag(x) = (x << 1) ^ (x >>
// 63).
//
// File    = header (64 bytes), then records back to back; the last record of a finished file is the footer.
//
// Header  offset size
//              0    8  magic "EEL1\r\n\x1a\n"
//              8    2  format major (1): a reader refuses another
//             10    2  format minor (0): a reader accepts any
//             12    4  endian mark 0x01020304
//             16    4  flags: 1 has times, 2 has users, 4 user-cut; the other bits are 0 (must understand)
//             20    4  kind of the session keys: 1 int64, 2 text (of the user keys where user-cut)
//             24    4  session gap in minutes
//             28    4  minimum session length
//             32    4  maximum events of a session, 0 = none
//             36    4  maximum events of a session in less than 60 seconds, 0 = none; builds before it was
//                      wrote 0 and pass over it, and so learn from such sessions
//             40   20  0
//             60    4  crc32c of bytes 0..59
//
// Record  offset size
//              0    4  magic "EELB" (block) or "EELF" (footer)
//              4    4  kind: 0 block, 1 footer; others are skipped by their lengths
//              8    4  sessions
//             12    4  events
//             16    4  raw length of the payload
//             20    4  stored length: equal to the raw length = stored raw, smaller = one LZ4 block
//             24    4  crc32c of bytes 0..23
//             28    4  crc32c of the stored payload
//             32    n  stored payload
//
// Payload of a block: a column-flags varint (0; bits 1 quantity and 2 price are kept for later and refused
// now), then the columns, each a length varint (bytes) and its bytes:
//    key      int64: zigzag varint of the difference to the key before (wrapping); text: length varint +
//    bytes
//    user     only with flag 2: zigzag varint of the difference to the user before (−1 = none)
//    row      zigzag varint of the difference of first rows
//    count    varint of the events of each session (at least 1)
//    time     only with flag 1: zigzag varint of the difference to the event before, across sessions
//    (wrapping)
//    item     zigzag varint of the difference of item ordinals, across sessions
//    action   one byte an event
// Every difference starts from 0 at the start of a block, so each block decodes alone. A session longer than
// a block continues in the next with the same key and first row.
//
// Payload of the footer: six int64: sessions, events, blocks, earliest time, latest time (int64 minimum
// without times), largest item ordinal (−1 when empty).

using System.Buffers.Binary;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>Encodes and decodes headers of segments and records.</summary>
internal static class SegmentFormat
{
    public const int HeaderBytes = 64;
    public const int RecordHeaderBytes = 32;
    public const int FooterPayloadBytes = 48;
    public const ushort Major = 1;
    public const ushort Minor = 0;
    public const int BlockEvents = 64 * 1024;

    /// <summary>Most bytes a payload may claim: far above what a block of 64k events can need.</summary>
    public const int MaxPayloadBytes = 512 << 20;

    private const uint EndianMark = 0x01020304;
    private const uint FlagTimes = 1;
    private const uint FlagUsers = 2;
    private const uint FlagUserCut = 4;

    private static ReadOnlySpan<byte> Magic => "EEL1\r\n\x1a\n"u8;

    /// <summary>A decoded record header.</summary>
    internal readonly record struct Record(
        uint Kind, int Sessions, int Events, int RawLength, int StoredLength, uint PayloadCrc)
    {
        public const uint Block = 0;
        public const uint Footer = 1;
    }

    public static byte[] EncodeHeader(SegmentHeader header)
    {
        byte[] bytes = new byte[HeaderBytes];
        Span<byte> p = bytes;
        Magic.CopyTo(p);
        BinaryPrimitives.WriteUInt16LittleEndian(p[8..], Major);
        BinaryPrimitives.WriteUInt16LittleEndian(p[10..], Minor);
        BinaryPrimitives.WriteUInt32LittleEndian(p[12..], EndianMark);
        uint flags = (header.HasTimes ? FlagTimes : 0) | (header.HasUsers ? FlagUsers : 0)
            | (header.UserCut ? FlagUserCut : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(p[16..], flags);
        BinaryPrimitives.WriteInt32LittleEndian(p[20..], (int)header.SessionKeys);
        BinaryPrimitives.WriteInt32LittleEndian(p[24..], header.GapMinutes);
        BinaryPrimitives.WriteInt32LittleEndian(p[28..], header.MinSession);
        BinaryPrimitives.WriteInt32LittleEndian(p[32..], header.MaxEventsPerSession);
        BinaryPrimitives.WriteInt32LittleEndian(p[36..], header.MaxEventsPerMinute);
        BinaryPrimitives.WriteUInt32LittleEndian(p[60..], Crc32C.Compute(p[..60]));
        return bytes;
    }

    public static SegmentHeader DecodeHeader(string path, ReadOnlySpan<byte> p)
    {
        if (p.Length < HeaderBytes)
            throw new CorruptFileException(path, 0, $"{HeaderBytes} bytes", $"{p.Length}");
        if (!p[..8].SequenceEqual(Magic))
            throw new CorruptFileException(path, 0, "magic EEL1", Convert.ToHexString(p[..8]));
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(p[8..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(p[60..]);
        uint computed = Crc32C.Compute(p[..60]);
        if (crc != computed)
            throw new CorruptFileException(path, 60, $"header crc {computed:x8}", $"{crc:x8}");
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(p[16..]);
        if (major != Major || BinaryPrimitives.ReadUInt32LittleEndian(p[12..]) != EndianMark
            || (flags & ~(FlagTimes | FlagUsers | FlagUserCut)) != 0)
        {
            throw new EmbedEngineException(
                ErrorCode.Format,
                $"{path}: segment format {major}, flags {flags:x} are not known to this build: update it");
        }
        var header = new SegmentHeader
        {
            HasTimes = (flags & FlagTimes) != 0,
            HasUsers = (flags & FlagUsers) != 0,
            UserCut = (flags & FlagUserCut) != 0,
            SessionKeys = (KeyKind)BinaryPrimitives.ReadInt32LittleEndian(p[20..]),
            GapMinutes = BinaryPrimitives.ReadInt32LittleEndian(p[24..]),
            MinSession = BinaryPrimitives.ReadInt32LittleEndian(p[28..]),
            MaxEventsPerSession = BinaryPrimitives.ReadInt32LittleEndian(p[32..]),
            MaxEventsPerMinute = BinaryPrimitives.ReadInt32LittleEndian(p[36..]),
        };
        if (header.SessionKeys is not (KeyKind.Int64 or KeyKind.Text))
            throw new CorruptFileException(path, 20, "a key kind", $"{(int)header.SessionKeys}");
        if (header.GapMinutes < 0 || header.MinSession < 0 || header.MaxEventsPerSession < 0
            || header.MaxEventsPerMinute < 0)
            throw new CorruptFileException(path, 24, "session rules", "negative numbers");
        return header;
    }

    public static void EncodeRecord(Span<byte> p, Record record)
    {
        (record.Kind == Record.Footer ? "EELF"u8 : "EELB"u8).CopyTo(p);
        BinaryPrimitives.WriteUInt32LittleEndian(p[4..], record.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(p[8..], record.Sessions);
        BinaryPrimitives.WriteInt32LittleEndian(p[12..], record.Events);
        BinaryPrimitives.WriteInt32LittleEndian(p[16..], record.RawLength);
        BinaryPrimitives.WriteInt32LittleEndian(p[20..], record.StoredLength);
        BinaryPrimitives.WriteUInt32LittleEndian(p[24..], Crc32C.Compute(p[..24]));
        BinaryPrimitives.WriteUInt32LittleEndian(p[28..], record.PayloadCrc);
    }

    /// <summary>Decodes and checks a record header; null (with why) where it is not one.</summary>
    public static Record? DecodeRecord(ReadOnlySpan<byte> p, long room, out string why)
    {
        why = "a whole record header";
        if (p.Length < RecordHeaderBytes) return null;
        why = "record magic";
        if (!p[..4].SequenceEqual("EELB"u8) && !p[..4].SequenceEqual("EELF"u8)) return null;
        why = "record header crc";
        if (BinaryPrimitives.ReadUInt32LittleEndian(p[24..]) != Crc32C.Compute(p[..24])) return null;
        var record = new Record(
            BinaryPrimitives.ReadUInt32LittleEndian(p[4..]), BinaryPrimitives.ReadInt32LittleEndian(p[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(p[12..]), BinaryPrimitives.ReadInt32LittleEndian(p[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(p[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(p[28..]));
        why = "record lengths";
        if (record.Sessions < 0 || record.Events < 0 || record.Sessions > record.Events
            || (uint)record.RawLength > MaxPayloadBytes || (uint)record.StoredLength > (uint)record.RawLength)
            return null;
        // Each session and event takes a byte or more, so the counts can never ask for more than the payload
        // holds.
        if (record.Kind == Record.Block && (long)record.Sessions + record.Events > record.RawLength)
            return null;
        why = "a whole record payload";
        return record.StoredLength > room - RecordHeaderBytes ? null : record;
    }

    public static byte[] EncodeFooter(in SegmentTotals totals)
    {
        byte[] payload = new byte[FooterPayloadBytes];
        long[] values =
            [totals.Sessions, totals.Events, totals.Blocks, totals.MinTimeMs, totals.MaxTimeMs,
                totals.MaxItem];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(i * sizeof(long)), values[i]);
        return payload;
    }

    public static SegmentTotals? DecodeFooter(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != FooterPayloadBytes) return null;
        long Value(ReadOnlySpan<byte> p, int i) =>
            BinaryPrimitives.ReadInt64LittleEndian(p[(i * sizeof(long))..]);
        long maxItem = Value(payload, 5);
        if (maxItem is < -1 or > int.MaxValue) return null;
        return new SegmentTotals(
            Value(payload, 0), Value(payload, 1), Value(payload, 2), Value(payload, 3), Value(payload, 4),
            (int)maxItem);
    }
}
