using System.Text.Json;

namespace EmbedEngine;

/// <content>What watches a store.</content>
public static partial class JsonReports
{
    /// <summary>Fields of a comparison of versions.</summary>
    public static void WriteFields(Utf8JsonWriter json, DriftReport report) => WatchJson.Write(json, report);

    /// <summary>Fields of a store's health.</summary>
    public static void WriteFields(Utf8JsonWriter json, HealthReport report) => WatchJson.Write(json, report);

    /// <summary>The field <c>gate</c>: what was found before publish; null where it was not asked.</summary>
    public static void WriteGate(Utf8JsonWriter json, PublishGateReport? gate)
    {
        if (gate is null)
        {
            json.WriteNull("gate");
            return;
        }
        json.WriteStartObject("gate");
        WatchJson.Write(json, gate);
        json.WriteEndObject();
    }
}
