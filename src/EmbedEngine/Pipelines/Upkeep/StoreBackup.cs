// `backup`: a whole, consistent store beside one that is being written to. The catalog is copied first, by
// SQLite's online backup: what it names was finished then and is never changed, only removed (collect,
// compact, forget). Versions are leased before their files are copied; where a named file is gone all the
// same, the backup starts over with the newer catalog. Live logs are copied up to their last whole record.
// The backup gets its name when all of it is on the disk.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>One backup of a store.</summary>
internal sealed class StoreBackup(Store store, string target, ProgressScope progress)
{
    private const int MaxAttempts = 10;
    private const int PieceBytes = 1 << 20;

    private readonly string _target = Path.GetFullPath(target);
    private long _files;
    private long _bytes;

    /// <summary>Called when the catalog was copied and nothing else yet; for tests.</summary>
    internal Action? OnCatalogCopied { get; init; }

    private sealed record Named(List<SegmentRow> Segments, List<ArtifactRow> Artifacts, List<long> Versions);

    /// <summary>Copies and returns what was copied.</summary>
    public BackupReport Run()
    {
        store.EnsureExists();
        FileSystem fs = store.FileSystem;
        if (fs.FileExists(_target) || (fs.DirectoryExists(_target) && fs.List(_target).Count > 0))
        {
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"{_target}: exists and is not empty; a backup goes to a new directory");
        }
        string inside = store.Path + Path.DirectorySeparatorChar;
        if (_target == store.Path || _target.StartsWith(inside, StringComparison.Ordinal))
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument, $"{_target}: lies inside the store itself");
        if (Path.GetDirectoryName(_target) is string above && !fs.DirectoryExists(above))
            throw new EmbedEngineException(
                ErrorCode.NotFound, $"{above}: there is no such directory for the backup to lie in");
        for (int attempt = 1; ; attempt++)
        {
            string temporary = $"{_target}.tmp-{Guid.NewGuid():N}";
            try
            {
                Named named = CopyAll(temporary);
                if (fs.DirectoryExists(_target)) fs.DeleteDirectory(_target);
                fs.Rename(temporary, _target);
                if (Path.GetDirectoryName(_target) is string parent) fs.SyncDirectory(parent);
                progress.Complete();
                return new BackupReport
                {
                    Path = _target,
                    Files = _files,
                    Bytes = _bytes,
                    Versions = named.Versions.Count,
                    Attempts = attempt,
                };
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && attempt < MaxAttempts
                && store.Exists)
            {
                // A file that this catalog names was removed meanwhile: a newer one does not name it.
                Remove(temporary);
            }
            catch
            {
                Remove(temporary);
                throw;
            }
        }
    }

    private Named CopyAll(string temporary)
    {
        FileSystem fs = store.FileSystem;
        (_files, _bytes) = (1, 0);
        var copy = new Store(fs, temporary);
        fs.CreateDirectory(temporary);
        fs.CreateDirectory(copy.EventsDirectory);
        fs.CreateDirectory(copy.VersionsDirectory);
        // Listed before the catalog is copied: one that is adopted and deleted afterwards is missed below,
        // and starts over.
        string[] liveLogs = [.. store.LiveLogs()];
        string[] answerLogs = [.. store.AnswerLogs()];
        progress.Begin("backup_catalog", 0, "files");
        CatalogFile.CopyTo(store.Path, temporary, store.ReadOnly);
        _bytes += fs.FileLength(Path.Combine(temporary, CatalogFile.FileName));
        OnCatalogCopied?.Invoke();
        Named named = CatalogFile.Read(temporary, ReadNamed);
        var leases = new List<ReaderLease>();
        try
        {
            foreach (long version in named.Versions) leases.Add(store.TakeLease(version));
            progress.Begin(
                "backup", named.Segments.Sum(s => s.Length) + named.Artifacts.Sum(a => a.Length), "bytes");
            foreach (SegmentRow segment in named.Segments)
            {
                CopyFile(
                    Path.Combine(store.EventsDirectory, segment.File),
                    Path.Combine(copy.EventsDirectory, segment.File), segment.Length);
            }
            foreach (long version in named.Versions) fs.CreateDirectory(copy.VersionDirectory(version));
            foreach (ArtifactRow artifact in named.Artifacts)
            {
                CopyFile(
                    Path.Combine(store.VersionDirectory(artifact.Version), artifact.File),
                    Path.Combine(copy.VersionDirectory(artifact.Version), artifact.File), artifact.Length);
            }
        }
        finally
        {
            foreach (ReaderLease lease in leases) lease.Dispose();
        }
        CopyLiveLogs(copy, liveLogs);
        CopyAnswerLogs(copy, answerLogs);
        CopyCatalogue(copy);
        foreach (long version in named.Versions) fs.SyncDirectory(copy.VersionDirectory(version));
        fs.SyncDirectory(copy.VersionsDirectory);
        fs.SyncDirectory(copy.EventsDirectory);
        fs.SyncDirectory(temporary);
        progress.ThrowIfCancelled();
        return named;
    }

    private static Named ReadNamed(CatalogReader catalog)
    {
        CatalogSeals.Check(catalog, CatalogTables.Small); // A backup of damage helps nobody.
        return new Named(
            SegmentTable.All(catalog), ArtifactTable.All(catalog), VersionTable.Numbers(catalog));
    }

    private void CopyFile(string from, string to, long length)
    {
        using MappedFile source = store.FileSystem.Map(from);
        if (source.Length != length)
            throw new CorruptFileException(from, 0, $"{length} bytes as published", $"{source.Length}");
        Copy(source, to, length);
    }

    /// <summary>
    /// What was observed and not yet adopted. A log that an adopter deletes meanwhile is in a segment newer
    /// than this catalog: then the backup starts over, so that no event is missing.
    /// </summary>
    private void CopyLiveLogs(Store copy, string[] names)
    {
        var events = new List<LiveEvent>();
        foreach (string name in names)
        {
            using MappedFile source = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
            events.Clear();
            long whole = LiveLog.Read(source, 0, events);
            if (whole > 0) Copy(source, Path.Combine(copy.EventsDirectory, name), whole);
        }
    }

    /// <summary>
    /// The whole records of what was recorded. A log that is folded meanwhile starts over; of one that nobody
    /// can read nothing is copied, of a later build's all.
    /// </summary>
    private void CopyAnswerLogs(Store copy, string[] names)
    {
        foreach (string name in names)
        {
            using MappedFile source = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
            long whole;
            try
            {
                whole = AnswerLog.Read(source, static (in AnswerRecord _) => { });
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
            {
                whole = e.Code == ErrorCode.Format ? source.Length : 0;
            }
            if (whole > 0) Copy(source, Path.Combine(copy.EventsDirectory, name), whole);
        }
    }

    /// <summary>
    /// The newest base file and the whole batches of its log. One that is folded meanwhile starts over.
    /// </summary>
    private void CopyCatalogue(Store copy)
    {
        if (AttributeStore.Newest(store) is not { } number) return;
        FileSystem fs = store.FileSystem;
        fs.CreateDirectory(copy.AttributesDirectory);
        string name = StoreNames.AttributeBase(number);
        using (MappedFile source = fs.Map(Path.Combine(store.AttributesDirectory, name)))
            Copy(source, Path.Combine(copy.AttributesDirectory, name), source.Length);
        using (AttributeFile copied = AttributeFile.Open(
            fs, Path.Combine(copy.AttributesDirectory, name), VerifyLevel.Header))
        {
            name = StoreNames.AttributeLog(number);
            string log = Path.Combine(store.AttributesDirectory, name);
            if (fs.FileExists(log) && fs.FileLength(log) > 0)
            {
                using MappedFile source = fs.Map(log);
                long whole = AttributeLog.Read(
                    source, number, 0,
                    [.. copied.Columns.Select(c => new AttributeDefinition(c.Name, c.Type))], []);
                if (whole > 0) Copy(source, Path.Combine(copy.AttributesDirectory, name), whole);
            }
        }
        if (AttributeStore.Newest(store) != number)
            throw new EmbedEngineException(
                ErrorCode.NotFound, $"{store.AttributesDirectory}: was folded while it was copied");
        fs.SyncDirectory(copy.AttributesDirectory);
    }

    private void Copy(MappedFile source, string to, long length)
    {
        using WritableFile target = store.FileSystem.Create(to);
        for (long at = 0; at < length; at += PieceBytes)
        {
            int n = (int)Math.Min(PieceBytes, length - at);
            target.Append(source.Slice(at, n));
            progress.Add(n);
            progress.Poll();
        }
        target.Sync();
        _files++;
        _bytes += length;
    }

    private void Remove(string directory)
    {
        try
        {
            if (store.FileSystem.DirectoryExists(directory)) store.FileSystem.DeleteDirectory(directory);
        }
        catch (EmbedEngineException)
        {
            // The failure that led here says more.
        }
    }
}
