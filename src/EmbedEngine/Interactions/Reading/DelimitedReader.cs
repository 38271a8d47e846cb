// CSV and TSV event rows, with a header or with numbers for columns, to the sorter. Streaming; a row costs no
// allocation where its keys are int64.

using System.Globalization;
using System.Text;
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
    private readonly EventRowSink _sink;
    // Fields a column takes: two where the delimiter is "::", the second of which is the empty one between.
    private readonly int _stride = 1;
    private byte[] _unquoted = [];

    public DelimitedReader(ImportContext context, LineReader lines, EventFormat format)
    {
        _context = context;
        _lines = lines;
        string file = context.Rejects.File;
        bool headerless = format == EventFormat.Headerless;
        // Without a header every line is data.
        byte? named = headerless ? null : Preamble.Skip(lines);
        _delimiter = context.Options.Delimiter is { } given ? (byte)given[0]
            : format == EventFormat.Tsv ? (byte)'\t' : named ?? FindDelimiter(lines.Ahead);
        if (_delimiter == (byte)':' && context.Options.Delimiter is null or ReadingOptions.TwoColons)
            _stride = 2;
        List<string> header = ReadHeader(file, headerless);
        _map = ColumnMap.Find(header, context.Options, file);
        _starts = new int[_stride * (header.Count - 1) + 1];
        _ends = new int[_starts.Length];
        _map.Describe(header, context.Notes);
        _sink = new EventRowSink(context, _map, Sniff());
    }

    public SegmentHeader Header => _sink.Header;

    /// <summary>The column that sessions are grouped by.</summary>
    public KeyColumn GroupKeys => _sink.GroupKeys;

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
            _sink.TryAdd(Row(text), row++, _lines.Line, sorter);
        }
    }

    /// <summary>
    /// Tab where the first line has one, else the most frequent of comma, semicolon and bar; a colon means
    /// "::", where that is all there is.
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
        return most == 0 && line.IndexOf("::"u8) > 0 ? (byte)':' : best;
    }

    /// <summary>Names of the columns: the first line, or without one their numbers from 1.</summary>
    private List<string> ReadHeader(string file, bool headerless)
    {
        ReadOnlySpan<byte> record;
        bool quoted;
        if (headerless)
        {
            int end = _lines.Ahead.IndexOf((byte)'\n');
            record = (end < 0 ? _lines.Ahead : _lines.Ahead[..end]).TrimEnd((byte)'\r');
            quoted = record.Contains((byte)'"');
        }
        else if (!_lines.TryReadRecord(_delimiter, out record, out quoted))
        {
            throw new EmbedEngineException(ErrorCode.BadInput, $"{file}: the file is empty");
        }
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
        for (int i = 0; i < fields; i += _stride)
            header.Add(Encoding.UTF8.GetString(text, starts[i], ends[i] - starts[i]).Trim());
        if (headerless && _context.Options.Item is null)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{file}: without a header columns go by number, such as --session 1 --time 2 --item 3; the "
                + $"first row is: {string.Join(", ", header)}");
        }
        return !headerless ? header
            : [.. Enumerable.Range(1, header.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))];
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
            : $"the row has {Columns(fields)} columns, the header {Columns(_starts.Length)}";
        return false;
    }

    private int Columns(int fields) => (fields - 1) / _stride + 1;

    private ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, ColumnRole role)
    {
        int column = _map[role] * _stride;
        if (column < 0) return default;
        ReadOnlySpan<byte> field = text[_starts[column].._ends[column]];
        // Blanks around a field are how some writers align; they are never part of a key.
        if (field.Length > 0 && (field[0] == (byte)' ' || field[^1] == (byte)' '))
            field = field.Trim((byte)' ');
        return field;
    }

    private EventRow Row(ReadOnlySpan<byte> text) => new()
    {
        Item = Field(text, ColumnRole.Item), Session = Field(text, ColumnRole.Session),
        User = Field(text, ColumnRole.User), Time = Field(text, ColumnRole.Time),
        Action = Field(text, ColumnRole.Action), Category = Field(text, ColumnRole.Category),
        Title = Field(text, ColumnRole.Title), Order = Field(text, ColumnRole.Order),
        Rating = Field(text, ColumnRole.Rating),
    };
}
