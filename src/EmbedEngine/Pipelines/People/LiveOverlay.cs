// What happened since a version was made, in memory: a user's events in segments the version does not know,
// then those of live logs from where they were taken into segments. The logs are the only truth: this is
// rebuilt from them when a version is opened, follows those of other processes, and takes what this process
// observes in the order in which its own log does. Bounded; a courtesy to a request: what fails here leaves
// it with less.

using System.Collections.Concurrent;
using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.People;

/// <summary>
/// Live histories over one version. Thread-safe; reading takes no lock and allocates nothing.
/// </summary>
internal sealed class LiveOverlay : ILiveHistories
{
    /// <summary>Users kept at most; beyond that those who did nothing for the longest time go.</summary>
    public const int MostUsers = 200_000;

    /// <summary>
    /// How old what other processes observed may become before it is looked for, milliseconds.
    /// </summary>
    public const int FollowEveryMs = 200;

    private readonly Store _store;
    private readonly VersionData _data;
    private readonly HashSet<string> _learned;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _positions = [];
    private ConcurrentDictionary<string, LiveUser> _users = new(StringComparer.Ordinal);
    private string? _own;
    private long _followedAt;
    private int _following;
    private bool _closed;
    private volatile bool _built;

    /// <param name="store">Where the logs are.</param>
    /// <param name="data">The version; its rows are what events become.</param>
    /// <param name="version">Names what the version has learned.</param>
    public LiveOverlay(Store store, VersionData data, ModelVersion version)
    {
        (_store, _data) = (store, data);
        _learned = Manifest.SegmentFiles(version.Manifest);
    }

    /// <summary>Users with live events.</summary>
    public int UserCount => _users.Count;

    public void Read(ReadOnlySpan<byte> user, VersionData data, EventTail rows)
    {
        FollowIfDue();
        ConcurrentDictionary<string, LiveUser> users = Volatile.Read(ref _users);
        if (users.IsEmpty) return;
        Span<char> key = stackalloc char[KeyDictionary.MaxTextBytes];
        if (!Encoding.UTF8.TryGetChars(user, key, out int length)) return;
        if (users.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key[..length], out LiveUser? found))
            found.Read(rows);
    }

    /// <summary>Takes an event of this process's own log, while nothing else is appended to it.</summary>
    /// <param name="name">Name of the log.</param>
    /// <param name="e">The event.</param>
    /// <param name="begin">Where its record begins.</param>
    /// <param name="end">Where its record ends.</param>
    public void Add(string name, in LiveEvent e, long begin, long end)
    {
        lock (_gate)
        {
            // What is not built yet will read it from the log.
            if (!_built || _closed) return;
            _own = name;
            long position = Math.Max(LiveLog.HeaderBytes, _positions.GetValueOrDefault(name));
            if (position >= end) return;
            if (position != begin)
            {
                Follow(name);
                return;
            }
            Take(e);
            _positions[name] = end;
        }
    }

    /// <summary>Lets go of the version: its rows are no longer mapped after this.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Forgets a user's events.</summary>
    public void Forget(string user)
    {
        lock (_gate) _users.TryRemove(user, out _);
    }

    /// <summary>Reads the logs once; anybody may call it, the first does it.</summary>
    public void Build()
    {
        if (_built) return;
        lock (_gate)
        {
            if (_built || _closed) return;
            Rebuild();
            _built = true;
        }
    }

    private void FollowIfDue()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _followedAt) < FollowEveryMs && _built) return;
        if (Interlocked.CompareExchange(ref _following, 1, 0) != 0) return;
        try
        {
            Build();
            lock (_gate)
            {
                if (!_closed) FollowOthers();
            }
        }
        catch (Exception e) when (e is EmbedEngineException or IOException or UnauthorizedAccessException)
        {
            // A log that cannot be read now is read next time, or by whoever adopts it; a request goes on.
        }
        finally
        {
            Volatile.Write(ref _followedAt, Environment.TickCount64);
            Volatile.Write(ref _following, 0);
        }
    }

    private void FollowOthers()
    {
        string[] names = [.. _store.LiveLogs()];
        // A log that is gone was taken into a segment, perhaps with records nobody here has read.
        if (_positions.Keys.Any(known => known != _own && !names.Contains(known)))
        {
            Rebuild();
            return;
        }
        foreach (string name in names)
        {
            if (name != _own) Follow(name);
        }
    }

    private void Rebuild()
    {
        Dictionary<string, long> adopted = _store.ReadCatalog(LiveLogTable.All);
        var kept = _users;
        Volatile.Write(ref _users, new ConcurrentDictionary<string, LiveUser>(StringComparer.Ordinal));
        _positions.Clear();
        try
        {
            EventLog.Read(_store, segments =>
            {
                TakeSegments([.. segments.Where(s => !_learned.Contains(s.File))]);
                return 0;
            });
            foreach (string name in _store.LiveLogs())
            {
                _positions[name] = adopted.GetValueOrDefault(name);
                Follow(name);
            }
        }
        catch
        {
            Volatile.Write(ref _users, kept);
            throw;
        }
    }

    private void Follow(string name)
    {
        string path = Path.Combine(_store.EventsDirectory, name);
        long from = _positions.GetValueOrDefault(name);
        if (_store.FileSystem.FileLength(path) <= from) return;
        var events = new List<LiveEvent>();
        using (MappedFile file = _store.FileSystem.Map(path)) _positions[name] =
            LiveLog.Read(file, from, events);
        foreach (LiveEvent e in events) Take(e);
    }

    private void Take(in LiveEvent e)
    {
        if (!_data.Items.TryFind(Encoding.UTF8.GetBytes(e.Item), out int row)) return;
        byte action = _data.Actions.TryFind(e.Action, out byte code) ? code : byte.MaxValue;
        Add(e.User, row, action, e.TimeMs);
    }

    private void Add(string user, int row, byte action, long timeMs)
    {
        if (!_users.TryGetValue(user, out LiveUser? known))
        {
            if (_users.Count >= MostUsers) DropIdle();
            known = _users[user] = new LiveUser();
        }
        known.Add(row, action, timeMs);
    }

    /// <summary>Half of the users go, those idle for longest.</summary>
    private void DropIdle()
    {
        long[] times = [.. _users.Values.Select(u => u.LastMs).Order()];
        long middle = times[times.Length / 2];
        foreach ((string user, LiveUser live) in _users)
        {
            if (live.LastMs <= middle) _users.TryRemove(user, out _);
        }
    }

    /// <summary>
    /// Events of segments the version has not learned. Of those that rewriting made, only what is later than
    /// the version knows of the user: the rest may be in its histories.
    /// </summary>
    private void TakeSegments(SegmentRecord[] segments)
    {
        if (segments.Length == 0) return;
        KeyDictionary users = StoreKeys.Load(_store).Users;
        int[] rowOf = _data.Items.RowsOfOrdinals();
        var block = new SegmentBlock();
        foreach (SegmentRecord segment in segments)
        {
            using EventSegmentReader reader = EventSegmentReader.Open(
                _store.FileSystem, Path.Combine(_store.EventsDirectory, segment.File));
            if (!reader.Header.HasUsers) continue;
            while (reader.TryReadBlock(block))
            {
                int at = 0;
                for (int s = 0; s < block.SessionCount; at += block.EventCounts[s++])
                {
                    if (block.Users[s] < 0 || !users.HasKey(block.Users[s])) continue;
                    string user = users.KeyString(block.Users[s]);
                    long after = segment.Rewritten ? LastKnown(user) : long.MinValue;
                    for (int e = at; e < at + block.EventCounts[s]; e++) Take(
                        block.Events[e], user, rowOf, after);
                }
            }
        }
    }

    private void Take(LogEvent e, string user, int[] rowOf, long after)
    {
        int row = (uint)e.Item < (uint)rowOf.Length ? rowOf[e.Item] : RowAssignment.None;
        if (row >= 0 && (e.TimeMs > after || after == long.MinValue)) Add(user, row, e.Action, e.TimeMs);
    }

    private long LastKnown(string user)
    {
        if (_data.Histories is not { HasTimes: true } histories
            || !histories.TryFind(Encoding.UTF8.GetBytes(user), out int number)) return long.MinValue;
        ReadOnlySpan<long> times = histories.TimesOf(number);
        return times.IsEmpty ? long.MinValue : times[^1];
    }
}
