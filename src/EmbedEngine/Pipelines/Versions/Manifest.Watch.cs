using System.Text.Json;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>What a manifest says for those who watch: stability of spaces, the gate before publish.</summary>
internal static partial class Manifest
{
    /// <summary>Share of neighbours that a space kept between the builds of its training, by name.</summary>
    public const string Stability = "stability";

    private const string PublishGateKey = "publish_gate";

    /// <summary>
    /// What a training kept of a space's neighbours between its build before the cut and that of everything;
    /// null where it does not say.
    /// </summary>
    public static double? KeptBy(string manifest, string space)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        return json.RootElement.TryGetProperty(Stability, out JsonElement spaces)
            && spaces.TryGetProperty(space, out JsonElement kept) ? kept.GetDouble() : null;
    }

    /// <summary>Whether a version was made of another one without training.</summary>
    public static bool IsRefreshed(string manifest)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        return json.RootElement.TryGetProperty(Key.Refreshed, out _);
    }

    /// <summary>Mean events of the sessions a version was trained on, at least 1.</summary>
    public static double MeanSession(string manifest)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        JsonElement data = json.RootElement.GetProperty(Key.Data);
        return data.TryGetProperty("trained_events", out JsonElement events)
            && data.TryGetProperty("trained_sessions", out JsonElement sessions) && sessions.GetInt64() > 0
            ? Math.Max(1, events.GetDouble() / sessions.GetInt64()) : 1;
    }

    /// <summary>Writes what was found of spaces, where anything was.</summary>
    public static void WriteStability(Utf8JsonWriter json, IReadOnlyDictionary<string, double> kept)
    {
        if (kept.Count == 0) return;
        json.WriteStartObject(Stability);
        foreach ((string space, double share) in kept) json.WriteNumber(space, Math.Round(share, 6));
        json.WriteEndObject();
    }

    /// <summary>Writes the gate, where one was asked for.</summary>
    public static void WritePublishGate(Utf8JsonWriter json, PublishGateReport? gate)
    {
        if (gate is null) return;
        json.WriteStartObject(PublishGateKey);
        WatchJson.Write(json, gate);
        json.WriteEndObject();
    }

    private static PublishGateReport? ReadPublishGate(JsonElement root)
    {
        if (!root.TryGetProperty(PublishGateKey, out JsonElement gate)) return null;
        double Number(string name) => gate.GetProperty(name).GetDouble();
        JsonElement interval = gate.GetProperty("difference_ci");
        return new PublishGateReport
        {
            Against = gate.GetProperty("against").GetInt64(),
            Method = gate.GetProperty("method").GetString()!,
            Metric = gate.GetProperty("metric").GetString()!,
            Sessions = gate.GetProperty("sessions").GetInt64(),
            Cases = gate.GetProperty("cases").GetInt64(),
            New = Number("new"), Active = Number("active"),
            Difference = new Measured(
                Number("difference"), interval[0].GetDouble(), interval[1].GetDouble()),
            NeighborOverlap =
                gate.GetProperty("neighbor_overlap") is { ValueKind: JsonValueKind.Number } found
                    ? found.GetDouble() : null,
            LostShare = Number("lost_share"),
            Reasons = [.. gate.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!)],
        };
    }
}
