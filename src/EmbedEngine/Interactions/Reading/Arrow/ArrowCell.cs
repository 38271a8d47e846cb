using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>
/// Elements of Arrow columns as a file would write them: what parses files then reads them, and one set of
/// rules holds for both. The text is kept in one buffer. Not thread-safe.
/// </summary>
internal sealed class ArrowCell
{
    private byte[] _text = new byte[64];

    /// <summary>Type of the attribute that a column becomes; null where its values must tell.</summary>
    public static AttributeType? TypeOf(ArrowField field)
    {
        ArrowField values = field.Values;
        return values.IsNumber ? AttributeType.Number
            : values.IsTime ? AttributeType.Time
            : values.IsText ? AttributeType.Text
            : values.IsList ? AttributeType.Tags
            : values.Kind == ArrowKind.Boolean ? AttributeType.Boolean : null;
    }

    /// <summary>Element i of a column; the text is valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(ArrowColumn column, long i, out RawKind kind)
    {
        kind = RawKind.Null;
        if (column.Resolve(ref i) is not { } values) return default;
        if (!values.Field.IsList) return Scalar(values, i, out kind);
        kind = RawKind.Array;
        (long from, long to) = values.Range(i);
        var list = new StringBuilder("[");
        for (long e = from; e < to; e++)
        {
            ReadOnlySpan<byte> element = Read(values.Elements!, e, out RawKind of);
            if (of == RawKind.Null) continue;
            if (of == RawKind.Array) throw column.Bad("holds lists of lists");
            list.Append(list.Length > 1 ? ",\"" : "\"");
            list.Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Encoding.UTF8.GetString(element)));
            list.Append('"');
        }
        return Keep(list.Append(']').ToString());
    }

    private ReadOnlySpan<byte> Scalar(ArrowColumn column, long i, out RawKind kind)
    {
        ArrowField field = column.Field;
        kind = RawKind.Number;
        if (field.IsText)
        {
            kind = RawKind.Text;
            return column.Text(i);
        }
        if (field.Kind == ArrowKind.Boolean)
        {
            kind = RawKind.Boolean;
            return column.Boolean(i) ? "true"u8 : "false"u8;
        }
        int length;
        if (field.IsInteger)
        {
            if (field.Kind == ArrowKind.UInt64)
                Utf8Formatter.TryFormat((ulong)column.Integer(i), _text, out length);
            else Utf8Formatter.TryFormat(column.Integer(i), _text, out length);
            return _text.AsSpan(0, length);
        }
        if (field.Kind == ArrowKind.Decimal128) return Keep(column.Decimal(i));
        if (field.IsTime)
        {
            kind = RawKind.Text;
            long ms = column.Milliseconds(i);
            return ms is >= 0 and <= TimeText.MaxTimeMs
                ? Keep(DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString(
                    "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture))
                // No time that is kept: said as it is, so that the row is refused with it.
                : Keep(string.Create(CultureInfo.InvariantCulture, $"{ms} ms"));
        }
        double number = column.Number(i);
        if (double.IsNaN(number))
        {
            // As everywhere where columns lie in memory.
            kind = RawKind.Null;
            return default;
        }
        // A float32 says what it was made of in fewer digits than the float64 of its value.
        bool isShort = field.Kind == ArrowKind.Float32
            ? Utf8Formatter.TryFormat((float)number, _text, out length)
            : Utf8Formatter.TryFormat(number, _text, out length);
        return isShort ? _text.AsSpan(0, length) : throw column.Bad("has a number that cannot be written");
    }

    private ReadOnlySpan<byte> Keep(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_text.Length < most) _text = new byte[most * 2];
        return _text.AsSpan(0, Encoding.UTF8.GetBytes(text, _text));
    }
}
