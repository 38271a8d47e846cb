// The part of the facade that watches a store: what changed between versions, whether it is fit to serve.

namespace EmbedEngine;

/// <content>Drift and health.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Compares two versions: what is popular, against what chance gives; where items lie in the spaces that
    /// both have; the features of their rankers on the same requests. Reads the log and both versions,
    /// changes nothing, and gives the same figures for the same versions and log.
    /// </summary>
    /// <param name="from">The earlier version; 0 = the parent of the later one, or where that is gone the
    /// newest version before it.</param>
    /// <param name="to">The later version; 0 = the active one.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Unknown"/>: no such version, or there is no earlier one. <see
    /// cref="ErrorCode.NoModel"/>: nothing was trained yet.
    /// </exception>
    public DriftReport Drift(
        long from = 0, long to = 0, ProgressHandler? progress = null,
        CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>
    /// Measures what goes wrong with a store and its active version without anybody noticing, each with a
    /// threshold and a remedy, and says whether to train again. Reads the log once and the active version;
    /// changes nothing. Needs no version: a store that was never trained is told so.
    /// </summary>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: there is no store.
    /// </exception>
    public HealthReport Health(
        ProgressHandler? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
