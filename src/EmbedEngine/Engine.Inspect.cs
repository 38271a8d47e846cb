// The part of the facade that shows what a version does with one session.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Replay;

namespace EmbedEngine;

/// <content>Inspection.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Replays a session of the log or of a test file: at every step what was known, what came next, where
    /// each source had it, and what was recommended because of what.
    /// </summary>
    /// <param name="options">Which session, which source; null = a random session of the log, hybrid.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Unknown"/>: no such session, or the version has no such source.
    /// <see cref="ErrorCode.NoModel"/>: nothing was trained yet.
    /// </exception>
    public InspectReport Inspect(
        InspectOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new InspectRun(
            _store, RequireModel().Served, options ?? new InspectOptions(),
            new ProgressScope(progress, cancellation)).Run();
    }
}
