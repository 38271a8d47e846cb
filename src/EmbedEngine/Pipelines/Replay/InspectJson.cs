using System.Text.Json;

namespace EmbedEngine.Pipelines.Replay;

/// <summary>The JSON shape of one step of a replayed session.</summary>
internal static class InspectJson
{
    public static void Write(Utf8JsonWriter json, InspectStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("step", step.Step);
        json.WriteStartArray("history");
        foreach (InspectEvent e in step.History) Write(json, e);
        json.WriteEndArray();
        json.WritePropertyName("truth");
        Write(json, step.Truth);
        Write(json, "rank", step.Rank);
        json.WriteStartObject("ranks");
        foreach ((string source, int? rank) in step.Ranks) Write(json, source, rank);
        json.WriteEndObject();
        json.WriteString(
            "fallback", step.Fallback == Fallback.None ? null : JsonReports.NameOf(step.Fallback));
        json.WriteStartArray("items");
        foreach (InspectItem item in step.Items) Write(json, item);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, InspectEvent e)
    {
        json.WriteStartObject();
        json.WriteString("item", e.Item);
        json.WriteString("action", e.Action);
        if (e.TimeMs is long time) json.WriteNumber("time_ms", time);
        else json.WriteNull("time_ms");
        json.WriteString("title", e.Title);
        json.WriteString("category", e.Category);
        json.WriteBoolean("known", e.Known);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, InspectItem item)
    {
        json.WriteStartObject();
        json.WriteString("item", item.Item);
        json.WriteNumber("score", item.Score);
        json.WriteString("title", item.Title);
        json.WriteString("category", item.Category);
        json.WriteStartArray("reasons");
        foreach (string reason in item.Reasons) json.WriteStringValue(reason);
        json.WriteEndArray();
        json.WriteString("because", item.Because);
        json.WriteString("by", item.By);
        json.WriteBoolean("is_truth", item.IsTruth);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, int? rank)
    {
        if (rank is int number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
