// The part of the facade that is about users: fresh histories, and traits to be read.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.People;

namespace EmbedEngine;

/// <content>Users.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Folds the events since the active version was made into a new one, without training: popularity,
    /// co-visitation, session neighbours and histories are counted again over the whole log; vectors,
    /// indexes, rankers and traits are the old ones. Items the version does not know stay live until the next
    /// training. Publishes the new version and answers from it.
    /// </summary>
    /// <param name="customersOnly">Make only histories, profiles and vectors of users anew.</param>
    /// <param name="threads">Threads; 0 = all the process may use.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with the store as it was.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public RefreshReport RefreshVersion(
        bool customersOnly = false, int threads = 0, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _store.EnsureExists();
        RefreshReport report = new RefreshRun(
            _store, customersOnly, threads == 0 ? WorkerTeam.DefaultThreads : threads,
            new ProgressScope(progress, cancellation)).Run();
        Refresh();
        return report;
    }

    /// <summary>The traits of the version that answers, with names, items and customers.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the version has no traits.
    /// </exception>
    public TraitReport Traits()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new TraitReader(RequireModel().Served, new ItemLabels(_store)).Run();
    }
}
