using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>The manifest of a version made of another by importing vectors; parts all have.</summary>
internal static partial class Manifest
{
    /// <summary>
    /// The parent's manifest with what is different: who it is, its artifacts, the import, times,
    /// environment.
    /// </summary>
    /// <param name="parent">The version whose artifacts were copied.</param>
    /// <param name="version">The new one; its own manifest is not looked at.</param>
    /// <param name="imported">The vectors.</param>
    /// <param name="stages">Seconds by stage.</param>
    /// <param name="seconds">Of the import.</param>
    public static string WithVectors(
        ModelVersion parent, VersionRecord version, ImportedVectors imported,
        IReadOnlyDictionary<string, double> stages, double seconds)
    {
        using JsonDocument old = JsonDocument.Parse(parent.Manifest);
        return Write(json =>
        {
            foreach (JsonProperty p in old.RootElement.EnumerateObject())
            {
                if (p.Name != Key.ImportedVectors) // at the end
                    WriteInherited(json, p, parent, version, stages, seconds);
            }
            WriteImported(json, old.RootElement, imported);
        });
    }

    /// <summary>
    /// A property of the parent's manifest in that of a version made of it: what says who the version is and
    /// how it was made is its own, evaluations are the parent's, which answers otherwise.
    /// </summary>
    private static void WriteInherited(
        Utf8JsonWriter json, JsonProperty p, ModelVersion parent, VersionRecord version,
        IReadOnlyDictionary<string, double> stages, double seconds)
    {
        switch (p.Name)
        {
            case Key.RunId: WriteRunId(json); break;
            case Key.Version: json.WriteNumber(p.Name, version.Number); break;
            case Key.Name: json.WriteString(p.Name, version.Name); break;
            case Key.CreatedAt: WriteCreatedAt(json, version.CreatedAt); break;
            case Key.Parents: WriteParents(json, parent.Number); break;
            case Key.Artifacts: WriteArtifacts(json, version.Artifacts); break;
            case Key.Stages: WriteStages(json, stages, seconds); break;
            case Key.Environment: WriteEnvironment(json); break;
            case Key.Seconds or Key.Evaluations: break; // seconds come with the stages
            default: p.WriteTo(json); break;
        }
    }

    /// <summary>One JSON object.</summary>
    public static string Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static void WriteRunId(Utf8JsonWriter json) =>
        json.WriteString(Key.RunId, Guid.NewGuid().ToString("N"));

    public static void WriteCreatedAt(Utf8JsonWriter json, DateTimeOffset at) =>
        json.WriteString(Key.CreatedAt, at.ToString(TimeFormat, null));

    /// <param name="json">Where it goes.</param>
    /// <param name="parent">0 = none.</param>
    public static void WriteParents(Utf8JsonWriter json, long parent)
    {
        json.WriteStartArray(Key.Parents);
        if (parent > 0) json.WriteNumberValue(parent);
        json.WriteEndArray();
    }

    public static void WriteArtifacts(Utf8JsonWriter json, IReadOnlyList<ArtifactRecord> artifacts)
    {
        json.WriteStartArray(Key.Artifacts);
        foreach (ArtifactRecord a in artifacts)
        {
            json.WriteStartObject();
            json.WriteString(Key.Name, a.Name);
            json.WriteString("kind", a.Kind);
            json.WriteString(Key.File, a.File);
            json.WriteNumber("length", a.Length);
            json.WriteNumber("rows", a.Rows);
            json.WriteNumber("dimensions", a.Dimensions);
            json.WriteString("digest", a.Digest.ToString("x16", null));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void WriteStages(
        Utf8JsonWriter json, IReadOnlyDictionary<string, double> stages, double seconds)
    {
        json.WriteStartObject(Key.Stages);
        foreach ((string stage, double s) in stages) json.WriteNumber(stage, Math.Round(s, 3));
        json.WriteEndObject();
        json.WriteNumber(Key.Seconds, Math.Round(seconds, 3));
    }

    public static void WriteEnvironment(Utf8JsonWriter json)
    {
        json.WriteStartObject(Key.Environment);
        json.WriteString("engine", EngineInfo.Version);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("os", RuntimeInformation.OSDescription);
        json.WriteString("simd", EngineInfo.SimdLevel);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteEndObject();
    }

    /// <summary>What was imported before under other names, then this.</summary>
    private static void WriteImported(Utf8JsonWriter json, JsonElement parent, ImportedVectors imported)
    {
        json.WriteStartArray(Key.ImportedVectors);
        if (parent.TryGetProperty(Key.ImportedVectors, out JsonElement earlier))
        {
            foreach (JsonElement e in earlier.EnumerateArray())
                if (e.GetProperty("space").GetString() != imported.Space) e.WriteTo(json);
        }
        WriteImported(json, imported);
        json.WriteEndArray();
    }

    /// <summary>Spaces that a training took along; nothing where there are none.</summary>
    public static void WriteImported(Utf8JsonWriter json, IReadOnlyList<ImportedVectors> spaces)
    {
        if (spaces.Count == 0) return;
        json.WriteStartArray(Key.ImportedVectors);
        foreach (ImportedVectors space in spaces) WriteImported(json, space);
        json.WriteEndArray();
    }

    /// <summary>What a manifest says of a space; where it says nothing, that it is there.</summary>
    public static ImportedVectors ReadImported(string manifest, string space)
    {
        using JsonDocument json = JsonDocument.Parse(manifest);
        if (json.RootElement.TryGetProperty(Key.ImportedVectors, out JsonElement imported))
        {
            foreach (JsonElement e in imported.EnumerateArray())
            {
                if (e.GetProperty("space").GetString() != space) continue;
                return new ImportedVectors(
                    space, e.GetProperty(Key.File).GetString() ?? "", e.GetProperty("rows").GetInt64(),
                    e.GetProperty("dimensions").GetInt32(), e.GetProperty("rejected").GetInt64(),
                    e.GetProperty("unknown").GetInt64(), 0);
            }
        }
        return new ImportedVectors(space, "", 0, 0, 0, 0, 0);
    }

    private static void WriteImported(Utf8JsonWriter json, ImportedVectors imported)
    {
        json.WriteStartObject();
        json.WriteString("space", imported.Space);
        json.WriteString(Key.File, imported.File);
        json.WriteNumber("rows", imported.Rows);
        json.WriteNumber("dimensions", imported.Dimensions);
        json.WriteNumber("rejected", imported.Rejected);
        json.WriteNumber("unknown", imported.Unknown);
        json.WriteNumber("waiting", imported.Waiting);
        json.WriteEndObject();
    }
}
