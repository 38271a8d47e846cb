// The byte layout of a catalogue's change log, and nothing else: what changed since the base file of the same
// number was made. Format 1.0, little-endian. attributes/NNNNNN.eec beside attributes/NNNNNN.eea.
//
// File    = header (32 bytes), then batches back to back. There is no footer: the last whole batch ends the
// file, and a batch is there as a whole or not at all.
//
// Header  offset size
//              0    8  magic "EEC1\r\n\x1a\n"
//              8    2  format major (1): a reader refuses another
//             10    2  format minor (0)
//             12    4  endian mark 0x01020304
//             16    8  number of the base file
//             24    4  0
//             28    4  crc32c of bytes 0..27
//
// Batch   offset size
//              0    4  bytes of the payload, at most 64 MiB
//              4    4  crc32c of the payload
//              8    n  payload, varints: new attributes (count; each bytes, name, type), then items (count;
//                      each bytes, key, settings; each setting: attribute, type or 0 for none, value)
// Value   number: 8 bytes of binary64; boolean: 0 or 1; time: zigzag ms; text: bytes, UTF-8; tags: count,
// each
//         as a text. Keys are written as text (an int64 in decimal).

using System.Buffers.Binary;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Encodes and decodes change logs.</summary>
internal static class AttributeLog
{
    public const int HeaderBytes = 32;
    public const int BatchHeaderBytes = 8;
    public const int MaxPayloadBytes = 64 << 20;

    private const ushort Major = 1;
    private const uint EndianMark = 0x01020304;

    private static ReadOnlySpan<byte> Magic => "EEC1\r\n\x1a\n"u8;

    public static byte[] EncodeHeader(long number)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Major);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), EndianMark);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), number);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Compute(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>One batch with its header.</summary>
    public static byte[] EncodeBatch(
        IReadOnlyList<AttributeDefinition> added, IReadOnlyList<AttributeChange> changes)
    {
        var payload = new VarintWriter();
        payload.Unsigned((ulong)added.Count);
        foreach (AttributeDefinition attribute in added)
        {
            PutText(payload, Encoding.UTF8.GetBytes(attribute.Name));
            payload.Unsigned((ulong)attribute.Type);
        }
        payload.Unsigned((ulong)changes.Count);
        foreach (AttributeChange change in changes)
        {
            PutText(payload, change.Key);
            payload.Unsigned((ulong)change.Settings.Length);
            foreach (AttributeSetting setting in change.Settings)
            {
                payload.Unsigned((ulong)setting.Attribute);
                PutValue(payload, setting.Value);
            }
        }
        byte[] batch = new byte[BatchHeaderBytes + payload.Length];
        payload.Written.CopyTo(batch.AsSpan(BatchHeaderBytes));
        BinaryPrimitives.WriteInt32LittleEndian(batch, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(batch.AsSpan(4), Crc32C.Compute(payload.Written));
        return batch;
    }

    /// <summary>
    /// Reads whole batches from <paramref name="from"/> on and gives where they end. What lies behind is a
    /// batch that its writer did not live to finish: never read. 0 where there is not more than a header,
    /// whole or not.
    /// </summary>
    /// <param name="file">The log.</param>
    /// <param name="number">Of the base file it belongs to.</param>
    /// <param name="from">Where an earlier reading ended; 0 = the start.</param>
    /// <param name="attributes">Attributes that are known before; new ones are added.</param>
    /// <param name="changes">Receives what the batches change, in order.</param>
    /// <exception cref="CorruptFileException">A whole batch holds what no writer writes.</exception>
    public static long Read(
        MappedFile file, long number, long from, List<AttributeDefinition> attributes,
        List<AttributeChange> changes)
    {
        if (file.Length <= HeaderBytes) return 0;
        CheckHeader(file, number);
        long at = Math.Max(from, HeaderBytes);
        while (at <= file.Length - BatchHeaderBytes)
        {
            ReadOnlySpan<byte> head = file.Slice(at, BatchHeaderBytes);
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 2 or > MaxPayloadBytes || at > file.Length - BatchHeaderBytes - length) break;
            ReadOnlySpan<byte> payload = file.Slice(at + BatchHeaderBytes, length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) != Crc32C.Compute(payload))
            {
                // A batch is written when the one before it is on the disk: nothing lies behind a torn one.
                if (IsBatch(file, at + BatchHeaderBytes + length))
                    throw new CorruptFileException(file.Path, at, "an intact batch", "a damaged one");
                break;
            }
            if (!TryDecode(payload, attributes, changes))
                throw new CorruptFileException(file.Path, at, "a batch of changes", "something else");
            at += BatchHeaderBytes + length;
        }
        return at;
    }

    private static bool IsBatch(MappedFile file, long at)
    {
        if (at > file.Length - BatchHeaderBytes) return false;
        ReadOnlySpan<byte> head = file.Slice(at, BatchHeaderBytes);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        return length is >= 2 and <= MaxPayloadBytes && at <= file.Length - BatchHeaderBytes - length
            && BinaryPrimitives.ReadUInt32LittleEndian(head[4..])
                == Crc32C.Compute(file.Slice(at + BatchHeaderBytes, length));
    }

    private static void CheckHeader(MappedFile file, long number)
    {
        ReadOnlySpan<byte> header = file.Slice(0, HeaderBytes);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[28..]);
        if (!header[..8].SequenceEqual(Magic) || crc != Crc32C.Compute(header[..28]))
            throw new CorruptFileException(
                file.Path, 0, "the header of a change log", Convert.ToHexString(header[..8]));
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (major != Major)
            throw new EmbedEngineException(
                ErrorCode.Format, $"{file.Path}: format {major}.x is not known to this build");
        long of = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (of != number) throw new CorruptFileException(file.Path, 16, $"base file {number}", $"{of}");
    }

    private static void PutText(VarintWriter payload, ReadOnlySpan<byte> utf8)
    {
        payload.Unsigned((ulong)utf8.Length);
        payload.Raw(utf8);
    }

    private static void PutValue(VarintWriter payload, in AttributeValue value)
    {
        payload.Unsigned((ulong)value.Type);
        switch (value.Type)
        {
            case AttributeType.Number:
                BinaryPrimitives.WriteDoubleLittleEndian(payload.Extend(sizeof(double)), value.Number);
                break;
            case AttributeType.Boolean:
                payload.Unsigned(value.Number != 0 ? 1UL : 0);
                break;
            case AttributeType.Time:
                payload.Signed((long)value.Number);
                break;
            case AttributeType.Text:
                PutText(payload, value.Text);
                break;
            case AttributeType.Tags:
                payload.Unsigned((ulong)value.Tags!.Length);
                foreach (byte[] tag in value.Tags) PutText(payload, tag);
                break;
        }
    }

    private static bool TryDecode(
        ReadOnlySpan<byte> payload, List<AttributeDefinition> attributes, List<AttributeChange> changes)
    {
        var reader = new VarintReader(payload);
        ulong added = reader.Unsigned();
        for (ulong a = 0; a < added && !reader.Failed; a++)
        {
            string name = Encoding.UTF8.GetString(reader.Take(reader.Unsigned()));
            ulong type = reader.Unsigned();
            if (AttributeDefinition.ProblemOf(name) is not null || type is 0 or > (int)AttributeType.Tags
                || attributes.Count == AttributeDefinition.MaxAttributes
                || attributes.Exists(known => known.Name == name)) return false;
            attributes.Add(new AttributeDefinition(name, (AttributeType)type));
        }
        ulong items = reader.Unsigned();
        for (ulong i = 0; i < items && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.Take(reader.Unsigned());
            ulong settings = reader.Unsigned();
            if (key.Length is 0 or > KeyDictionary.MaxTextBytes || settings > (ulong)attributes.Count)
                return false;
            var set = new AttributeSetting[settings];
            for (int s = 0; s < set.Length; s++)
            {
                ulong attribute = reader.Unsigned();
                if (attribute >= (ulong)attributes.Count) return false;
                if (!TryValue(ref reader, attributes[(int)attribute].Type, out AttributeValue value))
                    return false;
                set[s] = new AttributeSetting((int)attribute, value);
            }
            changes.Add(new AttributeChange(key.ToArray(), set));
        }
        return reader.Complete;
    }

    private static bool TryValue(ref VarintReader reader, AttributeType expected, out AttributeValue value)
    {
        value = default;
        ulong type = reader.Unsigned();
        if (type == 0) return !reader.Failed;
        if (type != (ulong)expected) return false;
        switch (expected)
        {
            case AttributeType.Number:
                ReadOnlySpan<byte> bits = reader.Take(sizeof(double));
                if (reader.Failed) return false;
                double number = BinaryPrimitives.ReadDoubleLittleEndian(bits);
                value = AttributeValue.OfNumber(number);
                return double.IsFinite(number);
            case AttributeType.Boolean:
                value = AttributeValue.OfBoolean(reader.Unsigned() != 0);
                return !reader.Failed;
            case AttributeType.Time:
                value = AttributeValue.OfTime(reader.Signed());
                return !reader.Failed;
            case AttributeType.Text:
                value = AttributeValue.OfText(reader.Take(reader.Unsigned()).ToArray());
                return !reader.Failed && value.Text!.Length <= AttributeDefinition.MaxTextBytes;
            default:
                ulong count = reader.Unsigned();
                if (count is 0 or > AttributeDefinition.MaxTags) return false;
                byte[][] tags = new byte[count][];
                for (int t = 0; t < tags.Length && !reader.Failed; t++)
                    tags[t] = reader.Take(reader.Unsigned()).ToArray();
                if (reader.Failed) return false;
                value = AttributeValue.OfTags(tags);
                return true;
        }
    }
}
