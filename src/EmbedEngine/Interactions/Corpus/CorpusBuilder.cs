// Loads segments into flat arrays and joins what belongs together. A session that came in several pieces
// (other segments, other lines, longer than a block) becomes one; a user's events are cut by inactivity again
// where pieces meet. Each event is held twice while the final order is made: about 30 bytes an event.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Corpus;

/// <summary>Builds a <see cref="SessionCorpus"/>; used once.</summary>
internal sealed class CorpusBuilder
{
    private readonly List<SegmentHeader> _headers = [];
    private readonly List<Piece> _pieces = [];
    private readonly List<Session> _sessions = [];
    private readonly List<Session> _shortSessions = [];
    private readonly List<LogEvent> _merged = [];
    private KeyDictionary _keys = new(KeyKind.Int64);
    private int[] _items = [];
    private long[] _times = [];
    private byte[] _actions = [];
    private int _events;

    /// <summary>One session record of a segment.</summary>
    private readonly record struct Piece(
        int Group, int Start, int Count, int User, int Segment, long FirstRow);

    /// <summary>
    /// A finished session: its events lie in the loaded arrays or (Merged) in the merged list.
    /// </summary>
    private readonly record struct Session(
        long EndMs, int Segment, long FirstRow, int Start, int Count, bool Merged, int User, int Group)
        : IComparable<Session>
    {
        public int CompareTo(Session other)
        {
            if (EndMs != other.EndMs) return EndMs < other.EndMs ? -1 : 1;
            if (Segment != other.Segment) return Segment.CompareTo(other.Segment);
            return FirstRow != other.FirstRow ? FirstRow.CompareTo(other.FirstRow) : Group != other.Group
                ? Group.CompareTo(other.Group) : Start.CompareTo(other.Start);
        }
    }

    public SessionCorpus Build(FileSystem fs, IReadOnlyList<string> paths, ProgressScope progress)
    {
        Load(fs, paths, progress);
        bool hasTimes = _headers.Count > 0 && _headers.TrueForAll(h => h.HasTimes);
        JoinGroups(progress);
        SessionCorpus corpus = Arrange(_sessions, hasTimes);
        corpus.Short = Arrange(_shortSessions, hasTimes);
        return corpus;
    }

    private void Load(FileSystem fs, IReadOnlyList<string> paths, ProgressScope progress)
    {
        long bytes = 0;
        long events = 0;
        bool text = false;
        foreach (string path in paths)
        {
            using EventSegmentReader reader = EventSegmentReader.Open(fs, path);
            bytes += reader.Length;
            events += reader.Totals?.Events ?? 0;
            text |= reader.Header.SessionKeys == KeyKind.Text;
        }
        if (events > Array.MaxLength)
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory, $"{events} events are more than one corpus can hold");
        _keys = new KeyDictionary(text ? KeyKind.Text : KeyKind.Int64);
        Reserve((int)events);
        progress.Begin("load", bytes, "bytes");
        long before = 0;
        var block = new SegmentBlock();
        foreach (string path in paths)
        {
            using EventSegmentReader reader = EventSegmentReader.Open(fs, path);
            _headers.Add(reader.Header);
            while (reader.TryReadBlock(block))
            {
                Take(reader.Header, block);
                progress.Set(before + reader.Position);
                progress.Poll();
            }
            before += reader.Length;
        }
        progress.End();
    }

    private void Reserve(int events)
    {
        if (events <= _items.Length) return;
        Array.Resize(ref _items, events);
        Array.Resize(ref _times, events);
        Array.Resize(ref _actions, events);
    }

    private void Take(SegmentHeader header, SegmentBlock block)
    {
        if (_items.Length - _events < block.EventCount)
            Reserve((int)Math.Min(
                Math.Max((long)_items.Length * 2, (long)_events + block.EventCount), Array.MaxLength));
        int start = _events;
        for (int s = 0; s < block.SessionCount; s++)
        {
            int group = ((int)KeyOf(header, block, s) << 1) | (header.UserCut ? 1 : 0);
            _pieces.Add(new Piece(
                group, start, block.EventCounts[s], block.Users[s], _headers.Count - 1, block.FirstRows[s]));
            start += block.EventCounts[s];
        }
        for (int i = 0; i < block.EventCount; i++)
        {
            LogEvent e = block.Events[i];
            _items[_events] = e.Item;
            _times[_events] = e.TimeMs;
            _actions[_events++] = e.Action;
        }
    }

    private long KeyOf(SegmentHeader header, SegmentBlock block, int s)
    {
        if (header.SessionKeys == KeyKind.Text)
            return _keys.GetOrAdd(
                block.KeyBytes.AsSpan((int)block.Keys[s], (int)(block.Keys[s + 1] - block.Keys[s])));
        if (_keys.Kind == KeyKind.Int64) return _keys.GetOrAdd(block.Keys[s]);
        return _keys.GetOrAdd(Encoding.UTF8.GetBytes(block.Keys[s].ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// Brings the pieces of each group together (counting sort, stable) and makes sessions of them.
    /// </summary>
    private void JoinGroups(ProgressScope progress)
    {
        int[] starts = new int[_keys.Count * 2 + 1];
        foreach (Piece piece in _pieces) starts[piece.Group + 1]++;
        for (int g = 1; g < starts.Length; g++) starts[g] += starts[g - 1];
        int[] order = new int[_pieces.Count];
        int[] next = starts[..^1];
        for (int p = 0; p < _pieces.Count; p++) order[next[_pieces[p].Group]++] = p;
        var members = new List<Piece>();
        for (int g = 0; g + 1 < starts.Length; g++)
        {
            if (g % 65536 == 0) progress.ThrowIfCancelled();
            if (starts[g + 1] == starts[g]) continue;
            members.Clear();
            for (int i = starts[g]; i < starts[g + 1]; i++) members.Add(_pieces[order[i]]);
            if ((g & 1) == 0 || members.Count == 1) Join(members, 0, members.Count);
            else JoinUser(members);
        }
    }

    /// <summary>
    /// Pieces of one user further apart than the gap stay sessions of their own; the others are joined.
    /// </summary>
    private void JoinUser(List<Piece> members)
    {
        SegmentHeader rules = _headers[members[^1].Segment];
        if (!rules.HasTimes || members.Exists(m => !_headers[m.Segment].HasTimes))
        {
            Join(members, 0, members.Count);
            return;
        }
        // Stable by index: pieces with equal start keep the order they were logged in.
        Piece[] sorted = [.. members.OrderBy(m => _times[m.Start])];
        members.Clear();
        members.AddRange(sorted);
        long gapMs = rules.GapMinutes * 60_000L;
        int first = 0;
        long end = long.MinValue;
        for (int i = 0; i < members.Count; i++)
        {
            if (i > first && _times[members[i].Start] - end > gapMs)
            {
                Join(members, first, i);
                first = i;
            }
            end = Math.Max(end, _times[members[i].Start + members[i].Count - 1]);
        }
        Join(members, first, members.Count);
    }

    private void Join(List<Piece> members, int from, int to)
    {
        Piece piece = members[from];
        SegmentHeader rules = _headers[members[to - 1].Segment];
        if (to - from == 1)
        {
            int count = rules.HasTimes ? DropDuplicates(piece.Start, piece.Count) : piece.Count;
            AddSession(rules, piece, piece.User, piece.Start, count, merged: false, rules.HasTimes);
            return;
        }
        int user = -1;
        bool times = true;
        var events = new List<(LogEvent Event, int Order)>();
        for (int i = from; i < to; i++)
        {
            Piece m = members[i];
            times &= _headers[m.Segment].HasTimes;
            if (user < 0) user = m.User;
            for (int e = m.Start; e < m.Start + m.Count; e++)
                events.Add((new LogEvent(_times[e], _items[e], _actions[e]), events.Count));
        }
        if (times)
            events.Sort((a, b) => a.Event.TimeMs != b.Event.TimeMs
                ? a.Event.TimeMs.CompareTo(b.Event.TimeMs) : a.Order.CompareTo(b.Order));
        LogEvent[] ordered = [.. events.Select(e => e.Event)];
        int kept = times ? SessionAssembler.DropDuplicates(ordered) : ordered.Length;
        long gapMs = times && (piece.Group & 1) != 0 ? rules.GapMinutes * 60_000L : long.MaxValue;
        int start = 0;
        for (int e = 1; e <= kept; e++)
        {
            if (e < kept && (gapMs == long.MaxValue || ordered[e].TimeMs - ordered[e - 1].TimeMs <= gapMs))
                continue;
            int at = _merged.Count;
            _merged.AddRange(ordered.AsSpan(start, e - start));
            AddSession(rules, piece, user, at, e - start, merged: true, times);
            start = e;
        }
    }

    /// <summary>Drops exact duplicates of one piece in place; gives how many events are kept.</summary>
    private int DropDuplicates(int start, int count)
    {
        ReadOnlySpan<long> times = _times.AsSpan(start, count);
        int first = 1;
        while (first < count && times[first] != times[first - 1]) first++;
        if (first >= count) return count;
        var events = new LogEvent[count];
        for (int e = 0; e < count; e++)
            events[e] = new LogEvent(times[e], _items[start + e], _actions[start + e]);
        int kept = SessionAssembler.DropDuplicates(events);
        for (int e = 0; e < kept; e++)
        {
            LogEvent k = events[e];
            (_items[start + e], _times[start + e], _actions[start + e]) = (k.Item, k.TimeMs, k.Action);
        }
        return kept;
    }

    private void AddSession(
        SegmentHeader rules, Piece piece, int user, int start, int count, bool merged, bool times)
    {
        if (count == 0 || (rules.MaxEventsPerSession > 0 && count > rules.MaxEventsPerSession)) return;
        bool robot = times && (merged
            ? EventRate.Exceeds(
                CollectionsMarshal.AsSpan(_merged).Slice(start, count), rules.MaxEventsPerMinute)
            : EventRate.Exceeds(_times.AsSpan(start, count), rules.MaxEventsPerMinute));
        if (robot) return;
        long end = merged ? _merged[start + count - 1].TimeMs : _times[start + count - 1];
        List<Session> to = count < rules.MinSession ? _shortSessions : _sessions;
        to.Add(new Session(end, piece.Segment, piece.FirstRow, start, count, merged, user, piece.Group));
    }

    private SessionCorpus Arrange(List<Session> sessions, bool hasTimes)
    {
        if (!hasTimes)
        {
            for (int i = 0; i < sessions.Count; i++)
                sessions[i] = sessions[i] with { EndMs = LogEvent.NoTime };
        }
        sessions.Sort();
        long total = 0;
        foreach (Session s in sessions) total += s.Count;
        long[] offsets = new long[sessions.Count + 1];
        int[] items = new int[total];
        long[] times = new long[total];
        byte[] actions = new byte[total];
        int[] users = new int[sessions.Count];
        long[] ids = new long[sessions.Count];
        int at = 0;
        for (int i = 0; i < sessions.Count; i++)
        {
            Session s = sessions[i];
            if (s.Merged)
            {
                for (int e = 0; e < s.Count; e++)
                {
                    LogEvent logged = _merged[s.Start + e];
                    (items[at + e], times[at + e], actions[at + e]) =
                        (logged.Item, logged.TimeMs, logged.Action);
                }
            }
            else
            {
                Array.Copy(_items, s.Start, items, at, s.Count);
                Array.Copy(_times, s.Start, times, at, s.Count);
                Array.Copy(_actions, s.Start, actions, at, s.Count);
            }
            at += s.Count;
            offsets[i + 1] = at;
            users[i] = s.User;
            int key = s.Group >> 1;
            ids[i] = _keys.Kind == KeyKind.Text ? key : _keys.Int64Key(key);
        }
        return new SessionCorpus(
            offsets, items, times, actions, users, ids, _keys.Kind == KeyKind.Text ? _keys : null, hasTimes);
    }
}
