// CSV and TSV event rows to the sorter. Streaming; a row costs no allocation where its keys are int64.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads one delimited file: header, first rows for kinds and units, then every row.</summary>
internal sealed class DelimitedReader
{
    private const int MaxColumns = 4096;
    private const int MaxSniffedRecord = 64 * 1024;

    private readonly ImportContext _context;
    private readonly LineReader _lines;
    private readonly byte _delimiter;
    private readonly ColumnMap _map;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly KeyColumn _itemKeys;
    private readonly KeyColumn? _userKeys;
    private readonly TimeUnit _unit;
    private byte[] _unquoted = [];

    public DelimitedReader(ImportContext context, LineReader lines, EventFormat format)
    {
        _context = context;
        _lines = lines;
        string file = context.Rejects.File;
        _delimiter = format == EventFormat.Tsv ? (byte)'\t' : FindDelimiter(lines.Ahead);
        List<string> header = ReadHeader(file);
        _map = ColumnMap.Find(header, context.Options, file);
        _starts = new int[header.Count];
        _ends = new int[header.Count];
        SniffTally tally = Sniff();
        _unit = tally.Unit(context.Options.TimeUnit);
        bool hasSession = _map.Has(ColumnRole.Session);
        _itemKeys =
            new KeyColumn(
                "item", tally.DecideItems(context.Items, context.Options, context.Guess, file), context.Items,
                context.Guess);
        if (_map.Has(ColumnRole.User))
        {
            _userKeys = new KeyColumn(
                "user", tally.DecideUsers(context.Users, context.Guess), context.Users, context.Guess);
        }
        KeyKind sessions = tally.DecideSessions(context.Guess);
        GroupKeys = hasSession
            ? new KeyColumn(
                "session", sessions, sessions == KeyKind.Text ? new KeyDictionary(KeyKind.Text) : null,
                context.Guess)
            : _userKeys!;
        Header = context.Rules with
        {
            HasTimes = _map.Has(ColumnRole.Time),
            HasUsers = _userKeys is not null,
            UserCut = !hasSession,
            SessionKeys = GroupKeys.Kind,
        };
        _map.Describe(header, context.Notes);
        context.Notes.Begin(tally, _unit, Header.HasTimes, Header.UserCut);
    }

    public SegmentHeader Header { get; }

    /// <summary>The column that sessions are grouped by.</summary>
    public KeyColumn GroupKeys { get; }

    /// <summary>Reads all rows.</summary>
    public void Read(EventSorter sorter)
    {
        long row = 0;
        while (_lines.TryReadRecord(_delimiter, out ReadOnlySpan<byte> record, out bool quoted))
        {
            if (record.IsEmpty) continue;
            if (!TrySplit(record, quoted, out ReadOnlySpan<byte> text, out string? problem))
            {
                _context.Rejects.Reject(_lines.Line, problem!);
                continue;
            }
            if (TryRow(text, row, sorter)) _context.Rejects.Accept();
            row++;
        }
    }

    /// <summary>
    /// Tab where the first line has one, else the most frequent of comma, semicolon and bar.
    /// </summary>
    public static byte FindDelimiter(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? head : head[..end];
        byte best = (byte)',';
        int most = 0;
        foreach (byte candidate in "\t,;|"u8)
        {
            int count = line.Count(candidate);
            if (count > most) (best, most) = (candidate, count);
        }
        return best;
    }

    private List<string> ReadHeader(string file)
    {
        if (!_lines.TryReadRecord(_delimiter, out ReadOnlySpan<byte> record, out bool quoted))
            throw new EmbedEngineException(ErrorCode.BadInput, $"{file}: the file is empty");
        int[] starts = new int[MaxColumns];
        int[] ends = new int[MaxColumns];
        byte[] text = new byte[record.Length];
        int fields = quoted
            ? DelimitedText.SplitQuoted(record, _delimiter, text, starts, ends)
            : DelimitedText.Split(record, _delimiter, starts, ends);
        if (!quoted) record.CopyTo(text);
        if (fields is <= 0 or > MaxColumns)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{file}: the first line is not a header of columns");
        var header = new List<string>(fields);
        for (int i = 0; i < fields; i++)
            header.Add(Encoding.UTF8.GetString(text, starts[i], ends[i] - starts[i]).Trim());
        return header;
    }

    private SniffTally Sniff()
    {
        var tally = new SniffTally();
        ReadOnlySpan<byte> ahead = _lines.Ahead;
        for (int row = 0; row < SniffTally.MaxRows && !ahead.IsEmpty; row++)
        {
            int end = ahead.IndexOf((byte)'\n');
            while (end >= 0 && DelimitedText.EndsInsideQuotes(ahead[..end], _delimiter))
            {
                int more = ahead[(end + 1)..].IndexOf((byte)'\n');
                end = more < 0 || end > MaxSniffedRecord ? -1 : end + 1 + more;
            }
            if (end < 0 && !_lines.AheadIsAll) break;
            ReadOnlySpan<byte> line = (end < 0 ? ahead : ahead[..end]).TrimEnd((byte)'\r');
            ahead = end < 0 ? default : ahead[(end + 1)..];
            if (line.IsEmpty || !TrySplit(line, line.Contains((byte)'"'), out ReadOnlySpan<byte> text, out _))
                continue;
            tally.Item(Field(text, ColumnRole.Item));
            if (_map.Has(ColumnRole.Session)) tally.Session(Field(text, ColumnRole.Session));
            if (_map.Has(ColumnRole.User)) tally.User(Field(text, ColumnRole.User));
            if (_map.Has(ColumnRole.Time)) tally.Time(Field(text, ColumnRole.Time));
        }
        return tally;
    }

    /// <summary>Splits a record into the field arrays, which then refer to <paramref name="text"/>.</summary>
    private bool TrySplit(
        ReadOnlySpan<byte> record, bool quoted, out ReadOnlySpan<byte> text, out string? problem)
    {
        int fields;
        text = record;
        if (quoted)
        {
            if (_unquoted.Length < record.Length) _unquoted = new byte[record.Length * 2];
            fields = DelimitedText.SplitQuoted(record, _delimiter, _unquoted, _starts, _ends);
            text = _unquoted;
        }
        else
        {
            fields = DelimitedText.Split(record, _delimiter, _starts, _ends);
        }
        problem = null;
        if (fields == _starts.Length) return true;
        problem = fields < 0 ? "a quote is not closed"
            : $"the row has {fields} columns, the header {_starts.Length}";
        return false;
    }

    private ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, ColumnRole role)
    {
        int column = _map[role];
        if (column < 0) return default;
        ReadOnlySpan<byte> field = text[_starts[column].._ends[column]];
        // Blanks around a field are how some writers align; they are never part of a key.
        if (field.Length > 0 && (field[0] == (byte)' ' || field[^1] == (byte)' '))
            field = field.Trim((byte)' ');
        return field;
    }

    private bool TryRow(ReadOnlySpan<byte> text, long row, EventSorter sorter)
    {
        ReadOnlySpan<byte> item = Field(text, ColumnRole.Item);
        string? problem = _itemKeys.Check(item, out long itemNumber);
        if (problem is not null) return Bad(problem, item);
        ReadOnlySpan<byte> user = default;
        long userNumber = 0;
        if (_userKeys is not null)
        {
            user = Field(text, ColumnRole.User);
            if (!Header.UserCut && KeyText.IsMissing(user)) user = default;
            problem = user.IsEmpty && !Header.UserCut ? null : _userKeys.Check(user, out userNumber);
            if (problem is not null) return Bad(problem, user);
        }
        ReadOnlySpan<byte> session = default;
        long sessionNumber = 0;
        if (!Header.UserCut)
        {
            session = Field(text, ColumnRole.Session);
            problem = GroupKeys.Check(session, out sessionNumber);
            if (problem is not null) return Bad(problem, session);
        }
        long timeMs = LogEvent.NoTime;
        if (Header.HasTimes)
        {
            ReadOnlySpan<byte> time = Field(text, ColumnRole.Time);
            if (!TimeText.TryParse(time, _unit, out timeMs)) return Bad(TimeProblem(_unit), time);
        }
        ReadOnlySpan<byte> action = Field(text, ColumnRole.Action);
        problem = _context.TryAction(action, out byte code);
        if (problem is not null) return Bad(problem, action);
        int itemOrdinal = (int)_itemKeys.Resolve(item, itemNumber);
        int userOrdinal = user.IsEmpty ? -1 : (int)_userKeys!.Resolve(user, userNumber);
        long group = Header.UserCut ? userOrdinal : GroupKeys.Resolve(session, sessionNumber);
        _context.Touched.Add(itemOrdinal);
        _context.Metadata?.Set(itemOrdinal, Field(text, ColumnRole.Category), Field(text, ColumnRole.Title));
        sorter.Add(new SortRecord(group, timeMs, (row << 8) | code, itemOrdinal, userOrdinal));
        return true;
    }

    internal static string TimeProblem(TimeUnit unit) => unit switch
    {
        TimeUnit.Seconds => "time '{0}' is not seconds since 1970 up to the year 9999 (--time-unit)",
        TimeUnit.Milliseconds =>
            "time '{0}' is not milliseconds since 1970 up to the year 9999 (--time-unit)",
        _ => "time '{0}' is not an ISO 8601 time from 1970 to 9999 (--time-unit)",
    };

    private bool Bad(string reason, ReadOnlySpan<byte> text)
    {
        _context.Rejects.Reject(_lines.Line, reason, text);
        return false;
    }
}
