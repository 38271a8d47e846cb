// The byte layout of an answer log, and nothing else: answers that services recorded, and what users did with
// them. Format 1.0, little-endian. One file a process, engine and day, named answers-<ms>-<nonce>.eer under
// events/. docs/formats.md, "Answer log", has the tables.
//
// There is no footer: the last whole record ends the file. Users are hashes (`UnitHash`), items are keys as
// people know them: a log needs neither dictionary nor catalog.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>Encodes and decodes answer logs.</summary>
internal static class AnswerLog
{
    public const int HeaderBytes = 32;
    public const int RecordHeaderBytes = 8;
    public const int MaxPayloadBytes = 8 << 20;
    public const int MostItems = 1000;
    public const ushort Major = 1;

    private const uint EndianMark = 0x01020304;
    private const byte Int64Flag = 1;

    private static ReadOnlySpan<byte> Magic => "EER1\r\n\x1a\n"u8;

    /// <summary>Called for each record; what it is given is good during the call.</summary>
    public delegate void RecordHandler(in AnswerRecord record);

    /// <summary>Who a user is in a log, by the key's UTF-8; never 0.</summary>
    public static ulong UnitOfUser(ReadOnlySpan<byte> key) => Math.Max(1, UnitHash.Of(""u8, key));

    /// <summary>Who an anonymous session is in a log, by its id's UTF-8; never 0.</summary>
    public static ulong UnitOfSession(ReadOnlySpan<byte> id) => Math.Max(1, UnitHash.Of("session"u8, id));

    /// <summary>The header of a log.</summary>
    public static byte[] EncodeHeader(ulong nonce)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Major);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), EndianMark);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Compute(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>Begins an answer; <paramref name="count"/> items follow, then <see cref="End"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BeginAnswer(
        VarintWriter record, AnswerId id, ulong unit, long version, ReadOnlySpan<byte> arm, bool int64Items,
        int count)
    {
        Begin(record, AnswerRecordKind.Answer, id, unit, int64Items);
        record.Signed(version);
        Text(record, arm);
        record.Unsigned((ulong)count);
    }

    /// <summary>Begins an outcome; one item follows, then <see cref="End"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BeginOutcome(
        VarintWriter record, AnswerId id, ulong unit, long timeMs, ReadOnlySpan<byte> action, bool int64Items)
    {
        Begin(record, AnswerRecordKind.Outcome, id, unit, int64Items);
        record.Signed(timeMs);
        Text(record, action);
    }

    /// <summary>A record that the logs of these nonces count no more.</summary>
    public static void Replaces(VarintWriter record, ReadOnlySpan<ulong> nonces)
    {
        record.Clear();
        record.Extend(RecordHeaderBytes);
        record.Extend(1)[0] = (byte)AnswerRecordKind.Replaces;
        foreach (ulong nonce in nonces)
            BinaryPrimitives.WriteUInt64LittleEndian(record.Extend(sizeof(ulong)), nonce);
        End(record);
    }

    /// <summary>An item of an int64 store.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Item(VarintWriter record, long item) => record.Signed(item);

    /// <summary>An item of a text store.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Item(VarintWriter record, ReadOnlySpan<byte> key) => Text(record, key);

    /// <summary>Writes the record's length and checksum; false = it is too long.</summary>
    public static bool End(VarintWriter record)
    {
        int length = record.Length - RecordHeaderBytes;
        if (length > MaxPayloadBytes) return false;
        Span<byte> head = record.First(RecordHeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            head[4..], Crc32C.Compute(record.Written[RecordHeaderBytes..]));
        return true;
    }

    /// <summary>
    /// Reads the whole records of a log and returns where they end. What lies behind is the tail of one that
    /// its process did not live to finish, or damage: never an answer. A record whose checksum is wrong is
    /// passed over: those behind it are where its length says.
    /// </summary>
    /// <param name="file">The log.</param>
    /// <param name="take">Called with each record.</param>
    /// <param name="damaged">Called with where a damaged one begins; null = nobody asks.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: the header is damaged. <see
    /// cref="ErrorCode.Format"/>: it is of a later build.</exception>
    public static long Read(MappedFile file, RecordHandler take, Action<long>? damaged = null) =>
        Read(file, take, long.MaxValue, damaged);

    /// <summary>As <see cref="Read(MappedFile, RecordHandler, Action{long})"/>, the first record alone.
    /// </summary>
    public static void ReadFirst(MappedFile file, RecordHandler take) => Read(file, take, 1, null);

    private static long Read(MappedFile file, RecordHandler take, long most, Action<long>? damaged = null)
    {
        // Not more than a header, however torn: its process died before the first answer.
        if (file.Length <= HeaderBytes) return 0;
        ReadOnlySpan<byte> header = file.Slice(0, HeaderBytes);
        // A header is not synced before the first answer: a power cut may leave a length and no bytes.
        if (!header.ContainsAnyExcept((byte)0)) return 0;
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[28..]);
        if (!header[..8].SequenceEqual(Magic) || crc != Crc32C.Compute(header[..28]))
            throw new CorruptFileException(
                file.Path, 0, "the header of an answer log", Convert.ToHexString(header[..8]));
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (major != Major)
            throw new EmbedEngineException(
                ErrorCode.Format, $"{file.Path}: format {major}.x is not known to this build");
        long at = HeaderBytes;
        while (most-- > 0 && at <= file.Length - RecordHeaderBytes)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.Slice(at, RecordHeaderBytes));
            if (length is < 1 or > MaxPayloadBytes || at > file.Length - RecordHeaderBytes - length) break;
            if (TryRead(file.Slice(at, RecordHeaderBytes + length), out AnswerRecord record)) take(record);
            else damaged?.Invoke(at);
            at += RecordHeaderBytes + length;
        }
        return at;
    }

    /// <summary>Reads one record of exactly these bytes; false = damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AnswerRecord record)
    {
        record = default;
        if (bytes.Length <= RecordHeaderBytes) return false;
        ReadOnlySpan<byte> payload = bytes[RecordHeaderBytes..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Crc32C.Compute(payload)) return false;
        record.Whole = bytes;
        record.Kind = (AnswerRecordKind)payload[0];
        // Of a later minor format: passed over.
        if (record.Kind is not (AnswerRecordKind.Answer or AnswerRecordKind.Outcome))
        {
            if (record.Kind == AnswerRecordKind.Replaces) record.Logs = payload[1..];
            return payload.Length % sizeof(ulong) == 1 || record.Kind != AnswerRecordKind.Replaces;
        }
        const int Fixed = 2 + AnswerId.Bytes + sizeof(ulong);
        if (payload.Length < Fixed) return false;
        record.Int64Items = (payload[1] & Int64Flag) != 0;
        record.Id = AnswerId.Read(payload[2..]);
        record.Unit = BinaryPrimitives.ReadUInt64LittleEndian(payload[(2 + AnswerId.Bytes)..]);
        var reader = new VarintReader(payload[Fixed..]);
        if (record.Kind == AnswerRecordKind.Answer)
        {
            record.TimeMs = record.Id.TimeMs;
            record.Version = reader.Signed();
            record.Arm = reader.Take(reader.Unsigned());
            ulong count = reader.Unsigned();
            if (count > MostItems) return false;
            record.ItemCount = (int)count;
        }
        else
        {
            record.TimeMs = reader.Signed();
            record.Action = reader.Take(reader.Unsigned());
            record.ItemCount = 1;
        }
        record.Items = reader.Rest();
        return !reader.Failed;
    }

    /// <summary>
    /// Takes the next item off the front; <paramref name="item"/> is the key of an int64 store, a hash of it
    /// in a text store: equal for equal keys. False at the end, or where the items are damaged.
    /// </summary>
    public static bool TryItem(ref ReadOnlySpan<byte> items, bool int64Items, out long item)
    {
        item = 0;
        if (items.IsEmpty) return false;
        var reader = new VarintReader(items);
        if (int64Items) item = reader.Signed();
        else item = (long)UnitHash.Of(""u8, reader.Take(reader.Unsigned()));
        items = reader.Rest();
        return !reader.Failed;
    }

    private static void Begin(
        VarintWriter record, AnswerRecordKind kind, AnswerId id, ulong unit, bool int64Items)
    {
        record.Clear();
        record.Extend(RecordHeaderBytes);
        Span<byte> fixedPart = record.Extend(2 + AnswerId.Bytes + sizeof(ulong));
        fixedPart[0] = (byte)kind;
        fixedPart[1] = int64Items ? Int64Flag : (byte)0;
        id.Write(fixedPart[2..]);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[(2 + AnswerId.Bytes)..], unit);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Text(VarintWriter record, ReadOnlySpan<byte> text)
    {
        record.Unsigned((ulong)text.Length);
        record.Raw(text);
    }
}
