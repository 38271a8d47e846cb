using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.People;

/// <summary>
/// How far the log of a store was read. Asks files and directories for the time of their last change first,
/// so that following what does not change allocates nothing. Not thread-safe.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="segments">The segments that were read.</param>
internal sealed class FollowedLogs(Store store, IReadOnlyList<SegmentRecord> segments)
{
    // Another change within a tick of the file system's clock has the same time: what had only just changed
    // when it was looked at is looked at once more.
    private static readonly long s_clock = TimeSpan.FromMilliseconds(50).Ticks;

    private readonly string _path = store.EventsDirectory;
    private readonly Dictionary<string, Log> _logs = [];
    private string[] _names = [];
    private readonly string[] _catalogs = CatalogFile.PathsOf(store.Path);
    private readonly Look[] _catalogLooks = new Look[2];
    private Look _directory;

    private sealed class Log(string path)
    {
        public string Path { get; } = path;

        public long Position { get; set; }

        public Look Last;
    }

    /// <summary>When something had changed, as it was last looked at, and whether that was all.</summary>
    private readonly record struct Look(long ChangedAt, bool IsSure);

    /// <summary>Names of the logs there are.</summary>
    public string[] Names()
    {
        if (IsNew(_path, ref _directory)) _names = [.. store.LiveLogs()];
        return _names;
    }

    /// <summary>Whether a log that was read is no more.</summary>
    public bool AnyGone(string? except)
    {
        string[] names = Names();
        foreach (string known in _logs.Keys)
        {
            if (known != except && Array.IndexOf(names, known) < 0) return true;
        }
        return false;
    }

    /// <summary>Whether the catalog names other segments than those that were read.</summary>
    public bool HasOtherSegments()
    {
        bool changed = false;
        for (int c = 0; c < _catalogs.Length; c++) changed |= IsNew(_catalogs[c], ref _catalogLooks[c]);
        return changed && !EventLog.Segments(store).SequenceEqual(segments);
    }

    /// <summary>Whether a log may be longer than when this was last asked.</summary>
    public bool MayHaveGrown(string name)
    {
        Log log = Find(name);
        return IsNew(log.Path, ref log.Last);
    }

    /// <summary>Where the next record begins; 0 = nothing was read.</summary>
    public long PositionOf(string name) => _logs.TryGetValue(name, out Log? log) ? log.Position : 0;

    public void SetPosition(string name, long position) => Find(name).Position = position;

    /// <summary>Forgets when things had changed: what followed from it has failed.</summary>
    public void LookAgain()
    {
        _directory = default;
        Array.Clear(_catalogLooks);
        foreach (Log log in _logs.Values) log.Last = default;
    }

    private Log Find(string name)
    {
        if (!_logs.TryGetValue(name, out Log? log))
            log = _logs[name] = new Log(Path.Combine(_path, name));
        return log;
    }

    private bool IsNew(string path, ref Look last)
    {
        long changedAt = store.FileSystem.ChangedAt(path);
        if (last.IsSure && last.ChangedAt == changedAt) return false;
        last = new Look(changedAt, changedAt != long.MaxValue && DateTime.UtcNow.Ticks - changedAt > s_clock);
        return true;
    }
}
