using System.Text.Json;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>The manifest of a version made of another by folding new events in.</summary>
internal static partial class Manifest
{
    /// <summary>
    /// The parent's manifest with what is different: who it is, the log it has counted, its artifacts, what
    /// was renewed, times, environment. The figures stay the parent's: what they measured was not learned
    /// again.
    /// </summary>
    /// <param name="parent">The version whose artifacts were copied.</param>
    /// <param name="version">The new one; its own manifest is not looked at.</param>
    /// <param name="segments">The log.</param>
    /// <param name="renewed">Names of the artifacts made anew.</param>
    /// <param name="stages">Seconds by stage.</param>
    /// <param name="seconds">Of the refresh.</param>
    public static string Refreshed(
        ModelVersion parent, VersionRecord version, IReadOnlyList<SegmentRecord> segments,
        IReadOnlyList<string> renewed, IReadOnlyDictionary<string, double> stages, double seconds)
    {
        using JsonDocument old = JsonDocument.Parse(parent.Manifest);
        return Write(json =>
        {
            foreach (JsonProperty p in old.RootElement.EnumerateObject())
            {
                if (p.Name == Key.Data)
                    WriteData(json, p.Value, segments, renewed.Contains(PopularityTable.FileName));
                else if (p.Name != Key.Refreshed) // at the end
                    WriteInherited(json, p, parent, version, stages, seconds);
            }
            json.WriteStartArray(Key.Refreshed);
            foreach (string name in renewed) json.WriteStringValue(name);
            json.WriteEndArray();
        });
    }

    private static void WriteData(
        Utf8JsonWriter json, JsonElement old, IReadOnlyList<SegmentRecord> segments, bool counted)
    {
        json.WriteStartObject(Key.Data);
        foreach (JsonProperty p in old.EnumerateObject())
        {
            if (p.Name == Key.Segments) WriteSegments(json, segments);
            else if (p.Name != Key.CountedSegments && p.Name != Key.TrainedSegments) p.WriteTo(json);
        }
        WriteFiles(json, Key.TrainedSegments, old);
        if (!counted) WriteFiles(json, Key.CountedSegments, old);
        json.WriteEndObject();
    }

    /// <summary>A list the parent has, or else its segments.</summary>
    private static void WriteFiles(Utf8JsonWriter json, string key, JsonElement old)
    {
        json.WritePropertyName(key);
        if (old.TryGetProperty(key, out JsonElement files))
        {
            files.WriteTo(json);
            return;
        }
        json.WriteStartArray();
        foreach (JsonElement segment in old.GetProperty(Key.Segments).EnumerateArray())
            json.WriteStringValue(segment.GetProperty(Key.File).GetString());
        json.WriteEndArray();
    }

    /// <summary>Names and sizes of segments.</summary>
    public static void WriteSegments(Utf8JsonWriter json, IReadOnlyList<SegmentRecord> segments)
    {
        json.WriteStartArray(Key.Segments);
        foreach (SegmentRecord segment in segments)
        {
            json.WriteStartObject();
            json.WriteString(Key.File, segment.File);
            json.WriteNumber("events", segment.Events);
            json.WriteNumber("sessions", segment.Sessions);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
