// JSONL of one session a line straight to the assembler: no sort over the file, only inside a session.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads OTTO and item-list JSONL.</summary>
internal sealed class SessionLineReader
{
    private readonly ImportContext _context;
    private readonly LineReader _lines;
    private readonly SessionLine _line = new();
    private readonly SessionLineParser _parser = new();
    private readonly OttoFastParser _fast;
    private readonly KeyColumn _itemKeys;
    private readonly KeyColumn? _userKeys;
    private readonly KeyColumn? _sessionKeys;
    private readonly bool _useFast;
    private LogEvent[] _events = new LogEvent[64];
    private (long Time, int Index)[] _order = [];

    public SessionLineReader(ImportContext context, LineReader lines)
    {
        _context = context;
        _lines = lines;
        _fast = new OttoFastParser(context.Actions);
        SniffTally tally = Sniff(lines.Ahead, lines.AheadIsAll);
        KeyGuess guess = context.Guess;
        KeyKind itemKind = tally.DecideItems(context.Items, context.Options, guess, context.Rejects.File);
        _itemKeys = new KeyColumn("item", itemKind, context.Items, guess);
        if (tally.AnySession)
            _sessionKeys = new KeyColumn("session", tally.DecideSessions(guess), null, guess);
        if (tally.AnyUser)
            _userKeys = new KeyColumn("user", tally.DecideUsers(context.Users, guess), context.Users, guess);
        _parser.Unit = tally.Unit(context.Options.TimeUnit, context.Rejects.File);
        _parser.Zone = TimeZones.Find(context.Options.TimeZone);
        ReadingOptions.RefuseColumns(context.Options, "sessions, one a line, keep the order of their events");
        _parser.Tally = null;
        Header = context.Rules with
        {
            HasTimes = tally.AnyTime,
            HasUsers = _userKeys is not null,
            SessionKeys = _sessionKeys?.Kind ?? KeyKind.Int64,
        };
        _useFast = itemKind == KeyKind.Int64 && Header is { SessionKeys: KeyKind.Int64, HasTimes: true }
            && _sessionKeys is not null && _parser.Unit == TimeUnit.Milliseconds;
        context.Notes.Begin(tally, _parser.Unit, Header.HasTimes, userCut: false);
    }

    public SegmentHeader Header { get; }

    /// <summary>
    /// Called after each session with the line's target key, where a line has one (test files).
    /// </summary>
    public Action<SessionLine>? OnSession { get; set; }

    /// <summary>Reads all lines.</summary>
    public void Read(SessionAssembler assembler)
    {
        long row = 0;
        while (_lines.TryReadLine(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty) continue;
            if (_useFast && _fast.TryParse(line))
            {
                EmitFast(assembler, row);
                _context.Rejects.Accept();
            }
            else if (!_parser.TryParse(line, _line, out string problem))
            {
                _context.Rejects.Reject(_lines.Line, problem);
            }
            else if (TryEmit(assembler, row))
            {
                _context.Rejects.Accept();
                _line.Line = _lines.Line;
                OnSession?.Invoke(_line);
            }
            row++;
        }
    }

    private SniffTally Sniff(ReadOnlySpan<byte> ahead, bool all)
    {
        var tally = new SniffTally();
        _parser.Unit = TimeUnit.Auto;
        _parser.Tally = tally;
        int events = 0;
        while (events < SniffTally.MaxRows && !ahead.IsEmpty)
        {
            int end = ahead.IndexOf((byte)'\n');
            if (end < 0 && !all) break;
            ReadOnlySpan<byte> line = end < 0 ? ahead : ahead[..end];
            ahead = end < 0 ? default : ahead[(end + 1)..];
            events++;
            if (!_parser.TryParse(line, _line, out _)) continue;
            tally.Session(_line.Text(_line.Session));
            tally.User(_line.Text(_line.User));
            for (int i = 0; i < _line.Count; i++) tally.Item(_line.Text(_line.Items[i]));
            events += _line.Count;
        }
        return tally;
    }

    private void EmitFast(SessionAssembler assembler, long row)
    {
        int count = _fast.Count;
        if (_events.Length < count) _events = new LogEvent[count * 2];
        Span<LogEvent> events = _events.AsSpan(0, count);
        (long[] items, long[] times, byte[] actions) = (_fast.Items, _fast.Times, _fast.Actions);
        (KeyDictionary keys, ItemTally touched) = (_context.Items, _context.Touched);
        bool ordered = true;
        long last = long.MinValue;
        if (keys.IsLarge)
        {
            foreach (long item in items.AsSpan(0, count)) keys.Soon(item);
        }
        for (int i = 0; i < events.Length; i++)
        {
            int item = (int)keys.GetOrAdd(items[i]);
            touched.Add(item);
            ordered &= times[i] >= last;
            last = times[i];
            events[i] = new LogEvent(last, item, actions[i]);
        }
        if (!ordered) Sort(count);
        assembler.Emit(_fast.Session, default, -1, row, _events.AsSpan(0, count));
    }

    /// <summary>
    /// Checks a parsed line; bad events are rejected one by one, a bad session key rejects the line.
    /// </summary>
    private bool TryEmit(SessionAssembler assembler, long row)
    {
        ReadOnlySpan<byte> session = _line.Text(_line.Session);
        long sessionNumber = row;
        if (_sessionKeys?.Check(session, out sessionNumber) is { } noSession) return Bad(noSession, session);
        ReadOnlySpan<byte> user = _line.Text(_line.User);
        if (KeyText.IsMissing(user)) user = default;
        long userNumber = 0;
        if (!user.IsEmpty && _userKeys?.Check(user, out userNumber) is { } noUser) return Bad(noUser, user);
        if (_events.Length < _line.Count) _events = new LogEvent[_line.Count * 2];
        int count = 0;
        for (int i = 0; i < _line.Count; i++)
        {
            ReadOnlySpan<byte> item = _line.Text(_line.Items[i]);
            ReadOnlySpan<byte> name = _line.Text(_line.ActionNames[i]);
            long time = Header.HasTimes ? _line.Times[i] : SessionLine.NoTime;
            string? problem = _itemKeys.Check(item, out long number);
            if (problem is not null) Bad(problem, item);
            else if (Header.HasTimes && time is SessionLine.NoTime)
                Bad("the event has no time (ts)", default);
            else if (time == SessionLine.BadTime)
                Bad("the event's time (ts) is not in the unit of the file", default);
            else if (_context.TryAction(name, out byte code) is { } badAction) Bad(badAction, name);
            else
            {
                int ordinal = (int)_itemKeys.Resolve(item, number);
                _context.Touched.Add(ordinal);
                _events[count++] = new LogEvent(time, ordinal, code);
            }
        }
        if (count == 0) return false;
        int userOrdinal = user.IsEmpty || _userKeys is null ? -1 : (int)_userKeys.Resolve(user, userNumber);
        if (Header.HasTimes) Sort(count);
        ReadOnlySpan<byte> text = Header.SessionKeys == KeyKind.Text ? session : default;
        assembler.Emit(sessionNumber, text, userOrdinal, row, _events.AsSpan(0, count));
        return true;
    }

    /// <summary>
    /// By time, equal times in the order of the line. Nearly every line is in order already.
    /// </summary>
    private void Sort(int count)
    {
        bool ordered = true;
        for (int i = 1; i < count && ordered; i++) ordered = _events[i - 1].TimeMs <= _events[i].TimeMs;
        if (ordered) return;
        if (_order.Length < count) _order = new (long, int)[count * 2];
        for (int i = 0; i < count; i++) _order[i] = (_events[i].TimeMs, i);
        _order.AsSpan(0, count).Sort(_events.AsSpan(0, count));
    }

    private bool Bad(string reason, ReadOnlySpan<byte> text)
    {
        _context.Rejects.Reject(_lines.Line, reason, text);
        return false;
    }
}
