// The one JSON shape of an evaluation: manifest, CLI and C ABI all print it. Fields are added, never renamed;
// a manifest of an older release has fewer.

using System.Globalization;
using System.Text.Json;

namespace EmbedEngine.Evaluation;

/// <summary>Writes and reads evaluation reports.</summary>
internal static class ReportJson
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

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
        WriteSlices(json, report);
        if (report.History != EvaluationHistory.Session)
            json.WriteString("history", SettingValues.Text(report.History));
        if (report.AgainstSession is { } gains)
        {
            json.WriteStartObject("against_session");
            foreach ((string name, MetricDifferences d) in gains) Write(json, name, d);
            json.WriteEndObject();
        }
        if (report.Compared is VersionComparison compared) Write(json, compared);
        if (report.Exploration is { } exploration) Write(json, exploration);
        if (report.Recorded.Count == 0) return;
        json.WritePropertyName("recorded");
        Write(json, report.Recorded);
    }

    /// <summary>An array of reports, each with the file it was measured on and when.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<RecordedEvaluation> evaluations)
    {
        json.WriteStartArray();
        foreach (RecordedEvaluation evaluation in evaluations)
        {
            json.WriteStartObject();
            json.WriteString("file", evaluation.File);
            json.WriteString("fingerprint", evaluation.Fingerprint);
            json.WriteString("at", evaluation.At.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteNumber("max_history", evaluation.MaxHistory);
            json.WriteNumber("max_sessions", evaluation.MaxSessions);
            WriteHead(json, evaluation.Report);
            json.WriteStartObject("sources");
            WriteSources(json, evaluation.Report);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>What <see cref="Write(Utf8JsonWriter, IReadOnlyList{RecordedEvaluation})"/> wrote.</summary>
    public static RecordedEvaluation[] ReadRecorded(JsonElement array) =>
    [
        .. array.EnumerateArray().Select(e => new RecordedEvaluation
        {
            File = e.GetProperty("file").GetString()!,
            Fingerprint = e.GetProperty("fingerprint").GetString()!,
            At = DateTimeOffset.Parse(e.GetProperty("at").GetString()!, CultureInfo.InvariantCulture),
            MaxHistory = e.TryGetProperty("max_history", out JsonElement history) ? history.GetInt32() : 0,
            MaxSessions = e.TryGetProperty("max_sessions", out JsonElement most) ? most.GetInt32() : 0,
            Report = Read(e),
        }),
    ];

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
            Write(json, "novelty", m.Novelty);
            Write(json, "diversity", m.Diversity);
            Write(json, "popularity_bias", m.PopularityBias);
            if (m.ByAction is ActionRecall actions)
            {
                Write(json, "recall_clicks", actions.Clicks);
                Write(json, "recall_carts", actions.Carts);
                Write(json, "recall_orders", actions.Orders);
                Write(json, "weighted_recall", actions.Weighted);
            }
            json.WriteEndObject();
        }
    }

    /// <summary>{slice: {"cases", "sources": {name: {"recall", "mrr"}}}}</summary>
    private static void WriteSlices(Utf8JsonWriter json, EvaluationReport report)
    {
        (string Name, SourceSlices Slices)[] sources =
            [.. report.Sources.Where(s => s.Value.Slices is not null).Select(s => (s.Key, s.Value.Slices!))];
        if (sources.Length == 0) return;
        json.WriteStartObject("slices");
        foreach ((string slice, SliceMetrics first) in sources[0].Slices.ByName)
        {
            json.WriteStartObject(slice);
            json.WriteNumber("cases", first.Cases);
            json.WriteStartObject("sources");
            foreach ((string name, SourceSlices slices) in sources)
            {
                SliceMetrics metrics = slices.ByName.First(s => s.Name == slice).Metrics;
                json.WriteStartObject(name);
                json.WriteNumber("recall", Math.Round(metrics.Recall, 6));
                json.WriteNumber("mrr", Math.Round(metrics.Mrr, 6));
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExplorationReport exploration)
    {
        json.WriteStartObject("exploration");
        json.WriteNumber("share", exploration.Share);
        json.WriteNumber("cases", exploration.Cases);
        json.WriteNumber("little_known", exploration.LittleKnown);
        json.WriteNumber("shown", exploration.Shown);
        json.WriteNumber("shown_without", exploration.ShownWithout);
        json.WriteNumber("places", exploration.Places);
        Write(json, "recall", exploration.With.Recall);
        Write(json, "mrr", exploration.With.Mrr);
        Write(json, "cold_recall", exploration.With.Slices?.Cold.Recall);
        Write(json, "cold_recall_without", exploration.Without.Slices?.Cold.Recall);
        Write(json, "difference", exploration.Difference);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VersionComparison compared)
    {
        json.WriteStartObject("compared");
        json.WriteNumber("version", compared.Version);
        json.WriteNumber("with", compared.With);
        json.WriteStartObject("sources");
        foreach ((string name, MetricDifferences d) in compared.Sources) Write(json, name, d);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, MetricDifferences d)
    {
        json.WriteStartObject(name);
        Write(json, "recall", d.Recall);
        Write(json, "ndcg", d.Ndcg);
        Write(json, "mrr", d.Mrr);
        json.WriteEndObject();
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
                Novelty = ReadNumber(source.Value, "novelty"),
                Diversity = ReadNumber(source.Value, "diversity"),
                PopularityBias = ReadNumber(source.Value, "popularity_bias"),
                ByAction = ReadActions(source.Value),
                Slices = ReadSlices(json, source.Name),
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
        // Whoever reads the manifest says whose it is.
        _ => throw new FormatException($"protocol '{name}' is not known"),
    };

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number && double.IsFinite(number)) json.WriteNumber(name, Math.Round(number, 6));
        else json.WriteNull(name);
    }

    private static void Write(Utf8JsonWriter json, string name, Measured? m)
    {
        if (m is null) return;
        json.WriteNumber(name, Math.Round(m.Value.Value, 6));
        json.WriteStartArray(name + "_ci");
        json.WriteNumberValue(Math.Round(m.Value.Low, 6));
        json.WriteNumberValue(Math.Round(m.Value.High, 6));
        json.WriteEndArray();
    }

    private static double? ReadNumber(JsonElement source, string name) =>
        source.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : null;

    private static Measured ReadMeasured(JsonElement source, string name)
    {
        JsonElement interval = source.GetProperty(name + "_ci");
        return new Measured(
            source.GetProperty(name).GetDouble(), interval[0].GetDouble(), interval[1].GetDouble());
    }

    private static ActionRecall? ReadActions(JsonElement source)
    {
        Measured? Of(string name) => source.TryGetProperty(name, out _) ? ReadMeasured(source, name) : null;
        var read = new ActionRecall(
            Of("recall_clicks"), Of("recall_carts"), Of("recall_orders"), Of("weighted_recall"));
        return read.Clicks is null && read.Carts is null && read.Orders is null ? null : read;
    }

    private static SourceSlices? ReadSlices(JsonElement json, string source)
    {
        if (!json.TryGetProperty("slices", out JsonElement slices)) return null;
        SliceMetrics Of(string slice)
        {
            JsonElement of = slices.GetProperty(slice);
            if (!of.GetProperty("sources").TryGetProperty(source, out JsonElement m))
                return new SliceMetrics(0, 0, 0);
            return new SliceMetrics(
                of.GetProperty("cases").GetInt64(), m.GetProperty("recall").GetDouble(),
                m.GetProperty("mrr").GetDouble());
        }
        return new SourceSlices(Of("short"), Of("long"), Of("cold"), Of("repeats"), Of("unseen"));
    }
}
