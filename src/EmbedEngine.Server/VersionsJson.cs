using System.Globalization;
using System.Text.Json;

namespace EmbedEngine.Server;

/// <summary>The list of versions, as the command line and the server give it.</summary>
internal static class VersionsJson
{
    /// <summary>Writes <c>versions</c> into an object that the caller has begun and ends.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ModelVersion> versions)
    {
        json.WriteStartArray("versions");
        foreach (ModelVersion v in versions)
        {
            json.WriteStartObject();
            json.WriteNumber("version", v.Number);
            json.WriteString("name", v.Name);
            json.WriteString(
                "created_at", v.CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteBoolean("active", v.IsActive);
            json.WriteNumber("seconds", v.Seconds);
            json.WriteStartObject("metrics");
            if (v.Metrics is not null) JsonReports.WriteSources(json, v.Metrics);
            json.WriteEndObject();
            json.WritePropertyName("evaluations");
            JsonReports.WriteValue(json, v.Evaluations);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
