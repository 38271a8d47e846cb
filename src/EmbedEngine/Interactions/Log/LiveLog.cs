// The byte layout of a live log, and nothing else: what `observe` appends and a writer later adopts. Format
// 1.0, little-endian. One file a process and engine, named live-<process>-<nonce>.eev under events/.
//
// File    = header (32 bytes), then records back to back. There is no footer: the last whole record ends the
// file.
//
// Header  offset size
//              0    8  magic "EEV1\r\n\x1a\n"
//              8    2  format major (1): a reader refuses another
//             10    2  format minor (0)
//             12    4  endian mark 0x01020304
//             16   12  0
//             28    4  crc32c of bytes 0..27
//
// Record  offset size
//              0    4  bytes of the payload (at most 16 KiB)
//              4    4  crc32c of the payload
//              8    n  payload: time i64 ms; then three texts, each u16 bytes + UTF-8: user key, item key,
//              action name
//
// Keys are written as text (an int64 in decimal): a live log needs no dictionary, so `observe` never touches
// the catalog.

using System.Buffers.Binary;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>One observed event.</summary>
internal readonly record struct LiveEvent(long TimeMs, string User, string Item, string Action);

/// <summary>Encodes and decodes live logs.</summary>
internal static class LiveLog
{
    public const string FilePrefix = StoreNames.LiveLogPrefix;
    public const string FileExtension = StoreNames.LiveLogExtension;
    public const int HeaderBytes = 32;
    public const int RecordHeaderBytes = 8;
    public const int MaxPayloadBytes = 16 * 1024;
    public const ushort Major = 1;

    private const uint EndianMark = 0x01020304;

    private static ReadOnlySpan<byte> Magic => "EEV1\r\n\x1a\n"u8;

    public static byte[] EncodeHeader()
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Major);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), EndianMark);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Compute(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>Encodes a record into the buffer (at least 8 + 16 KiB); returns its length.</summary>
    /// <exception cref="ArgumentException">A text is empty or the record would be too long.</exception>
    public static int EncodeRecord(in LiveEvent e, Span<byte> buffer)
    {
        int at = RecordHeaderBytes;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[at..], e.TimeMs);
        at += sizeof(long);
        at += Put(e.User, "user", buffer[at..]);
        at += Put(e.Item, "item", buffer[at..]);
        at += Put(e.Action, "action", buffer[at..]);
        Span<byte> payload = buffer[RecordHeaderBytes..at];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], Crc32C.Compute(payload));
        return at;
    }

    /// <summary>
    /// Reads whole records from <paramref name="from"/> on and returns where they end. What lies behind is
    /// the tail of a record that its process did not live to finish, or damage: never an event.
    /// </summary>
    public static long Read(MappedFile file, long from, List<LiveEvent> events)
    {
        // Not more than a header, however torn: its process died, or the power went, before the first event.
        if (file.Length <= HeaderBytes) return 0;
        ReadOnlySpan<byte> header = file.Slice(0, HeaderBytes);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[28..]);
        if (!header[..8].SequenceEqual(Magic) || crc != Crc32C.Compute(header[..28]))
            throw new CorruptFileException(
                file.Path, 0, "the header of a live log", Convert.ToHexString(header[..8]));
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (major != Major)
            throw new EmbedEngineException(
                ErrorCode.Format, $"{file.Path}: format {major}.x is not known to this build");
        long at = Math.Max(from, HeaderBytes);
        while (at <= file.Length - RecordHeaderBytes)
        {
            ReadOnlySpan<byte> head = file.Slice(at, RecordHeaderBytes);
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 14 or > MaxPayloadBytes || at > file.Length - RecordHeaderBytes - length) break;
            ReadOnlySpan<byte> payload = file.Slice(at + RecordHeaderBytes, length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) != Crc32C.Compute(payload)) break;
            if (!TryDecode(payload, out LiveEvent e)) break;
            events.Add(e);
            at += RecordHeaderBytes + length;
        }
        return at;
    }

    private static int Put(string text, string what, Span<byte> buffer)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, what);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > KeyDictionary.MaxTextBytes)
            throw new ArgumentException(
                $"{what} is longer than {KeyDictionary.MaxTextBytes} bytes of UTF-8", what);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer, (ushort)bytes);
        Encoding.UTF8.GetBytes(text, buffer[2..]);
        return 2 + bytes;
    }

    private static bool TryDecode(ReadOnlySpan<byte> payload, out LiveEvent e)
    {
        e = default;
        long time = BinaryPrimitives.ReadInt64LittleEndian(payload);
        int at = sizeof(long);
        if (!TryText(payload, ref at, out string user) || !TryText(payload, ref at, out string item)
            || !TryText(payload, ref at, out string action) || at != payload.Length) return false;
        e = new LiveEvent(time, user, item, action);
        return true;
    }

    private static bool TryText(ReadOnlySpan<byte> payload, ref int at, out string text)
    {
        text = "";
        if (at > payload.Length - 2) return false;
        int bytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[at..]);
        at += 2;
        if (bytes == 0 || bytes > payload.Length - at) return false;
        text = Encoding.UTF8.GetString(payload.Slice(at, bytes));
        at += bytes;
        return true;
    }
}
