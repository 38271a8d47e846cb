// Vectors made elsewhere become a space of a new version: the active version's artifacts are copied, the
// file's vectors and their index are added, and one commit publishes it. Versions share nothing, so any of
// them can be collected alone.

using System.Globalization;
using EmbedEngine.Recommendation;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
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
        long number = VersionCatalog.NextNumber(store);
        string name = VersionCatalog.NameFor(store, options.Name, number);
        string source = store.VersionDirectory(parent);
        using VersionData data = VersionData.Open(store.FileSystem, source, parent, VerifyLevel.Header);
        var rows = new VectorRows(path, data.Items, options.MaxErrors, options.AllowUnknown);
        VectorFile.Read(path, options.IdsPath, options.Format, rows, progress);
        rows.Finish();
        string temporary = store.TemporaryVersionPath("vectors");
        if (store.FileSystem.DirectoryExists(temporary)) store.FileSystem.DeleteDirectory(temporary);
        store.FileSystem.CreateDirectory(temporary);
        var sink = new ArtifactSink(store.FileSystem, temporary, number);
        Copy(source, sink, number);
        WriteSpace(sink, rows, data.RowCount);
        progress.Begin("publish", 0, "files");
        progress.ThrowIfCancelled(); // the last moment at which nothing has happened
        ModelVersion old = VersionCatalog.Find(store, parent)
            ?? throw new EmbedEngineException(
                ErrorCode.Unknown, $"{store.Path}: there is no version {parent}");
        var version = new VersionRecord(
            number, parent, name, DateTimeOffset.UtcNow, "", sink.Finished);
        var imported = new ImportedVectors(
            options.Space, Path.GetFileName(path), rows.Accepted, rows.Dims, rows.Rejected, rows.Unknown);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        string manifest = Manifest.WithVectors(old, version, imported, progress.StageSeconds, seconds);
        VersionCatalog.Publish(write, temporary, version with { Manifest = manifest }, options.Publish);
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
}
