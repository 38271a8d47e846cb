// Vectors made elsewhere become a space of a new version: the active version's artifacts are copied, the
// file's vectors and their index are added, and one commit publishes it. Versions share nothing, so any of
// them can be collected alone.

using System.Globalization;
using System.Text;
using System.Text.Json;
using EmbedEngine.Recommendation;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>One import of vectors.</summary>
internal sealed class VectorImport(
    Store store, string path, VectorImportOptions options, ProgressScope progress)
{
    /// <summary>Imports into a copy of the active version and returns what happened.</summary>
    public VectorImportReport Run()
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        options.Validate();
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        long parent = VersionCatalog.ActiveNumber(store);
        if (parent == 0)
            throw new EmbedEngineException(
                ErrorCode.NoModel, $"{store.Path}: nothing was trained yet; call train first");
        string source = store.VersionDirectory(parent);
        using VersionData data = VersionData.Open(store.FileSystem, source, parent, VerifyLevel.Header);
        var rows = new VectorRows(path, data.Items, options.MaxErrors, options.AllowUnknown);
        VectorFile.Read(path, options.IdsPath, options.Format, rows, progress);
        rows.Finish();
        long number = VersionCatalog.NextNumber(store);
        string temporary = store.TemporaryVersionPath("vectors");
        if (store.FileSystem.DirectoryExists(temporary)) store.FileSystem.DeleteDirectory(temporary);
        store.FileSystem.CreateDirectory(temporary);
        var sink = new ArtifactSink(store.FileSystem, temporary, number);
        Copy(source, sink, number);
        WriteSpace(sink, rows, data.RowCount);
        progress.Begin("publish", 0, "files");
        progress.ThrowIfCancelled(); // the last moment at which nothing has happened
        ModelVersion old = VersionCatalog.List(store).First(v => v.Number == parent);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string name = options.Name ?? $"v{number}";
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        string manifest = Manifest(old, number, name, now, sink.Finished, rows, seconds);
        VersionCatalog.Publish(
            write, temporary, new VersionRecord(number, parent, name, now, manifest, sink.Finished),
            options.Publish);
        progress.Complete();
        return new VectorImportReport
        {
            Version = number,
            Space = options.Space,
            Dimensions = rows.Dims,
            Items = rows.Accepted,
            Missing = data.RowCount - rows.Accepted,
            Unknown = rows.Unknown,
            Rejected = rows.Rejected,
            FirstErrors = rows.First,
        };
    }

    private void Copy(string source, ArtifactSink sink, long number)
    {
        // What the new space replaces is not copied: importing the same name again makes a version with the
        // new vectors.
        string[] replaced =
        [
            ArtifactNames.Vectors(options.Space), ArtifactNames.Index(options.Space, VectorSpace.InSide),
            ArtifactNames.Index(options.Space, VectorSpace.OutSide),
        ];
        string[] names = [.. store.FileSystem.List(source)
            .Where(f => f.EndsWith(ArtifactNames.Extension, StringComparison.Ordinal))
            .Select(f => f[..^ArtifactNames.Extension.Length]).Except(replaced)];
        progress.Begin("copy", names.Length, "files");
        foreach (string name in names)
        {
            using MappedFile file =
                store.FileSystem.Map(Path.Combine(source, name + ArtifactNames.Extension));
            ArtifactCopy.Run(file, name, sink, number);
            progress.Add(1);
            progress.Poll();
        }
        progress.End();
    }

    private void WriteSpace(ArtifactSink sink, VectorRows rows, int count)
    {
        VectorTable.Write(
            sink, options.Space, count, rows.Dims, rows.Values, [], string.Create(
                CultureInfo.InvariantCulture, $$"""{"method":"import","rows":{{rows.Accepted}}}"""));
        using VectorTable vectors = VectorTable.Open(
            sink.FileSystem, sink.PathOf(ArtifactNames.Vectors(options.Space)), VerifyLevel.Header);
        using HnswBuilder builder =
            HnswBuilder.Build(vectors.In, Metric.Cosine, options.Index, progress, "index_in");
        using ArtifactWriter writer = sink.Create(
            ArtifactNames.Index(options.Space, VectorSpace.InSide), builder.Header());
        builder.Write(writer, vectors.Digest);
        sink.Finish(writer);
    }

    /// <summary>
    /// The parent's manifest with what is different: who it is, its artifacts, the import, times,
    /// environment.
    /// </summary>
    private string Manifest(
        ModelVersion old, long number, string name, DateTimeOffset now, List<ArtifactRecord> artifacts,
        VectorRows rows,
        double seconds)
    {
        using JsonDocument parent = JsonDocument.Parse(old.Manifest);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (JsonProperty p in parent.RootElement.EnumerateObject())
            {
                switch (p.Name)
                {
                    case "run_id": json.WriteString(p.Name, Guid.NewGuid().ToString("N")); break;
                    case "version": json.WriteNumber(p.Name, number); break;
                    case "name": json.WriteString(p.Name, name); break;
                    case "created_at": json.WriteString(p.Name,
                        now.ToString("yyyy-MM-ddTHH:mm:ssZ", null)); break;
                    case "parents":
                        json.WriteStartArray(p.Name);
                        json.WriteNumberValue(old.Number);
                        json.WriteEndArray();
                        break;
                    case "artifacts": ManifestContent.WriteArtifacts(json, artifacts); break;
                    case "stages": WriteStages(json); break;
                    case "seconds": json.WriteNumber(p.Name, Math.Round(seconds, 3)); break;
                    case "environment": ManifestContent.WriteEnvironment(json); break;
                    case "imported_vectors": break;
                    default: p.WriteTo(json); break;
                }
            }
            WriteImported(json, parent.RootElement, rows);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void WriteStages(Utf8JsonWriter json)
    {
        json.WriteStartObject("stages");
        foreach ((string stage, double s) in progress.StageSeconds) json.WriteNumber(stage, Math.Round(s, 3));
        json.WriteEndObject();
    }

    private void WriteImported(Utf8JsonWriter json, JsonElement parent, VectorRows rows)
    {
        json.WriteStartArray("imported_vectors");
        if (parent.TryGetProperty("imported_vectors", out JsonElement earlier))
        {
            foreach (JsonElement e in earlier.EnumerateArray())
                if (e.GetProperty("space").GetString() != options.Space) e.WriteTo(json);
        }
        json.WriteStartObject();
        json.WriteString("space", options.Space);
        json.WriteString("file", Path.GetFileName(path));
        json.WriteNumber("rows", rows.Accepted);
        json.WriteNumber("dimensions", rows.Dims);
        json.WriteNumber("rejected", rows.Rejected);
        json.WriteNumber("unknown", rows.Unknown);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
