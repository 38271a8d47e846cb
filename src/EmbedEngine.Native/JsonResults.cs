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

    public static byte[] Import(ImportReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Catalog(CatalogReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Attributes(IReadOnlyList<AttributeInfo> attributes) => Build(json =>
    {
        json.WriteStartArray();
        JsonReports.WriteValues(json, attributes);
        json.WriteEndArray();
    });

    public static byte[] Texts(IReadOnlyDictionary<string, string> texts) => Build(json =>
    {
        json.WriteStartObject();
        foreach ((string name, string text) in texts) json.WriteString(name, text);
        json.WriteEndObject();
    });

    public static byte[] Rules(RuleReport report) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (IReadOnlyList<string> texts in report.Items) WriteTexts(json, texts);
        json.WriteEndArray();
        json.WritePropertyName("ignored");
        WriteTexts(json, report.Ignored);
        json.WriteEndObject();
    });

    public static byte[] Evaluation(EvaluationReport report) =>
        System.Text.Encoding.UTF8.GetBytes(report.ToJson());

    public static byte[] Inspect(InspectReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] RecommendFile(RecommendFileReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

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

    public static byte[] Diff(IReadOnlyList<ManifestDifference> differences) =>
        Build(json => JsonReports.WriteValue(json, differences));

    public static byte[] Collect(CollectReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Compact(CompactReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Forget(ForgetReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Profile(UserProfile profile) =>
        Fields(json => JsonReports.WriteFields(json, profile));

    public static byte[] SimilarUsers(SimilarUserReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] SimilarTokens(string token, IReadOnlyList<SimilarToken> tokens) =>
        Fields(json => JsonReports.WriteFields(json, token, tokens));

    public static byte[] Traits(TraitReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Explore(ExploreReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Refresh(RefreshReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Verify(VerifyReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Drift(DriftReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Health(HealthReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Export(ExportReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Bundle(BundleReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Backup(BackupReport report) => Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] VectorImport(VectorImportReport report) =>
        Fields(json => JsonReports.WriteFields(json, report));

    public static byte[] Texts(IReadOnlyList<string> texts) => Build(json => WriteTexts(json, texts));

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    public static byte[] Info(StoreInfo info, string? problem, long serving) =>
        Fields(json => JsonReports.WriteFields(json, info, problem, serving));

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
        json.WritePropertyName("evaluations");
        JsonReports.WriteValue(json, v.Evaluations);
        JsonReports.WriteGate(json, v.Gate);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray();
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static byte[] Fields(Action<Utf8JsonWriter> write) => Build(json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
