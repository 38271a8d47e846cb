// A file of items to columns as the file writes them: CSV and TSV with a header, JSON of one item an object.
// Which column is what is decided when the file has ended. A catalogue is held in memory while it is read.

using System.Text;
using System.Text.Json;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads one file of items.</summary>
internal sealed class ItemFileReader
{
    private const int MaxColumns = AttributeDefinition.MaxAttributes + 1;

    private readonly RejectLog _rejects;
    private readonly List<RawColumn> _columns = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly List<long> _lines = [];

    private ItemFileReader(RejectLog rejects) => _rejects = rejects;

    /// <summary>Columns in order of first appearance.</summary>
    public IReadOnlyList<RawColumn> Columns => _columns;

    /// <summary>Rows read; each of them has a line.</summary>
    public int Rows => _lines.Count;

    /// <summary>Line on which a row begins, from 1.</summary>
    public long LineOf(int row) => _lines[row];

    /// <summary>
    /// A reader of nothing, to be filled by <see cref="AddColumn"/> and <see cref="AddRow"/>.
    /// </summary>
    public static ItemFileReader OfColumns(RejectLog rejects) => new(rejects);

    /// <summary>Adds a column of a name that is new; type: what its values are, null finds it.</summary>
    public RawColumn AddColumn(string name, AttributeType? type)
    {
        if (_columns.Count == MaxColumns)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{_rejects.File}: more than {MaxColumns} columns");
        _byName.Add(name, _columns.Count);
        _columns.Add(new RawColumn(name) { Type = type });
        return _columns[^1];
    }

    /// <summary>Ends a row whose values are set.</summary>
    public void AddRow(long line) => _lines.Add(line);

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="EmbedEngineException">NotFound, BadInput, Io or Cancelled.</exception>
    public static ItemFileReader Read(
        string path, EventFormat format, RejectLog rejects, ProgressScope progress)
    {
        using InputFile input = InputFile.Open(path);
        progress.Begin("catalog", input.Length, "bytes");
        var lines = new LineReader(input, progress);
        var reader = new ItemFileReader(rejects);
        ReadOnlySpan<byte> head = lines.Ahead.TrimStart(" \t\r\n"u8);
        bool json = format == EventFormat.JsonLines
            || (format == EventFormat.Auto && !head.IsEmpty && head[0] is (byte)'{' or (byte)'[');
        if (json) reader.ReadObjects(lines);
        else reader.ReadTable(lines, format);
        progress.End();
        return reader;
    }

    private void ReadTable(LineReader lines, EventFormat format)
    {
        string file = _rejects.File;
        byte? named = Preamble.Skip(lines);
        byte delimiter = format == EventFormat.Tsv ? (byte)'\t'
            : named ?? DelimitedReader.FindDelimiter(lines.Ahead);
        if (!lines.TryReadRecord(delimiter, out ReadOnlySpan<byte> record, out bool quoted))
            throw new EmbedEngineException(ErrorCode.BadInput, $"{file}: the file is empty");
        int[] starts = new int[MaxColumns + 1], ends = new int[MaxColumns + 1];
        byte[] text = new byte[Math.Max(record.Length, 4096)];
        int count = Split(record, quoted, delimiter, ref text, starts, ends);
        if (count is <= 0 or > MaxColumns)
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                    $"{file}: the first line is not a header of at most {MaxColumns} columns");
        for (int c = 0; c < count; c++)
        {
            string name = Encoding.UTF8.GetString(text, starts[c], ends[c] - starts[c]).Trim();
            if (name.Length == 0) name = $"column {c + 1}";
            if (!_byName.TryAdd(name, c))
                throw new EmbedEngineException(
                    ErrorCode.BadInput, $"{file}: the header has two columns '{name}': rename one");
            _columns.Add(new RawColumn(name));
        }
        while (lines.TryReadRecord(delimiter, out record, out quoted))
        {
            if (record.IsEmpty) continue;
            int fields = Split(record, quoted, delimiter, ref text, starts, ends);
            if (fields != count)
            {
                _rejects.Reject(lines.Line, fields < 0 ? "a quote is not closed"
                    : $"the row has {fields} columns, the header {count}");
                continue;
            }
            for (int c = 0; c < count; c++)
            {
                ReadOnlySpan<byte> cell = text.AsSpan(starts[c], ends[c] - starts[c]).Trim((byte)' ');
                // An empty cell says nothing: what the item has stays.
                if (!cell.IsEmpty) _columns[c].Set(Rows, RawKind.Text, cell);
            }
            _lines.Add(lines.Line);
        }
    }

    private static int Split(
        ReadOnlySpan<byte> record, bool quoted, byte delimiter, ref byte[] text, int[] starts, int[] ends)
    {
        if (text.Length < record.Length) text = new byte[record.Length * 2];
        if (quoted) return DelimitedText.SplitQuoted(record, delimiter, text, starts, ends);
        record.CopyTo(text);
        return DelimitedText.Split(record, delimiter, starts, ends);
    }

    private void ReadObjects(LineReader lines)
    {
        while (lines.TryReadObject(out ReadOnlySpan<byte> json))
        {
            try
            {
                ReadObject(json);
                _lines.Add(lines.Line);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // What was set of this row is overwritten by the next one, or lies behind the last.
                foreach (RawColumn column in _columns) column.Set(Rows, RawKind.None, default);
                _rejects.Reject(
                    lines.Line, e is JsonException ? "not a JSON object of one item" : "not valid UTF-8");
            }
        }
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var path = new Stack<string>();
        string name = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = path.Count == 0 ? reader.GetString()! : $"{path.Peek()}.{reader.GetString()}";
                    break;
                case JsonTokenType.StartObject:
                    path.Push(name);
                    break;
                case JsonTokenType.EndObject:
                    if (path.Count > 0) path.Pop();
                    break;
                case JsonTokenType.StartArray:
                    int start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    Set(name, RawKind.Array, json[start..(int)reader.BytesConsumed]);
                    break;
                case JsonTokenType.String:
                    Set(name, RawKind.Text, Encoding.UTF8.GetBytes(reader.GetString()!));
                    break;
                case JsonTokenType.Number:
                    Set(name, RawKind.Number, reader.ValueSpan);
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    Set(name, RawKind.Boolean, reader.ValueSpan);
                    break;
                default:
                    Set(name, RawKind.Null, default);
                    break;
            }
        }
    }

    private void Set(string name, RawKind kind, ReadOnlySpan<byte> text)
    {
        if (!_byName.TryGetValue(name, out int column))
        {
            if (_columns.Count == MaxColumns)
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"{_rejects.File}: more than {MaxColumns} different properties: is it one item an "
                    + "object?");
            _byName[name] = column = _columns.Count;
            _columns.Add(new RawColumn(name));
        }
        _columns[column].Set(Rows, kind, text);
    }
}
