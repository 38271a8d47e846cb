using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>
/// The log as it was written, counted in one pass: also what trainings leave out. Memory: an entry an item, a
/// user and a session.
/// </summary>
internal sealed class LogSurvey
{
    /// <summary>Events a minute above which nobody clicks by hand, where an import set no bound.</summary>
    public const int RobotRate = 60;

    private readonly List<long> _items = [];
    private readonly List<long> _users = [];
    private readonly Dictionary<ulong, int> _userOf = [];
    private readonly Dictionary<ulong, int> _eventsOf = [];
    private readonly HashSet<ulong> _mixed = [];
    private readonly Func<int, bool>? _isKnown;

    private LogSurvey(Func<int, bool>? isKnown) => _isKnown = isKnown;

    public long Events { get; private set; }

    /// <summary>Sessions by key; of a log of users their pieces.</summary>
    public long Sessions { get; private set; }

    /// <summary>Sessions with a user.</summary>
    public long SessionsWithUser { get; private set; }

    /// <summary>Sessions with several users, so far as segments show it.</summary>
    public long MixedSessions => _mixed.Count;

    /// <summary>Events in sessions faster than <see cref="RobotRate"/>.</summary>
    public long FastEvents { get; private set; }

    /// <summary>Key of such a session.</summary>
    public string FastKey { get; private set; } = "";

    /// <summary>Session keys, of logs that have them.</summary>
    public int SessionKeys => _eventsOf.Count;

    /// <summary>Events of the session key that has most.</summary>
    public int MostOfSession { get; private set; }

    /// <summary>That key.</summary>
    public string MostSession { get; private set; } = "";

    /// <summary>Events in the segments that the version has not counted.</summary>
    public long RecentEvents { get; private set; }

    /// <summary>Those of them on items that it has no events of.</summary>
    public long RecentNew { get; private set; }

    /// <summary>Events by item ordinal.</summary>
    public IReadOnlyList<long> Items => _items;

    /// <summary>Events by user ordinal.</summary>
    public IReadOnlyList<long> Users => _users;

    /// <summary>Reads a log.</summary>
    /// <param name="store">The store.</param>
    /// <param name="isOld">Whether a version has counted a segment.</param>
    /// <param name="isKnown">Whether it has events of an item, by ordinal; null = there is none.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public static LogSurvey Read(
        Store store, Func<SegmentRecord, bool> isOld, Func<int, bool>? isKnown, ProgressScope progress) =>
        EventLog.Read(store, segments =>
        {
            var survey = new LogSurvey(isKnown);
            progress.Begin("survey", segments.Sum(s => s.Events), "events");
            var block = new SegmentBlock();
            foreach (SegmentRecord segment in segments)
            {
                using EventSegmentReader reader = EventSegmentReader.Open(
                    store.FileSystem, Path.Combine(store.EventsDirectory, segment.File));
                bool old = isOld(segment);
                while (reader.TryReadBlock(block))
                {
                    survey.Take(reader.Header, block, old);
                    progress.Add(block.EventCount);
                    progress.Poll();
                }
            }
            progress.End();
            return survey;
        });

    /// <summary>Observed events that no writer has taken into the log yet; nothing is changed.</summary>
    public static List<LiveEvent> Pending(Store store)
    {
        var events = new List<LiveEvent>();
        if (!store.FileSystem.DirectoryExists(store.EventsDirectory)) return events;
        Dictionary<string, long> adopted = store.ReadCatalog(LiveLogTable.All);
        foreach (string name in store.LiveLogs())
        {
            try
            {
                using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
                LiveLog.Read(file, adopted.GetValueOrDefault(name), events);
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Corrupt
                or ErrorCode.Format)
            {
                // Adopted meanwhile, or damaged: the next writer sets it aside, and `recovery` says so.
            }
        }
        return events;
    }

    private void Take(SegmentHeader header, SegmentBlock block, bool old)
    {
        int at = 0;
        for (int s = 0; s < block.SessionCount; at += block.EventCounts[s++])
        {
            int count = block.EventCounts[s], user = block.Users[s];
            ReadOnlySpan<LogEvent> events = block.Events.AsSpan(at, count);
            Events += count;
            foreach (LogEvent e in events) Add(_items, e.Item, 1);
            if (user >= 0) Add(_users, user, count);
            if (!old && _isKnown is not null)
            {
                RecentEvents += count;
                foreach (LogEvent e in events) RecentNew += _isKnown(e.Item) ? 0 : 1;
            }
            bool fast = header.HasTimes && header.MaxEventsPerMinute == 0
                && events[0].TimeMs != events[^1].TimeMs // a basket, or times of whole days
                && EventRate.Exceeds(events, RobotRate);
            if (fast && FastEvents == 0) FastKey = KeyOf(header, block, s);
            if (fast) FastEvents += count;
            if (header.UserCut) Sessions++;
            else Take(header, block, s, count, user);
        }
    }

    private void Take(SegmentHeader header, SegmentBlock block, int s, int count, int user)
    {
        ulong key = 0xCBF29CE484222325; // FNV-1a
        if (header.SessionKeys == KeyKind.Text)
        {
            foreach (byte b in block.KeyBytes.AsSpan(
                (int)block.Keys[s], (int)(block.Keys[s + 1] - block.Keys[s])))
                key = (key ^ b) * 0x100000001B3;
        }
        else key = new CounterRandom(key).At((ulong)block.Keys[s]);
        int before = _eventsOf.GetValueOrDefault(key), events = before + count;
        if (before == 0) Sessions++;
        _eventsOf[key] = events;
        if (events > MostOfSession) (MostOfSession, MostSession) = (events, KeyOf(header, block, s));
        if (user < 0) return;
        if (_userOf.TryAdd(key, user)) SessionsWithUser++;
        else if (_userOf[key] != user) _mixed.Add(key);
    }

    private static string KeyOf(SegmentHeader header, SegmentBlock block, int s) =>
        header.SessionKeys == KeyKind.Text
            ? Encoding.UTF8.GetString(
                block.KeyBytes, (int)block.Keys[s], (int)(block.Keys[s + 1] - block.Keys[s]))
            : block.Keys[s].ToString(CultureInfo.InvariantCulture);

    private static void Add(List<long> counts, int at, long count)
    {
        while (counts.Count <= at) counts.Add(0);
        counts[at] += count;
    }
}
