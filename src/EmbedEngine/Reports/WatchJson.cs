// The JSON of what watches a store: drift, health, the gate before publish. Reached through JsonReports.

using System.Text.Json;

namespace EmbedEngine;

/// <summary>Writes fields into an object that the caller has begun and ends.</summary>
internal static class WatchJson
{
    public static void Write(Utf8JsonWriter json, DriftReport report)
    {
        json.WriteNumber("from", report.From);
        json.WriteNumber("to", report.To);
        json.WriteNumber("kl", Rounded(report.Kl));
        json.WriteNumber("js", Rounded(report.Js));
        json.WriteNumber("psi", Rounded(report.Psi));
        json.WriteStartObject("null");
        Write(json, "kl", report.Null.Kl.Low, report.Null.Kl.High);
        Write(json, "js", report.Null.Js.Low, report.Null.Js.High);
        Write(json, "psi", report.Null.Psi.Low, report.Null.Psi.High);
        json.WriteString("method", report.Null.Method);
        json.WriteEndObject();
        Write(json, "vector_drift", report.VectorDrift);
        Write(json, "neighbor_overlap", report.NeighborOverlap);
        json.WriteBoolean("drifted", report.Drifted);
        json.WriteStartArray("alarms");
        foreach (DriftAlarm alarm in report.Alarms)
        {
            json.WriteStartObject();
            json.WriteString("measure", alarm.Measure);
            json.WriteNumber("value", Rounded(alarm.Value));
            json.WriteNumber("threshold", Rounded(alarm.Threshold));
            json.WriteString("sentence", alarm.Sentence);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("spaces");
        foreach (SpaceDrift space in report.Spaces)
        {
            json.WriteStartObject();
            json.WriteString("space", space.Space);
            json.WriteNumber("items", space.Items);
            Write(json, "distance", space.Distance);
            json.WriteNumber("overlap", Rounded(space.Overlap));
            json.WriteNumber("kept", Rounded(space.Kept));
            Write(json, "expected", space.Expected);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("features");
        foreach (FeatureDrift feature in report.Features)
        {
            json.WriteStartObject();
            json.WriteString("feature", feature.Feature);
            json.WriteNumber("psi", Rounded(feature.Psi));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("moved");
        foreach (MovedItem item in report.Moved)
        {
            json.WriteStartObject();
            json.WriteString("item", item.Item);
            json.WriteString("title", item.Title);
            json.WriteNumber("from_share", Rounded(item.FromShare));
            json.WriteNumber("to_share", Rounded(item.ToShare));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("from_events", report.FromEvents);
        json.WriteNumber("to_events", report.ToEvents);
        json.WriteNumber("new_share", Rounded(report.NewShare));
        json.WriteNumber("lost_share", Rounded(report.LostShare));
    }

    public static void Write(Utf8JsonWriter json, HealthReport report)
    {
        json.WriteBoolean("ok", report.Ok);
        json.WriteNumber("version", report.Version);
        json.WriteStartArray("checks");
        foreach (HealthCheck check in report.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("measure", check.Measure);
            json.WriteNumber("value", Rounded(check.Value));
            json.WriteNumber("threshold", Rounded(check.Threshold));
            json.WriteString("source", check.Source);
            json.WriteBoolean("ok", check.Ok);
            json.WriteString("remedy", check.Remedy);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("retrain");
        json.WriteBoolean("advised", report.Retrain.Advised);
        Write(json, "reasons", report.Retrain.Reasons);
        Write(json, "causes", report.Retrain.Causes);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PublishGateReport report)
    {
        json.WriteNumber("against", report.Against);
        json.WriteBoolean("passed", report.Passed);
        Write(json, "reasons", report.Reasons);
        json.WriteString("method", report.Method);
        json.WriteString("metric", report.Metric);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteNumber("cases", report.Cases);
        json.WriteNumber("new", Rounded(report.New));
        json.WriteNumber("active", Rounded(report.Active));
        json.WriteNumber("difference", Rounded(report.Difference.Value));
        Write(json, "difference_ci", report.Difference.Low, report.Difference.High);
        Write(json, "neighbor_overlap", report.NeighborOverlap);
        json.WriteNumber("lost_share", Rounded(report.LostShare));
    }

    private static void Write(Utf8JsonWriter json, string name, double low, double high)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(Rounded(low));
        json.WriteNumberValue(Rounded(high));
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known) json.WriteNumber(name, Rounded(known));
        else json.WriteNull(name);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Nine digits behind the point are more than any of it is known to.</summary>
    private static double Rounded(double value) => Math.Round(value, 9);
}
