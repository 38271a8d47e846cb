using System.Text.Json;
using EmbedEngine.Evaluation;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>The manifest of a version that was measured after it was made.</summary>
internal static partial class Manifest
{
    /// <summary>The manifest with one more evaluation, behind those it has; all else as it was.</summary>
    public static string WithEvaluation(string manifest, RecordedEvaluation evaluation)
    {
        using JsonDocument old = JsonDocument.Parse(manifest);
        IReadOnlyList<RecordedEvaluation> earlier =
            old.RootElement.TryGetProperty(Key.Evaluations, out JsonElement kept)
                ? ReportJson.ReadRecorded(kept) : [];
        return Write(json =>
        {
            foreach (JsonProperty p in old.RootElement.EnumerateObject())
                if (p.Name != Key.Evaluations) p.WriteTo(json);
            json.WritePropertyName(Key.Evaluations);
            ReportJson.Write(json, [.. earlier, evaluation]);
        });
    }
}
