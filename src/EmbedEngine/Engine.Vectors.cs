// The part of the facade that takes vectors made elsewhere.

using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Exchange;

namespace EmbedEngine;

/// <content>Vectors in.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Makes a new version: a copy of the active one with the vectors of a file as a further space, and an
    /// index (cosine) over them. Vectors are made unit length; items that are not in the file have a zero row
    /// and are never similar to anything. A space of the same name that was imported before is replaced in
    /// the new version. Vectors of items that the version has no row for, and log or catalogue know, are kept
    /// with it: the next training makes these items of its version. Trainings take imported spaces over.
    /// </summary>
    /// <param name="path">.npy, safetensors, word2vec text or JSON lines
    /// <c>{"item_id":…,"embedding":[…]}</c>; the latter two also .gz.</param>
    /// <param name="options">The space's name, limits.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with the store as it was.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.BadInput"/>: the file is not in its format, or too many rows are bad; nothing was
    /// published.
    /// <see cref="ErrorCode.NoModel"/>: there is no version yet.
    /// </exception>
    public VectorImportReport ImportVectors(
        string path, VectorImportOptions options, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        return ImportVectors(
            path, options, (rows, scope) => VectorFile.Read(path, options, rows, scope), progress,
            cancellation);
    }

    /// <summary>The same from arrays in memory; a rejected row is named by its number, from 1.</summary>
    /// <param name="columns">Keys and vectors.</param>
    /// <param name="options">The space's name, limits.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with the store as it was.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together.</exception>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.BadInput"/>: too many rows are bad; nothing was published.
    /// <see cref="ErrorCode.NoModel"/>: there is no version yet.
    /// </exception>
    public VectorImportReport ImportVectors(
        VectorColumns columns, VectorImportOptions options, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(options);
        columns.Validate();
        return ImportVectors(
            "(columns)", options, (rows, scope) => VectorFile.Read(columns, rows, scope), progress,
            cancellation);
    }

    private VectorImportReport ImportVectors(
        string name, VectorImportOptions options, Action<VectorRows, ProgressScope> read,
        ProgressHandler? progress, CancellationToken cancellation)
    {
        VectorImportReport report =
            new VectorImport(_store, name, options, read, new ProgressScope(progress, cancellation)).Run();
        Refresh();
        return report;
    }
}
