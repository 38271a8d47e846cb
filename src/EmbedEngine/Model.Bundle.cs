// The part of a model that goes to devices: one file, mappable as it lies.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Storage;

namespace EmbedEngine;

/// <content>Bundles.</content>
public sealed partial class Model
{
    /// <summary>
    /// Opens a version from a bundle file: no store, no catalog, nothing unpacked. It answers as it did in
    /// its store.
    /// </summary>
    /// <param name="path">The .eeb file; it must not be changed while the model is open.</param>
    /// <param name="verify">How much is checked: headers (default), or every byte.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.NotFound"/>: no such file. <see cref="ErrorCode.Corrupt"/>: truncated, damaged,
    /// or not a bundle.
    /// <see cref="ErrorCode.Format"/>: of a newer format.
    /// </exception>
    public static Model OpenBundle(string path, VerifyLevel verify = VerifyLevel.Header)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bundle = new BundleFileSystem(path, verify);
        VersionData? data = null;
        try
        {
            ModelVersion version = Manifest.DescribeBundle(bundle.Path, bundle.ReadManifest());
            if (version.Number != bundle.Version)
                throw new CorruptFileException(
                    bundle.Path, 16, $"version {version.Number}", $"{bundle.Version}");
            data = VersionData.Open(bundle, bundle.Path, version.Number, verify);
            BundledAttributes? attributes = BundledAttributes.Open(bundle, verify);
            ColdItems? cold = attributes is null ? null
                : ColdItems.Open(attributes, data, new LiveItems(data.Items.Kind, data.RowCount));
            return new Model(
                data, version, ReaderLease.None, bundle, attributes: attributes, cold: cold);
        }
        catch
        {
            data?.Dispose();
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the version as one file for <see cref="OpenBundle"/>: every artifact byte for byte as it lies
    /// in the store, each on a 4096-byte boundary, the catalogue of this moment, and the manifest. Written
    /// under a temporary name, renamed when whole.
    /// </summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="spaces">Vector spaces to take along; null = all. What answers without a left-out space is
    /// hybrid_default.</param>
    /// <param name="compress">
    /// Compressed for transport (.eebz by custom): cannot be opened as it lies; <see cref="UnpackBundle"/>
    /// gives the bundle back.
    /// </param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with nothing written.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such space.</exception>
    public BundleReport WriteBundle(
        string path, IReadOnlyCollection<string>? spaces = null, bool compress = false,
        ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        foreach (string space in spaces ?? []) Served.SpaceOf(space);
        var scope = new ProgressScope(progress, cancellation);
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        List<(FileSystem Files, string Path)> parts = [.. _data.ArtifactFiles(spaces ?? Spaces)
            .Select(name => (_data.FileSystem, System.IO.Path.Combine(_data.Directory, name)))];
        if (WriteCatalogue(temporary.Path) is { } catalogue) parts.Add((FileSystem.Real, catalogue));
        string[] names = [.. parts.Select(part => System.IO.Path.GetFileName(part.Path))];
        scope.Begin("bundle", 0, "bytes");
        long bytes = BundleWriter.Write(path, Version.Number, Version.Manifest, parts, compress, n =>
        {
            scope.Add(n);
            scope.Poll();
        });
        scope.Complete();
        GC.KeepAlive(this);
        return new BundleReport
        {
            Path = System.IO.Path.GetFullPath(path),
            Version = Version.Number,
            Artifacts = [.. names.Select(n => System.IO.Path.GetFileNameWithoutExtension(n))],
            Bytes = bytes,
        };
    }

    /// <summary>
    /// The catalogue of this moment as one file of the version, changes folded in; null where there is none.
    /// </summary>
    private string? WriteCatalogue(string directory)
    {
        if (_attributes?.Require() is not { Rows: > 0 } catalogue) return null;
        string path = System.IO.Path.Combine(directory, AttributeFile.BundledName);
        (KeyDictionary keys, IReadOnlyList<AttributeColumn> columns) = catalogue.Fold(KeyKind);
        AttributeFile.Write(FileSystem.Real, path, keys, columns, Version.Number);
        return path;
    }

    /// <summary>
    /// Unpacks a compressed bundle into the bundle it was made from, byte for byte. Every byte is checked,
    /// against the compressed file's checksums and then as a bundle, before the new file gets its name.
    /// </summary>
    /// <param name="path">The compressed file.</param>
    /// <param name="target">The .eeb file to write; one of that name is replaced.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with nothing written.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.NotFound"/>: no such file. <see cref="ErrorCode.Corrupt"/>: truncated, damaged,
    /// or not compressed.
    /// </exception>
    public static BundleReport UnpackBundle(
        string path, string target, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(target);
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path)) throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: no such file");
        var scope = new ProgressScope(progress, cancellation);
        using MappedFile packed = FileSystem.Real.Map(path);
        using var output = new OutputFile(target);
        output.RequireFile();
        scope.Begin("unpack", 0, "bytes");
        long bytes = PackedFormat.Unpack(packed, output, n =>
        {
            scope.Add(n);
            scope.Poll();
        });
        long version = 0;
        string[] artifacts = [];
        output.Check(temporary =>
        {
            using Model model = OpenBundle(temporary, VerifyLevel.Full);
            version = model.Version.Number;
            artifacts = [.. model._bundle!.List(temporary).Where(n => n != BundleFormat.Manifest)
                .Select(n => System.IO.Path.GetFileNameWithoutExtension(n))];
        });
        output.Commit();
        scope.Complete();
        return new BundleReport
        {
            Path = System.IO.Path.GetFullPath(target), Version = version, Artifacts = artifacts,
            Bytes = bytes,
        };
    }
}
