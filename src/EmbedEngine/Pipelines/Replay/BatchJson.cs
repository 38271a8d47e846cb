using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

using EmbedEngine.Recommendation;
namespace EmbedEngine.Pipelines.Replay;

/// <summary>Lines of a batch file in, lines of answers out.</summary>
internal static class BatchJson
{
    // An item no version knows: what an unknown text key becomes, so that it is counted and skipped like any
    // other.
    private const long UnknownOrdinal = -1;

    private static readonly string[] Ids = ["session_id", "session", "id", "user"];

    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes an answer's fields: items, each with its reasons if asked for, and how they came about.
    /// </summary>
    public static void WriteAnswer(
        Utf8JsonWriter json, ServedVersion model, ReadOnlySpan<RecommendedItem> items,
        in RecommendResult answer,
        bool sources,
        ReadOnlySpan<RecommendReason> reasons)
    {
        json.WriteStartArray("items");
        for (int i = 0; i < items.Length; i++)
        {
            json.WriteStartObject();
            WriteKey(json, "item", model, items[i].Item);
            json.WriteNumber("score", items[i].Score);
            if (sources)
            {
                json.WriteStartArray("reasons");
                foreach (string reason in SourceNames.OfBits(items[i].Sources)) json.WriteStringValue(reason);
                json.WriteEndArray();
            }
            if (!reasons.IsEmpty && reasons[i].Event >= 0)
            {
                WriteKey(json, "because", model, reasons[i].Because);
                json.WriteString("by", SourceNames.NameOf(reasons[i].Source));
            }
            else if (!reasons.IsEmpty)
            {
                json.WriteNull("because");
                json.WriteNull("by");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("model_version", answer.Version);
        json.WriteString("fallback", answer.Fallback == Fallback.None ? null : NameOf(answer.Fallback));
        json.WriteNumber("unknown_items", answer.UnknownItems);
        json.WriteNumber("padded", answer.Padded);
        json.WriteNumber("latency_us", Math.Round(answer.LatencyUs, 2));
    }

    /// <summary>A fallback as people read it.</summary>
    public static string NameOf(Fallback fallback) => fallback switch
    {
        Fallback.EmptySession => "popularity: the session is empty",
        Fallback.UnknownItems => "popularity: no item of the session is known",
        Fallback.NoCandidates => "popularity: the source had no candidates",
        _ => "none",
    };

    /// <summary>
    /// The events of one line: the array under <c>session</c>, <c>items</c> or <c>events</c>; an event is a
    /// key, or an object with <c>item</c> (or <c>aid</c>), <c>action</c> (or <c>type</c>) and <c>time_ms</c>
    /// (or <c>ts</c>).
    /// </summary>
    /// <exception cref="FormatException">Says what is not as it should be.</exception>
    public static SessionEvent[] Events(ServedVersion model, JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
            throw new FormatException("the line is not a JSON object");
        foreach (string name in (string[])["session", "items", "events"])
        {
            if (line.TryGetProperty(name, out JsonElement events) && events.ValueKind == JsonValueKind.Array)
                return [.. events.EnumerateArray().Select(e => Event(model, e))];
        }
        throw new FormatException("a session needs \"session\", \"items\" or \"events\", an array");
    }

    private static SessionEvent Event(ServedVersion model, JsonElement e)
    {
        if (e.ValueKind is JsonValueKind.Number or JsonValueKind.String)
            return new SessionEvent(Item(model, e.ToString()));
        if (e.ValueKind != JsonValueKind.Object)
            throw new FormatException($"an event is {e.ValueKind}, not a key or an object");
        if (!e.TryGetProperty("item", out JsonElement item) && !e.TryGetProperty("aid", out item))
            throw new FormatException("an event of a session needs \"item\"");
        string action = Text(e, "action") ?? Text(e, "type") ?? "clicks";
        long time = e.TryGetProperty("time_ms", out JsonElement t) || e.TryGetProperty("ts", out t)
            ? t.GetInt64() : 0;
        return new SessionEvent(Item(model, item.ToString()), time, model.ActionCode(action));
    }

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString() : null;

    private static long Item(ServedVersion model, string key)
    {
        if (model.TryGetItem(key, out long item)) return item;
        if (model.KeyKind == KeyKind.Text) return UnknownOrdinal;
        // The number may still be a legal key the version does not know; anything else cannot be one.
        return long.TryParse(
            key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number : throw new FormatException(
            $"item '{key}' is not a number, and this store's keys are int64");
    }

    /// <summary>One line of output with the line's own id fields first.</summary>
    public static byte[] Line(JsonElement line, Action<Utf8JsonWriter> write)
    {
        return Build(json =>
        {
            foreach (string name in Ids)
            {
                if (!line.TryGetProperty(name, out JsonElement id)
                    || id.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
                    continue;
                json.WritePropertyName(name);
                id.WriteTo(json);
            }
            write(json);
        });
    }

    /// <summary>What stands in the output for a line that could not be read.</summary>
    public static byte[] ErrorLine(long line, string reason) => Build(json =>
    {
        json.WriteNumber("line", line);
        json.WriteString("error", reason);
        json.WriteStartArray("items");
        json.WriteEndArray();
    });

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteKey(Utf8JsonWriter json, string name, ServedVersion model, long item)
    {
        if (model.KeyKind == KeyKind.Text) json.WriteString(name, model.KeyString(item));
        else json.WriteNumber(name, item);
    }
}
