// One line of an exported file, put together in a buffer that is used again: numbers as the shortest text
// that reads back to the same float, texts quoted as the format wants.

using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>Builds lines of UTF-8 and hands them to a file. Not thread-safe.</summary>
internal sealed class ExportLine(OutputFile file) : IDisposable
{
    private const int NumberBytes = 32;

    private static readonly SearchValues<byte> CsvSpecial = SearchValues.Create(",\"\r\n"u8);

    private readonly ArrayBufferWriter<byte> _line = new(1 << 12);
    private Utf8JsonWriter? _json;

    public void Text(ReadOnlySpan<byte> utf8) => _line.Write(utf8);

    public void Number(long value)
    {
        value.TryFormat(_line.GetSpan(NumberBytes), out int n, default, CultureInfo.InvariantCulture);
        _line.Advance(n);
    }

    public void Number(float value)
    {
        value.TryFormat(_line.GetSpan(NumberBytes), out int n, default, CultureInfo.InvariantCulture);
        _line.Advance(n);
    }

    /// <summary>A CSV field (RFC 4180).</summary>
    public void CsvField(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAny(CsvSpecial))
        {
            Text(utf8);
            return;
        }
        Text("\""u8);
        foreach (byte b in utf8)
        {
            if (b == '"') Text("\""u8);
            Text([b]);
        }
        Text("\""u8);
    }

    /// <summary>The key of a row as a CSV field.</summary>
    public void CsvKey(ItemTable items, int row)
    {
        if (items.Kind == KeyKind.Text) CsvField(items.TextAt(row));
        else Number(items.ItemAt(row));
    }

    /// <summary>The key of a row as a field of a JSON object.</summary>
    public static void JsonKey(Utf8JsonWriter json, ReadOnlySpan<byte> name, ItemTable items, int row)
    {
        if (items.Kind == KeyKind.Text) json.WriteString(name, items.TextAt(row));
        else json.WriteNumber(name, items.ItemAt(row));
    }

    /// <summary>A writer of JSON onto this line; complete it before <see cref="End"/>.</summary>
    public Utf8JsonWriter Json()
    {
        _json ??= new Utf8JsonWriter(
            _line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.Reset(_line);
        return _json;
    }

    /// <summary>Ends the line and writes it.</summary>
    public void End()
    {
        _json?.Flush();
        _line.Write("\n"u8);
        file.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    public void Dispose() => _json?.Dispose();
}
