// One JSONL line after parsing and before anything of it is believed: keys still as text, nothing in a
// dictionary yet. A line that turns out bad at its last byte has therefore changed nothing.

using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reused scratch for the parsers of session lines.</summary>
internal sealed class SessionLine
{
    /// <summary>Time of an event that has none.</summary>
    public const long NoTime = LogEvent.NoTime;

    /// <summary>Time of an event whose time could not be read.</summary>
    public const long BadTime = long.MinValue + 1;

    private byte[] _text = new byte[4096];
    private int _textLength;

    /// <summary>Where the line is in its file, from 1.</summary>
    public long Line { get; set; }

    public (int Start, int Length) Session { get; set; }

    public (int Start, int Length) User { get; set; }

    public (int Start, int Length) Target { get; set; }

    public int Count { get; private set; }

    public (int Start, int Length)[] Items { get; private set; } = new (int, int)[64];

    public (int Start, int Length)[] ActionNames { get; private set; } = new (int, int)[64];

    public long[] Times { get; private set; } = new long[64];

    public void Clear()
    {
        _textLength = 0;
        Count = 0;
        Session = User = Target = default;
    }

    public ReadOnlySpan<byte> Text((int Start, int Length) slice) => _text.AsSpan(slice.Start, slice.Length);

    /// <summary>Room for a copy of a value; <see cref="Keep"/> tells how much of it was used.</summary>
    public Span<byte> Room(int length)
    {
        if (_text.Length - _textLength < length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + length));
        return _text.AsSpan(_textLength, length);
    }

    public (int Start, int Length) Keep(int length)
    {
        (int, int) slice = (_textLength, length);
        _textLength += length;
        return slice;
    }

    public void AddEvent((int Start, int Length) item, long time, (int Start, int Length) action)
    {
        if (Count == Items.Length)
        {
            ((int, int)[] items, (int, int)[] actions, long[] times) = (Items, ActionNames, Times);
            Array.Resize(ref items, Count * 2);
            Array.Resize(ref actions, Count * 2);
            Array.Resize(ref times, Count * 2);
            (Items, ActionNames, Times) = (items, actions, times);
        }
        Items[Count] = item;
        ActionNames[Count] = action;
        Times[Count++] = time;
    }
}
