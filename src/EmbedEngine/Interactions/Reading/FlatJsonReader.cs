// JSON of one event an object: a line each, pretty-printed, or in an array. Properties in any order, nested
// ones by their path (a.b); arrays inside an event are passed over.

using System.Text;
using System.Text.Json;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads flat event objects.</summary>
internal sealed class FlatJsonReader
{
    private const int HeaderObjects = 1000;
    private const int MaxColumns = 4096;
    private const int MaxDepth = 64; // The framework's reader ends there.

    private readonly ImportContext _context;
    private readonly LineReader _lines;
    private readonly EventRowSink _sink;
    private readonly byte[][] _paths = new byte[ColumnMap.Roles][];
    private readonly (int Start, int Length)[] _values = new (int, int)[ColumnMap.Roles];
    private byte[] _text = new byte[4096];
    private int _textLength;
    private byte[] _path = new byte[256];

    public FlatJsonReader(ImportContext context, LineReader lines)
    {
        (_context, _lines) = (context, lines);
        string file = context.Rejects.File;
        List<string> header = ReadHeader();
        if (header.Count == 0)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{file}: no JSON object of one event was found; read are objects of one event, one a line "
                + "or in an array, and one session a line ({\"session\":1,\"events\":[…]} or "
                + "{\"items\":[…]})");
        }
        ColumnMap map = ColumnMap.Find(header, context.Options, file);
        for (int role = 1; role < ColumnMap.Roles; role++)
        {
            if (map.Has((ColumnRole)role))
                _paths[role] = Encoding.UTF8.GetBytes(header[map[(ColumnRole)role]]);
        }
        map.Describe(header, context.Notes);
        _sink = new EventRowSink(context, map, Sniff(map));
    }

    public SegmentHeader Header => _sink.Header;

    /// <summary>The column that sessions are grouped by.</summary>
    public KeyColumn GroupKeys => _sink.GroupKeys;

    /// <summary>Reads all objects.</summary>
    public void Read(EventSorter sorter)
    {
        for (long row = 0; _lines.TryReadObject(out ReadOnlySpan<byte> json); row++)
        {
            if (!TryParse(json, out string problem)) _context.Rejects.Reject(_lines.Line, problem);
            else _sink.TryAdd(Row(), row, _lines.Line, sorter);
        }
    }

    private EventRow Row() => new()
    {
        Item = Value(ColumnRole.Item), Session = Value(ColumnRole.Session), User = Value(ColumnRole.User),
        Time = Value(ColumnRole.Time), Action = Value(ColumnRole.Action),
        Category = Value(ColumnRole.Category), Title = Value(ColumnRole.Title),
        Order = Value(ColumnRole.Order), Rating = Value(ColumnRole.Rating),
    };

    private ReadOnlySpan<byte> Value(ColumnRole role)
    {
        (int start, int length) = _values[(int)role];
        return _text.AsSpan(start, length);
    }

    /// <summary>Paths of the first objects' values, in order of first appearance.</summary>
    private List<string> ReadHeader()
    {
        var names = new List<string>();
        var known = new HashSet<string>();
        ReadOnlySpan<byte> ahead = _lines.Ahead;
        for (int n = 0; n < HeaderObjects; n++)
        {
            if (!LineReader.TryCutObject(ref ahead, out ReadOnlySpan<byte> json)) break;
            try
            {
                Walk(json, (ReadOnlySpan<byte> path, ref Utf8JsonReader _) =>
                {
                    string name = Encoding.UTF8.GetString(path);
                    if (names.Count < MaxColumns && known.Add(name)) names.Add(name);
                });
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // Counted when it is read.
            }
        }
        return names;
    }

    private SniffTally Sniff(ColumnMap map)
    {
        var tally = new SniffTally();
        ReadOnlySpan<byte> ahead = _lines.Ahead;
        for (int row = 0; row < SniffTally.MaxRows; row++)
        {
            if (!LineReader.TryCutObject(ref ahead, out ReadOnlySpan<byte> json)) break;
            if (!TryParse(json, out _)) continue;
            tally.Item(Value(ColumnRole.Item));
            if (map.Has(ColumnRole.Session)) tally.Session(Value(ColumnRole.Session));
            if (map.Has(ColumnRole.User)) tally.User(Value(ColumnRole.User));
            if (map.Has(ColumnRole.Time)) tally.Time(Value(ColumnRole.Time));
        }
        return tally;
    }

    /// <summary>Reads an object's values into the roles.</summary>
    private bool TryParse(ReadOnlySpan<byte> json, out string problem)
    {
        Array.Clear(_values);
        _textLength = 0;
        problem = "";
        try
        {
            Walk(json, Take);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e is JsonException ? "not a JSON object of one event" : "not valid UTF-8";
            return false;
        }
    }

    private void Take(ReadOnlySpan<byte> path, ref Utf8JsonReader reader)
    {
        for (int role = 1; role < _paths.Length; role++)
        {
            if (_paths[role] is not { } wanted || !path.SequenceEqual(wanted)) continue;
            int room = _textLength + reader.ValueSpan.Length;
            if (_text.Length < room) Array.Resize(ref _text, Math.Max(room, 2 * _text.Length));
            Span<byte> into = _text.AsSpan(_textLength);
            int length = reader.ValueSpan.Length;
            if (reader.TokenType == JsonTokenType.String) length = reader.CopyString(into);
            else if (reader.TokenType == JsonTokenType.Null) length = 0;
            else reader.ValueSpan.CopyTo(into);
            _values[role] = (_textLength, length);
            _textLength += length;
        }
    }

    private delegate void Visit(ReadOnlySpan<byte> path, ref Utf8JsonReader value);

    /// <summary>Calls for each scalar value, with its path.</summary>
    private void Walk(ReadOnlySpan<byte> json, Visit visit)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        Span<int> lengths = stackalloc int[MaxDepth];
        int depth = 0;
        int length = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    int parent = depth == 0 ? 0 : lengths[depth - 1];
                    int room = parent + 1 + reader.ValueSpan.Length;
                    if (_path.Length < room) Array.Resize(ref _path, 2 * room);
                    if (parent > 0) _path[parent++] = (byte)'.';
                    length = parent + reader.CopyString(_path.AsSpan(parent));
                    break;
                case JsonTokenType.StartObject:
                    lengths[depth++] = length;
                    break;
                case JsonTokenType.EndObject:
                    if (depth > 0) depth--;
                    break;
                case JsonTokenType.StartArray:
                    reader.Skip();
                    break;
                default:
                    visit(_path.AsSpan(0, length), ref reader);
                    break;
            }
        }
    }
}
