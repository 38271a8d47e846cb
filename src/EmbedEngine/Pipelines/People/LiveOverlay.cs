// What happened since a version was made, in memory: events in segments the version does not know, then those
// of live logs from where they were taken into segments. Histories of users, popularity and co-visitation of
// all together, and items the version does not know. The logs are the only truth: this is rebuilt from them
// when a version is first asked, follows those of other processes, and takes what this process observes in
// the order in which its own log does. Bounded; a courtesy to a request: what fails here leaves it with less.

using System.Collections.Concurrent;
using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.People;

/// <summary>
/// Live events over one version. Thread-safe; reading takes no lock and, where nothing is new, allocates
/// nothing.
/// </summary>
internal sealed class LiveOverlay : ILiveEvents
{
    /// <summary>Users kept at most; beyond that those who did nothing for the longest time go.</summary>
    public const int MostUsers = 200_000;

    /// <summary>Events read of segments the version does not know: those of the latest segments.</summary>
    public const long MostSegmentEvents = 5_000_000;

    /// <summary>
    /// How old what other processes observed may become before it is looked for, milliseconds.
    /// </summary>
    public const int FollowEveryMs = 200;

    private const int MaxAttempts = 10;
    private const int MostFailures = 8; // then a look every 51 seconds

    private readonly Store _store;
    private readonly VersionData _data;
    private readonly ModelVersion _version;
    private readonly LiveItems _items;
    private readonly Lock _gate = new();
    private FollowedLogs _logs;
    private State _state;
    private CovisitationSettings? _rule; // read with the first state
    private string? _own;
    private long _followedAt;
    private int _waitMs; // until the next look; 0 = at the next request
    private int _failures;
    private int _stale; // times that what is built was found to be, as when somebody is forgotten
    private int _following;
    private bool _closed;
    private volatile bool _built;

    /// <summary>What a rebuild makes anew.</summary>
    private sealed record State(LiveCounts Counts, LivePairs Pairs)
    {
        public ConcurrentDictionary<string, LiveUser> Users { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether there was ever one. (A dictionary would take its locks to say so.)</summary>
        public bool HasUsers { get; set; }
    }

    /// <param name="store">Where the logs are.</param>
    /// <param name="data">The version; its rows are what events become.</param>
    /// <param name="version">Names what the version has learned, and how it counts.</param>
    /// <param name="items">Gives numbers to items that it does not know.</param>
    public LiveOverlay(Store store, VersionData data, ModelVersion version, LiveItems items)
    {
        (_store, _data, _version, _items) = (store, data, version, items);
        _logs = new FollowedLogs(store, []);
        _state = Empty(new CovisitationSettings());
    }

    public LiveItems Items
    {
        get
        {
            FollowIfDue();
            return _items;
        }
    }

    /// <summary>Called when somebody or something was forgotten.</summary>
    public Action? Forgot { get; set; }

    public LiveCounts? Counts()
    {
        FollowIfDue();
        LiveCounts counts = Volatile.Read(ref _state).Counts;
        return counts.IsEmpty ? null : counts;
    }

    public void Read(ReadOnlySpan<byte> user, EventTail rows, LiveRows unknown)
    {
        FollowIfDue();
        State state = Volatile.Read(ref _state);
        if (!state.HasUsers) return;
        Span<char> key = stackalloc char[KeyDictionary.MaxTextBytes];
        if (!Encoding.UTF8.TryGetChars(user, key, out int length)) return;
        var users = state.Users.GetAlternateLookup<ReadOnlySpan<char>>();
        if (users.TryGetValue(key[..length], out LiveUser? found)) found.Read(_data.RowCount, rows, unknown);
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
            long position = Math.Max(LiveLog.HeaderBytes, _logs.PositionOf(name));
            if (position >= end) return;
            try
            {
                if (position != begin)
                {
                    Follow(name, _state, _logs);
                    return;
                }
                Take(e, _state);
                _logs.SetPosition(name, end);
            }
            catch (Exception failed) when (failed is not OutOfMemoryException)
            {
                // The event is in the log: who observed it must not be told otherwise.
                BuildAgain();
            }
        }
    }

    /// <summary>Lets go of the version: its rows are no longer mapped after this.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Forgets a user's events; what was counted of them, at the next request.</summary>
    public void ForgetUser(string user)
    {
        lock (_gate)
        {
            _state.Users.TryRemove(user, out _);
            BuildAgain();
        }
        Forgot?.Invoke();
    }

    /// <summary>Forgets an item that the version does not know.</summary>
    public void ForgetItem(string item)
    {
        lock (_gate)
        {
            _items.Forget(item);
            BuildAgain();
        }
        Forgot?.Invoke();
    }

    /// <summary>Makes the next request look for news, whenever the last one did.</summary>
    internal void Due() => Volatile.Write(ref _waitMs, 0);

    private void BuildAgain()
    {
        _built = false;
        _stale++;
        Due();
    }

    /// <summary>
    /// Looks for news where the last look is long enough ago and nobody else does. What fails is tried again,
    /// after ever longer times; a request goes on with what there is.
    /// </summary>
    private void FollowIfDue()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _followedAt) < Volatile.Read(ref _waitMs)) return;
        if (Interlocked.CompareExchange(ref _following, 1, 0) != 0) return;
        // Before the look: what is forgotten meanwhile is due again.
        Volatile.Write(ref _waitMs, FollowEveryMs);
        try
        {
            Look();
            _failures = 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _failures = Math.Min(_failures + 1, MostFailures);
            lock (_gate) _logs.LookAgain();
            Volatile.Write(ref _waitMs, FollowEveryMs << _failures);
        }
        finally
        {
            Volatile.Write(ref _followedAt, Environment.TickCount64);
            Volatile.Write(ref _following, 0);
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_closed) return;
            // A log that is gone was taken into a segment, perhaps with records nobody here has read; one
            // that came and went between two looks was never known. And others import.
            bool again = !_built || _logs.AnyGone(except: _own) || _logs.HasOtherSegments();
            if (!again)
            {
                foreach (string name in _logs.Names())
                    if (name != _own && _logs.MayHaveGrown(name)) Follow(name, _state, _logs);
                return;
            }
        }
        Rebuild();
    }

    private State Empty(CovisitationSettings rule) => new(
        new LiveCounts(_data.RowCount, _data.Popularity, _items), new LivePairs(rule, _data.ActionWeights));

    /// <summary>
    /// Reads everything anew, beside what answers meanwhile. What others adopt, compact or delete in that
    /// time would be read twice or not at all: it is read again until nothing has changed between the
    /// beginning and the end.
    /// </summary>
    private void Rebuild()
    {
        _rule ??= Manifest.ReadCovisitation(_version.Manifest);
        int stale = Volatile.Read(ref _stale);
        for (int attempt = 1; ; attempt++)
        {
            LogState before = LogState.Read(_store);
            State state = Empty(_rule);
            var logs = new FollowedLogs(_store, before.Segments);
            try
            {
                TakeSegments(before.Segments, state);
                foreach (string name in logs.Names())
                {
                    logs.SetPosition(name, before.Adopted.GetValueOrDefault(name));
                    Follow(name, state, logs);
                }
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && attempt < MaxAttempts)
            {
                continue;
            }
            if (attempt < MaxAttempts && !LogState.Read(_store).Equals(before)) continue;
            Publish(state, logs, stale);
            return;
        }
    }

    private void Publish(State state, FollowedLogs logs, int stale)
    {
        bool first;
        lock (_gate)
        {
            if (_closed) return;
            // What was observed while the rest was read.
            foreach (string name in logs.Names()) Follow(name, state, logs);
            first = !_built && stale == 0;
            _logs = logs;
            Volatile.Write(ref _state, state);
            _items.Retain(state.Counts.Has);
            _built = stale == _stale;
        }
        // Perhaps because another process has forgotten somebody.
        if (!first) Forgot?.Invoke();
    }

    private void Follow(string name, State state, FollowedLogs logs)
    {
        string path = Path.Combine(_store.EventsDirectory, name);
        long from = logs.PositionOf(name), length = _store.FileSystem.FileLength(path);
        if (length <= from) return;
        var events = new List<LiveEvent>();
        try
        {
            using MappedFile file = _store.FileSystem.Map(path);
            logs.SetPosition(name, LiveLog.Read(file, from, events));
        }
        catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format or ErrorCode.Io)
        {
            // Damaged, or not ours to read: the others are read. Looked at again when it grows.
            logs.SetPosition(name, length);
        }
        foreach (LiveEvent e in events) Take(e, state);
    }

    private void Take(in LiveEvent e, State state)
    {
        byte action = _data.Actions.TryFind(e.Action, out byte code) ? code : byte.MaxValue;
        bool known = _data.Items.TryFind(Encoding.UTF8.GetBytes(e.Item), out int row);
        if (known || _items.TryAdd(e.Item, out row)) Add(e.User, row, action, e.TimeMs, state);
    }

    private void Add(string user, int row, byte action, long timeMs, State state)
    {
        state.Counts.AddEvent(row, _data.ActionWeights[action]);
        LiveUser live = UserOf(user, state);
        int place = live.Add(row, action, timeMs);
        if (place >= 0) live.CountPairs(place, state.Pairs, state.Counts, from: 0);
    }

    private static LiveUser UserOf(string user, State state)
    {
        if (state.Users.TryGetValue(user, out LiveUser? known)) return known;
        if (state.Users.Count >= MostUsers) DropIdle(state.Users);
        state.HasUsers = true;
        return state.Users[user] = new LiveUser();
    }

    /// <summary>Half of the users go, those idle for longest.</summary>
    private static void DropIdle(ConcurrentDictionary<string, LiveUser> users)
    {
        long[] times = [.. users.Values.Select(u => u.LastMs).Order()];
        long middle = times[times.Length / 2];
        foreach ((string user, LiveUser live) in users)
        {
            if (live.LastMs <= middle) users.TryRemove(user, out _);
        }
    }

    /// <summary>
    /// Events of segments that training has not seen. What a refresh has put into histories or counts is not
    /// taken again; items that training has not seen are in neither.
    /// </summary>
    private void TakeSegments(IReadOnlyList<SegmentRecord> segments, State state)
    {
        HashSet<string> trained = Manifest.TrainedSegmentFiles(_version.Manifest);
        HashSet<string> counted = Manifest.CountedSegmentFiles(_version.Manifest);
        HashSet<string> learned = Manifest.SegmentFiles(_version.Manifest);
        long room = MostSegmentEvents;
        SegmentRecord[] latest = [.. segments.Reverse().Where(s => !trained.Contains(s.File))
            .TakeWhile(s => (room -= s.Events) >= 0).Reverse()];
        if (latest.Length == 0) return;
        var reader = new LiveSegments(_store, _data, _items);
        var histories = new Dictionary<string, LiveUser>(StringComparer.Ordinal);
        foreach (SegmentRecord segment in latest)
        {
            int from = counted.Contains(segment.File) ? _data.RowCount : 0;
            try
            {
                if (!learned.Contains(segment.File))
                    reader.Read(segment, (user, row, action, time) => Add(user, row, action, time, state));
                else reader.Read(segment, (user, row, action, time) =>
                    AddUnseen(user, row, action, time, from, histories, state));
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
                or ErrorCode.Io)
            {
                // `verify` names it; the rest is read.
            }
        }
    }

    /// <summary>An event that histories have: its user's others are only looked at for pairs.</summary>
    private void AddUnseen(
        string user, int row, byte action, long timeMs, int from, Dictionary<string, LiveUser> histories,
        State state)
    {
        if (row >= from) state.Counts.AddEvent(row, _data.ActionWeights[action]);
        if (row >= _data.RowCount) UserOf(user, state).Add(row, action, timeMs);
        if (!histories.TryGetValue(user, out LiveUser? live)) histories[user] = live = new LiveUser();
        int place = live.Add(row, action, timeMs);
        if (place >= 0) live.CountPairs(place, state.Pairs, state.Counts, from);
    }
}
