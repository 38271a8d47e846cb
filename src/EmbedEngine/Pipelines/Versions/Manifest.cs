// What a version was made of and how, one JSON object a version. This class owns the names of its keys and
// all reading of it; ManifestContent writes it, Manifest.Vectors.cs and Manifest.Evaluations.cs rewrite it.
// Read leniently: a version of an older build says less, and what a newer one says more is passed over.
// ManifestDiff compares any two.

using System.Globalization;
using System.Text.Json;
using EmbedEngine.Evaluation;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>The manifest's shape: keys and reading.</summary>
internal static partial class Manifest
{
    /// <summary>Number of the shape; 1 since there are manifests.</summary>
    public const int Format = 1;

    /// <summary>Names of the keys, those of the whole first.</summary>
    internal static class Key
    {
        public const string Format = "manifest";
        public const string RunId = "run_id";
        public const string Version = "version";
        public const string Name = "name";
        public const string CreatedAt = "created_at";
        public const string Parents = "parents";

        public const string Data = "data";
        public const string Segments = "segments";
        public const string File = "file";
        public const string TrainedSegments = "trained_segments";
        public const string CountedSegments = "counted_segments";
        public const string UnfitEvents = "unfit_events";

        public const string Configuration = "configuration";
        public const string Preset = "preset";
        public const string Seed = "seed";
        public const string Threads = "threads";
        public const string Deterministic = "deterministic";
        public const string MeasureSessions = "measure_sessions";
        public const string UntilMs = "until_ms";
        public const string Actions = "actions";
        public const string Settings = "settings";

        public const string ServedSource = "served_source";
        public const string Metrics = "metrics";
        public const string Gate = "gate";
        public const string Rankers = "rankers";
        public const string Fusion = "fusion";
        public const string Tuning = "tuning";
        public const string Artifacts = "artifacts";
        public const string ImportedVectors = "imported_vectors";
        public const string Stages = "stages";
        public const string Seconds = "seconds";
        public const string Environment = "environment";
        public const string Evaluations = "evaluations";
        public const string Refreshed = "refreshed";
    }

    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>A version of a store: what the catalog's row says, and the manifest besides.</summary>
    public static ModelVersion Describe(
        string manifest, long number, string name, string createdAt, bool isActive)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        return Describe(json.RootElement, manifest, number, name, createdAt, isActive);
    }

    /// <summary>A version outside a store, as its manifest alone describes it.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: this is no
    /// manifest.</exception>
    public static ModelVersion DescribeBundle(string path, string manifest) => Guard(path, () =>
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        JsonElement root = json.RootElement;
        return Describe(
            root, manifest, root.GetProperty(Key.Version).GetInt64(), root.GetProperty(Key.Name).GetString()!,
            root.GetProperty(Key.CreatedAt).GetString()!, isActive: true);
    });

    /// <summary>File names of the log's segments that the version learned from.</summary>
    public static HashSet<string> SegmentFiles(string manifest)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        return
        [
            .. json.RootElement.GetProperty(Key.Data).GetProperty(Key.Segments).EnumerateArray()
                .Select(s => s.GetProperty(Key.File).GetString()!),
        ];
    }

    /// <summary>
    /// Those of <see cref="SegmentFiles"/> that were there when vectors were learned; a refresh only counts
    /// later ones.
    /// </summary>
    public static HashSet<string> TrainedSegmentFiles(string manifest) =>
        FilesIn(manifest, Key.TrainedSegments);

    /// <summary>
    /// Those of <see cref="SegmentFiles"/> that are in popularity and co-visitation; a refresh of customers
    /// alone counts no later ones.
    /// </summary>
    public static HashSet<string> CountedSegmentFiles(string manifest) =>
        FilesIn(manifest, Key.CountedSegments);

    private static HashSet<string> FilesIn(string manifest, string key)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        return json.RootElement.GetProperty(Key.Data).TryGetProperty(key, out JsonElement files)
            ? [.. files.EnumerateArray().Select(f => f.GetString()!)] : SegmentFiles(manifest);
    }

    /// <summary>
    /// How a version counts co-visitation; the default where its manifest does not say, or says it in
    /// settings of another build.
    /// </summary>
    public static CovisitationSettings ReadCovisitation(string manifest)
    {
        try
        {
            return TrainSettings.Resolve(ReadOptions(manifest)).Covisitation;
        }
        catch (Exception e) when (e is EmbedEngineException or ArgumentException)
        {
            return new CovisitationSettings();
        }
    }

    /// <summary>Options that train a version of this kind again.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: this is no manifest; <see
    /// cref="ErrorCode.InvalidArgument"/>: it does not have every setting.</exception>
    public static TrainOptions ReadOptions(string manifest) => Guard("", () =>
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        JsonElement from = json.RootElement.GetProperty(Key.Configuration);
        if (!from.TryGetProperty(Key.Settings, out JsonElement settings))
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                "this manifest is of a build that did not record every setting: the version cannot be "
                + "trained again from it");
        return new TrainOptions
        {
            Preset = Enum.Parse<TrainPreset>(from.GetProperty(Key.Preset).GetString()!, ignoreCase: true),
            Seed = from.GetProperty(Key.Seed).GetUInt64(),
            Threads = from.GetProperty(Key.Threads).GetInt32(),
            Deterministic = from.GetProperty(Key.Deterministic).GetBoolean(),
            MeasureSessions = from.GetProperty(Key.MeasureSessions).GetInt32(),
            UntilMs = from.TryGetProperty(Key.UntilMs, out JsonElement until) ? until.GetInt64() : null,
            Settings = settings.EnumerateObject().ToDictionary(s => s.Name, s => TextOf(s.Value)),
        };
    });

    private static ModelVersion Describe(
        JsonElement root, string manifest, long number, string name, string createdAt, bool isActive)
    {
        JsonElement metrics = root.GetProperty(Key.Metrics);
        return new ModelVersion
        {
            Number = number,
            Name = name,
            CreatedAt = DateTimeOffset.Parse(createdAt, CultureInfo.InvariantCulture),
            IsActive = isActive,
            Manifest = manifest,
            Metrics = metrics.ValueKind == JsonValueKind.Null ? null : ReportJson.Read(metrics),
            Evaluations = root.TryGetProperty(Key.Evaluations, out JsonElement evaluations)
                ? ReportJson.ReadRecorded(evaluations) : [],
            // Versions made before these were counted do not say.
            UnfitEvents = root.TryGetProperty(Key.Data, out JsonElement data)
                && data.TryGetProperty(Key.UnfitEvents, out JsonElement unfit) ? unfit.GetInt64() : 0,
            Gate = ReadPublishGate(root),
            Seconds = root.GetProperty(Key.Seconds).GetDouble(),
            Stages = root.GetProperty(Key.Stages).EnumerateObject()
                .ToDictionary(s => s.Name, s => s.Value.GetDouble()),
        };
    }

    /// <summary>The text of a setting's value, as <see cref="TrainOptions.Settings"/> takes it.</summary>
    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(TextOf)),
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or ArgumentException)
        {
            string where = path.Length == 0 ? "" : $"{path}: ";
            throw new EmbedEngineException(
                ErrorCode.Corrupt, $"{where}the manifest cannot be read: {e.Message}", e);
        }
    }
}
