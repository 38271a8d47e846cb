// The part of the facade that tells what is in the log.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Explore;

namespace EmbedEngine;

/// <content>Exploring the log.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Counts what is in the log: events, sessions, items, users, actions, and how they are spread. Needs no
    /// training, writes nothing and takes no lock; beside imports and trainings it sees the log as it was
    /// when it began. Reads the log twice, block by block, and a third time where gaps between events are
    /// longer than half an hour: memory goes by the number of sessions (about 100 bytes each), items and
    /// users, never of events.
    /// </summary>
    /// <param name="options">Options; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What is counted, and how, is said there. A store without events has a report too: zeros,
    /// nulls and a note.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: no store there. <see
    /// cref="ErrorCode.Corrupt"/>: names the damaged file of the log.</exception>
    public ExploreReport Explore(
        ExploreOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        return new ExploreRun(
            _store, options ?? new ExploreOptions(), new ProgressScope(progress, cancellation)).Run();
    }
}
