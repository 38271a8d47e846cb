// The one JSON shape of an evaluation: manifest, CLI and C ABI all print it.

using System.Text.Json;

namespace EmbedEngine.Evaluation;

/// <summary>Writes and reads evaluation reports.</summary>
internal static class ReportJson
{
    public static void Write(Utf8JsonWriter json, EvaluationReport report)
    {
        json.WriteStartObject();
        WriteHead(json, report);
        json.WriteStartObject("sources");
        WriteSources(json, report);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Every field but the sources.</summary>
    public static void WriteHead(Utf8JsonWriter json, EvaluationReport report)
    {
        json.WriteNumber("k", report.K);
        json.WriteString("protocol", NameOf(report.Protocol));
        json.WriteNumber("cases", report.Cases);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteString("served_source", report.ServedSource);
        json.WriteNumber("p50_us", Math.Round(report.P50Us, 2));
        json.WriteNumber("p99_us", Math.Round(report.P99Us, 2));
    }

    /// <summary>One field a source.</summary>
    public static void WriteSources(Utf8JsonWriter json, EvaluationReport report)
    {
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            json.WriteStartObject(name);
            Write(json, "recall", m.Recall);
            Write(json, "ndcg", m.Ndcg);
            Write(json, "map", m.Map);
            Write(json, "mrr", m.Mrr);
            Write(json, "hit_rate", m.HitRate);
            json.WriteNumber("coverage", Math.Round(m.Coverage, 6));
            json.WriteEndObject();
        }
    }

    public static EvaluationReport Read(JsonElement json)
    {
        var sources = new Dictionary<string, SourceMetrics>();
        foreach (JsonProperty source in json.GetProperty("sources").EnumerateObject())
        {
            sources[source.Name] = new SourceMetrics
            {
                Recall = ReadMeasured(source.Value, "recall"),
                Ndcg = ReadMeasured(source.Value, "ndcg"),
                Map = ReadMeasured(source.Value, "map"),
                Mrr = ReadMeasured(source.Value, "mrr"),
                HitRate = ReadMeasured(source.Value, "hit_rate"),
                Coverage = source.Value.GetProperty("coverage").GetDouble(),
            };
        }
        return new EvaluationReport
        {
            K = json.GetProperty("k").GetInt32(),
            Protocol = Parse(json.GetProperty("protocol").GetString()!),
            Cases = json.GetProperty("cases").GetInt64(),
            Sessions = json.GetProperty("sessions").GetInt64(),
            ServedSource = json.GetProperty("served_source").GetString()!,
            Sources = sources,
            P50Us = json.GetProperty("p50_us").GetDouble(),
            P99Us = json.GetProperty("p99_us").GetDouble(),
        };
    }

    public static string NameOf(EvaluationProtocol protocol) => protocol switch
    {
        EvaluationProtocol.Next => "next",
        EvaluationProtocol.Last => "last",
        EvaluationProtocol.Rest => "rest",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "is not a protocol"),
    };

    private static EvaluationProtocol Parse(string name) => name switch
    {
        "next" => EvaluationProtocol.Next,
        "last" => EvaluationProtocol.Last,
        "rest" => EvaluationProtocol.Rest,
        _ => throw new EmbedEngineException(ErrorCode.Format, $"protocol '{name}' in a manifest is not known"),
    };

    private static void Write(Utf8JsonWriter json, string name, Measured m)
    {
        json.WriteNumber(name, Math.Round(m.Value, 6));
        json.WriteStartArray(name + "_ci");
        json.WriteNumberValue(Math.Round(m.Low, 6));
        json.WriteNumberValue(Math.Round(m.High, 6));
        json.WriteEndArray();
    }

    private static Measured ReadMeasured(JsonElement source, string name)
    {
        JsonElement interval = source.GetProperty(name + "_ci");
        return new Measured(source.GetProperty(name).GetDouble(), interval[0].GetDouble(), interval[1].GetDouble());
    }
}
