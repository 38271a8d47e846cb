// The part of the facade that keeps a store in order: aliases, collection, verification, comparison of
// versions.

using EmbedEngine.Pipelines.People;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Upkeep;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine;

/// <content>Maintenance.</content>
public sealed partial class Engine
{
    /// <summary>
    /// Gives a version a second name; an existing alias is moved. <c>active</c> is the alias that answers:
    /// <see cref="Publish"/> moves it. Aliased versions are never collected.
    /// </summary>
    /// <param name="alias">1 to 128 printable characters; not a number.</param>
    /// <param name="version">Number of an existing version.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such version.</exception>
    public void SetAlias(string alias, long version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        VersionCatalog.SetAlias(_store, alias, version);
    }

    /// <summary>Removes an alias; the version stays. <c>active</c> cannot be removed.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such alias.</exception>
    public void RemoveAlias(string alias)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        VersionCatalog.RemoveAlias(_store, alias);
    }

    /// <summary>All aliases with their versions, <c>active</c> among them.</summary>
    public IReadOnlyDictionary<string, long> Aliases()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        return VersionCatalog.Aliases(_store);
    }

    /// <summary>
    /// Number of the version that text names: a number, an alias, or a version's name (the newest of that
    /// name).
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: nothing has that
    /// name.</exception>
    public long ResolveVersion(string text)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(text);
        _store.EnsureExists();
        return VersionCatalog.Resolve(_store, text);
    }

    /// <summary>
    /// Removes versions that are not active, have no alias, are not among the newest <paramref name="keep"/>,
    /// and are not open in any process.
    /// </summary>
    /// <param name="keep">Newest versions to keep, at least 0.</param>
    public CollectReport Collect(int keep)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return VersionCollector.Run(_store, keep);
    }

    /// <summary>Checks every file the catalog names; reports all faults and changes nothing.</summary>
    /// <param name="full">True reads every byte against its checksum and walks every graph; false headers
    /// only.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the check.</param>
    public VerifyReport Verify(
        bool full = false, ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new StoreVerifier(_store, full, new ProgressScope(progress, cancellation)).Run();
    }

    /// <summary>
    /// Brings a store of an older format up to this build's, in one transaction. The first write does it by
    /// itself; opening and reading need no upgrade. Builds that only know the older format refuse the store
    /// afterwards: take a
    /// <see cref="Backup"/> first where one of those must still read it.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Format"/>: of a format that this build
    /// does not know.</exception>
    public UpgradeReport Upgrade()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        int from = CatalogFile.Format(_store.Path, _store.ReadOnly);
        _store.BeginWrite().Dispose();
        return new UpgradeReport { From = from, To = CatalogFile.Format(_store.Path) };
    }

    /// <summary>
    /// Copies the store into a new directory, while it is read and written: the copy is a store of one
    /// moment, whole, and answers the same. It appears under its name when all of it is on the disk.
    /// </summary>
    /// <param name="directory">A directory that does not exist or is empty; the one above it must
    /// exist.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the backup with nothing left behind.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.InvalidArgument"/>: the directory is not empty. <see cref="ErrorCode.NotFound"/>:
    /// the one above it does not exist.
    /// </exception>
    public BackupReport Backup(
        string directory, ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new StoreBackup(_store, directory, new ProgressScope(progress, cancellation)).Run();
    }

    /// <summary>
    /// What differs between the manifests of two versions, key by key, in the manifest's order.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such version.</exception>
    public IReadOnlyList<ManifestDifference> Diff(long a, long b)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ManifestDiff.Compare(FindVersion(a).Manifest, FindVersion(b).Manifest);
    }

    /// <summary>
    /// The version, its parent, and so on to the first that is still known; collected parents end the line.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such version.</exception>
    public IReadOnlyList<long> Lineage(long version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        FindVersion(version);
        return VersionCatalog.Lineage(_store, version);
    }

    /// <summary>
    /// Rewrites the event log into as few segments as it can, leaving out events older than the retention.
    /// Reading goes on meanwhile; the old segments are there until the new ones are committed.
    /// </summary>
    /// <param name="retention">Events further back than this from the newest event (or from now, where that
    /// is earlier) go; null keeps all.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the rewriting with the log as it was.</param>
    public CompactReport Compact(
        TimeSpan? retention = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (retention is TimeSpan span) ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        return CompactRun.Run(_store, retention, new ProgressScope(progress, cancellation));
    }

    /// <summary>
    /// Removes a user's sessions from the log, recorded answers to them and the user from the dictionary.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the store does not know the
    /// user.</exception>
    public ForgetReport ForgetUser(
        string user, ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // So that what this engine recorded can be rewritten.
        Volatile.Read(ref _recorder)?.Log.End();
        ForgetReport report =
            ForgetRun.Run(_store, user, isUser: true, new ProgressScope(progress, cancellation));
        foreach (WeakReference<LiveOverlay> reference in Volatile.Read(ref _overlays))
        {
            if (reference.TryGetTarget(out LiveOverlay? overlay)) overlay.ForgetUser(user);
        }
        if (report.NewVersion is not null) Refresh();
        return report;
    }

    /// <summary>Removes an item's events from the log and the item from the dictionary.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the store does not know the
    /// item.</exception>
    public ForgetReport ForgetItem(
        string item, ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ForgetReport report =
            ForgetRun.Run(_store, item, isUser: false, new ProgressScope(progress, cancellation));
        foreach (WeakReference<LiveOverlay> reference in Volatile.Read(ref _overlays))
        {
            if (reference.TryGetTarget(out LiveOverlay? overlay)) overlay.ForgetItem(item);
        }
        _attributes.Refresh(); // so that the catalogue does not answer of it either
        return report;
    }

    private ModelVersion FindVersion(long number) => VersionCatalog.Find(_store, number)
        ?? throw new EmbedEngineException(ErrorCode.Unknown, $"{Path}: there is no version {number}");
}
