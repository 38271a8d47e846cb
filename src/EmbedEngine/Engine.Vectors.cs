// The part of the facade that takes vectors made elsewhere.

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
    /// the new version.
    /// </summary>
    /// <param name="path">.npy, word2vec text or JSON lines <c>{"item_id":…,"embedding":[…]}</c>; the latter
    /// two also .gz.</param>
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
        VectorImportReport report =
            new VectorImport(_store, path, options, new ProgressScope(progress, cancellation)).Run();
        Refresh();
        return report;
    }
}
