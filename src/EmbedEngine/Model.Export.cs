// The part of a model that writes what it holds as files of other programs.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Exchange;

namespace EmbedEngine;

/// <content>Export.</content>
public sealed partial class Model
{
    /// <summary>
    /// Writes vectors, manifest, popularity or neighbours of the version as a file. It is written under a
    /// temporary name and renamed when whole; a file of that name is replaced.
    /// </summary>
    /// <param name="path">The file; .npy vectors put their keys beside it (<see
    /// cref="VectorFormat.Npy"/>).</param>
    /// <param name="options">What and how; null = the first space's vectors as .npy.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the export with nothing written.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Unknown"/>: no such space. <see cref="ErrorCode.InvalidArgument"/>: a key that
    /// the format cannot hold; the message names it. <see cref="ErrorCode.Io"/>: the disk.
    /// </exception>
    /// <exception cref="ArgumentException">The format does not fit what is exported.</exception>
    public ExportReport Export(
        string path, ExportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ExportOptions();
        options.Validate();
        if (options.OfLog)
        {
            throw new ArgumentException(
                $"{options.Kind} is counted in a store's log, which a version or a bundle has not: it needs "
                + "the store (Engine.Export)", nameof(options));
        }
        RowMatrix vectors =
            options.Kind == ExportKind.Vectors ? MatrixOf(options.Space, options.OutVectors) : default;
        ExportReport report =
            new VersionExporter(_data, Version, new ProgressScope(progress, cancellation))
            .Run(path, options.Kind, options.Format, vectors);
        GC.KeepAlive(this);
        return report;
    }

    private RowMatrix MatrixOf(string? space, bool outVectors)
    {
        VectorTable table = Served.SpaceOf(space).Vectors;
        if (outVectors && !table.HasOut)
            throw new EmbedEngineException(ErrorCode.Unknown, $"space '{space}' has no OUT vectors");
        return outVectors ? table.Out : table.In;
    }
}
