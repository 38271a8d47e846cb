// What the ABI returns as JSON: the shapes are documented in include/embed_engine.h, and equal the command
// line's --json where both have it. Fields are added, never renamed.

using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmbedEngine.Native;

/// <summary>Writes reports as UTF-8 JSON.</summary>
internal static class JsonResults
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Import(ImportReport report) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("events", report.Events);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteNumber("items", report.Items);
        json.WriteNumber("rejected", report.Rejected);
        json.WriteNumber("short_sessions", report.ShortSessions);
        json.WriteNumber("long_sessions", report.LongSessions);
        json.WriteNumber("duplicate_events", report.DuplicateEvents);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        json.WriteStartObject("events_by_action");
        foreach ((string action, long count) in report.EventsByAction) json.WriteNumber(action, count);
        json.WriteEndObject();
        json.WriteStartArray("first_errors");
        foreach (RejectedRow row in report.FirstErrors)
        {
            json.WriteStartObject();
            json.WriteString("file", row.File);
            json.WriteNumber("line", row.Line);
            json.WriteString("reason", row.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("source_fingerprint", report.SourceFingerprint);
        json.WriteEndObject();
    });

    public static byte[] Evaluation(EvaluationReport report) =>
        System.Text.Encoding.UTF8.GetBytes(report.ToJson());

    public static byte[] Version(ModelVersion version) => Build(json => Write(json, version));

    public static byte[] Versions(IReadOnlyList<ModelVersion> versions) => Build(json =>
    {
        json.WriteStartArray();
        foreach (ModelVersion version in versions) Write(json, version);
        json.WriteEndArray();
    });

    public static byte[] Aliases(IReadOnlyDictionary<string, long> aliases) => Build(json =>
    {
        json.WriteStartObject();
        foreach ((string alias, long version) in aliases) json.WriteNumber(alias, version);
        json.WriteEndObject();
    });

    public static byte[] Numbers(IReadOnlyList<long> numbers) => Build(json => WriteNumbers(json, numbers));

    public static byte[] Diff(IReadOnlyList<ManifestDifference> differences) => Build(json =>
    {
        json.WriteStartArray();
        foreach (ManifestDifference d in differences)
        {
            json.WriteStartObject();
            json.WriteString("key", d.Key);
            json.WritePropertyName("a");
            json.WriteRawValue(d.A ?? "null");
            json.WritePropertyName("b");
            json.WriteRawValue(d.B ?? "null");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public static byte[] Collect(CollectReport report) => Build(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("collected");
        WriteNumbers(json, report.Collected);
        json.WritePropertyName("leased");
        WriteNumbers(json, report.Leased);
        json.WriteEndObject();
    });

    public static byte[] Verify(VerifyReport report) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("sound", report.Faults.Count == 0);
        json.WriteNumber("files", report.Files);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteStartArray("faults");
        foreach (StoreFault fault in report.Faults)
        {
            json.WriteStartObject();
            json.WriteString("file", fault.File);
            json.WriteString("problem", fault.Problem);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static byte[] Info(StoreInfo info, string? problem) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("path", info.Path);
        json.WriteNumber("format", info.Format);
        string? keys = info.ItemKeys switch { KeyKind.Int64 => "int64", KeyKind.Text => "string", _ => null };
        json.WriteString("item_keys", keys);
        json.WriteNumber("items", info.Items);
        json.WriteNumber("users", info.Users);
        json.WriteNumber("events", info.Events);
        json.WriteNumber("sessions", info.Sessions);
        json.WriteNumber("imports", info.Imports);
        json.WriteNumber("segments", info.Segments);
        json.WriteNumber("log_bytes", info.LogBytes);
        json.WriteNumber("versions", info.Versions);
        json.WriteNumber("active_version", info.ActiveVersion);
        json.WriteNumber("artifact_bytes", info.ArtifactBytes);
        json.WriteString("problem", problem);
        json.WriteString("engine", EngineInfo.Version);
        json.WriteString("simd", EngineInfo.SimdLevel);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ModelVersion v)
    {
        json.WriteStartObject();
        json.WriteNumber("version", v.Number);
        json.WriteString("name", v.Name);
        json.WriteString("created_at",
            v.CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteBoolean("active", v.IsActive);
        json.WriteNumber("seconds", Math.Round(v.Seconds, 3));
        json.WriteStartObject("stages");
        foreach ((string stage, double seconds) in v.Stages) json.WriteNumber(stage, Math.Round(seconds, 3));
        json.WriteEndObject();
        json.WritePropertyName("metrics");
        if (v.Metrics is null) json.WriteNullValue();
        else json.WriteRawValue(v.Metrics.ToJson());
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray();
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
