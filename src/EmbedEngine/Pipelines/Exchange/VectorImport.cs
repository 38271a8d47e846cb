// Vectors made elsewhere become a space of a new version: the active version's artifacts are copied, the
// vectors and their index are added, and one commit publishes it. Versions share nothing, so any of them can
// be collected alone. Vectors of items that the version has no row for, and the store knows, are kept in the
// space's file; the next training makes them items (Train/ImportedSpaces.cs).

using System.Globalization;
using EmbedEngine.Recommendation;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>One import of vectors.</summary>
/// <param name="store">The store.</param>
/// <param name="name">Of where they come from: a path, or what stands for one.</param>
/// <param name="options">How.</param>
/// <param name="read">Reads them into the rows given.</param>
/// <param name="progress">Takes progress, gives cancellation.</param>
internal sealed class VectorImport(
    Store store, string name, VectorImportOptions options, Action<VectorRows, ProgressScope> read,
    ProgressScope progress)
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
        string versionName = VersionCatalog.NameFor(store, options.Name, number);
        string source = store.VersionDirectory(parent);
        using VersionData data = VersionData.Open(store.FileSystem, source, parent, VerifyLevel.Header);
        var known = new KnownItems(store, options.AddItems);
        var rows = new VectorRows(
            name, data.Items, options.MaxErrors, options.AllowUnknown, known.TryFind);
        read(rows, progress);
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
            number, parent, versionName, DateTimeOffset.UtcNow, "", sink.Finished);
        var imported = new ImportedVectors(
            options.Space, Path.GetFileName(name), rows.Accepted, rows.Dims, rows.Rejected, rows.Unknown,
            rows.Waiting.Count);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        string manifest = Manifest.WithVectors(old, version, imported, progress.StageSeconds, seconds);
        known.Save(write);
        VersionCatalog.Publish(write, temporary, version with { Manifest = manifest }, options.Publish);
        progress.Complete();
        return new VectorImportReport
        {
            Version = number,
            Space = options.Space,
            Dimensions = rows.Dims,
            Items = rows.Accepted,
            Missing = data.RowCount - rows.Accepted,
            Waiting = rows.Waiting.Count,
            NewItems = known.Added,
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
        // All of them wait: a space of zeros, which answers nothing until the next training.
        float[] values = rows.Values.Length > 0 ? rows.Values : new float[count * rows.Dims];
        VectorTable.Write(
            sink, options.Space, count, rows.Dims, values, [], string.Create(
                CultureInfo.InvariantCulture, $$"""{"method":"import","rows":{{rows.Accepted}}}"""),
            rows.Waiting);
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
