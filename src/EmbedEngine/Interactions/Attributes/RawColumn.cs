// One column of a catalogue file as the file writes it, kept until its end: only then is it known what the
// column is. Values lie in one growing block of bytes.

namespace EmbedEngine.Interactions.Attributes;

/// <summary>How a file writes a value.</summary>
internal enum RawKind : byte
{
    /// <summary>Nothing is said: what the item has stays.</summary>
    None = 0,

    /// <summary>A cell of a table, or a JSON string.</summary>
    Text = 1,

    /// <summary>A JSON number.</summary>
    Number = 2,

    /// <summary>A JSON true or false.</summary>
    Boolean = 3,

    /// <summary>A JSON array: its raw text.</summary>
    Array = 4,

    /// <summary>A JSON null: what the item has is taken away.</summary>
    Null = 5,
}

/// <summary>Values of one column by row. Not thread-safe.</summary>
internal sealed class RawColumn(string name)
{
    private readonly List<(long Start, int Length, RawKind Kind)> _values = [];
    private readonly List<byte[]> _blocks = [];
    private int _used;

    private const int BlockBytes = 1 << 20;

    public string Name => name;

    /// <summary>What the values are where whoever wrote them says so; null = they must tell.</summary>
    public AttributeType? Type { get; init; }

    /// <summary>Sets the value of a row, not before an earlier one; rows between say nothing.</summary>
    public void Set(int row, RawKind kind, ReadOnlySpan<byte> text)
    {
        while (_values.Count < row) _values.Add(default);
        (long, int, RawKind) value = (Put(text), text.Length, kind);
        if (_values.Count == row) _values.Add(value);
        else _values[row] = value;
    }

    public RawKind KindAt(int row) => row < _values.Count ? _values[row].Kind : RawKind.None;

    public ReadOnlySpan<byte> TextAt(int row)
    {
        if (row >= _values.Count || _values[row].Length == 0) return default;
        (long start, int length, _) = _values[row];
        return _blocks[(int)(start >> 32)].AsSpan((int)start, length);
    }

    /// <summary>Block in the upper half, place in the lower.</summary>
    private long Put(ReadOnlySpan<byte> text)
    {
        if (_blocks.Count == 0 || _blocks[^1].Length - _used < text.Length)
        {
            _blocks.Add(new byte[Math.Max(BlockBytes, text.Length)]);
            _used = 0;
        }
        text.CopyTo(_blocks[^1].AsSpan(_used));
        long at = ((long)(_blocks.Count - 1) << 32) | (uint)_used;
        _used += text.Length;
        return at;
    }
}
