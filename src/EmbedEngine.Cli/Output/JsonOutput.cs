using System.Text;
using System.Text.Json;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints one JSON object on standard output.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(Line(write)));
        output.Write("\n"u8);
    }

    /// <summary>One object as one line of text.</summary>
    public static string Line(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary><c>"items": [{"item", "score"}]</c></summary>
    public static void WriteScored(Utf8JsonWriter json, Model model, RecommendedItem[] items)
    {
        json.WriteStartArray("items");
        foreach (RecommendedItem r in items)
        {
            json.WriteStartObject();
            json.WritePropertyName("item");
            WriteItem(json, model, r.Item);
            json.WriteNumber("score", r.Score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>An item as people know it: a number in an int64 store, text in a text store.</summary>
    public static void WriteItem(Utf8JsonWriter json, Model model, long item)
    {
        if (model.KeyKind == KeyKind.Text) json.WriteStringValue(model.KeyString(item));
        else json.WriteNumberValue(item);
    }
}
