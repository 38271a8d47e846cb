// The part of the facade that watches a store: what changed between versions, whether it is fit to serve.

using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Pipelines.Watch;

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
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(to);
        _store.EnsureExists();
        if (to == 0) to = VersionCatalog.ActiveNumber(_store);
        if (to == 0)
        {
            throw new EmbedEngineException(
                ErrorCode.NoModel, $"{Path}: nothing was trained yet; call train first");
        }
        if (from == 0) from = Before(to);
        using Model earlier = OpenModel(from);
        using Model later = OpenModel(to);
        return new DriftRun(
            _store, earlier.Served, later.Served, WorkerTeam.DefaultThreads,
            new ProgressScope(progress, cancellation)).Run();
    }

    /// <summary>The version that another one followed.</summary>
    private long Before(long version)
    {
        IReadOnlyList<long> line = Lineage(version);
        if (line.Count > 1) return line[1];
        long newest = 0;
        foreach (ModelVersion other in Versions())
            if (other.Number < version) newest = other.Number;
        return newest > 0 ? newest : throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"{Path}: there is no version before {version} to compare it with; name two (--from, --to)");
    }

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
        ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        Refresh();
        return new HealthRun(
            _store, Model?.Served, Problem?.Message, _attributes.Current, DateTimeOffset.UtcNow,
            WorkerTeam.DefaultThreads, new ProgressScope(progress, cancellation)).Run();
    }
}
