using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.People;

/// <summary>
/// How far the live logs of a store were read. Asks the directory and the files for the time of their last
/// change first, so that following logs that do not grow allocates nothing. Not thread-safe.
/// </summary>
internal sealed class FollowedLogs(Store store)
{
    // A change within one tick of the file system's clock after the last look has the same time.
    private static readonly long s_clock = TimeSpan.FromSeconds(2).Ticks;

    private readonly Dictionary<string, Log> _logs = [];
    private string[] _names = [];
    private long _listedAt = long.MinValue;

    private sealed class Log(string path)
    {
        public string Path { get; } = path;

        public long Position { get; set; }

        public long ChangedAt { get; set; } = long.MinValue;
    }

    /// <summary>Names of the logs there are.</summary>
    public string[] Names()
    {
        if (IsNew(store.EventsDirectory, _listedAt, out long changedAt))
        {
            _names = [.. store.LiveLogs()];
            _listedAt = changedAt;
        }
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

    /// <summary>Whether a log may be longer than when this was last asked.</summary>
    public bool MayHaveGrown(string name)
    {
        Log log = Find(name);
        bool grown = IsNew(log.Path, log.ChangedAt, out long changedAt);
        log.ChangedAt = changedAt;
        return grown;
    }

    /// <summary>Where the next record begins; 0 = nothing was read.</summary>
    public long PositionOf(string name) => _logs.TryGetValue(name, out Log? log) ? log.Position : 0;

    public void SetPosition(string name, long position) => Find(name).Position = position;

    /// <summary>Nothing was read.</summary>
    public void Clear()
    {
        _logs.Clear();
        _listedAt = long.MinValue;
    }

    private Log Find(string name)
    {
        if (!_logs.TryGetValue(name, out Log? log))
            log = _logs[name] = new Log(Path.Combine(store.EventsDirectory, name));
        return log;
    }

    private bool IsNew(string path, long lookedAt, out long changedAt)
    {
        changedAt = store.FileSystem.ChangedAt(path);
        return changedAt != lookedAt || DateTime.UtcNow.Ticks - changedAt < s_clock;
    }
}
