using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmbedEngine.Pipelines.Replay;

/// <summary>Lines of answers: what stands around one in a file.</summary>
internal static class BatchJson
{
    private static readonly string[] Ids = ["session_id", "session", "id", "user"];

    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line of output with the line's own id fields first.</summary>
    public static byte[] Line(JsonElement line, Action<Utf8JsonWriter> write)
    {
        return Build(json =>
        {
            foreach (string name in Ids)
            {
                if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty(name, out JsonElement id)
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
}
