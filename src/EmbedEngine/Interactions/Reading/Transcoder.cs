using System.Text;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Turns the bytes of another encoding into UTF-8, block by block.</summary>
internal sealed class Transcoder(Encoding from)
{
    public const int BlockBytes = 64 * 1024;

    private readonly Decoder _decoder = from.GetDecoder();
    private readonly byte[] _raw = new byte[BlockBytes];
    private readonly char[] _chars = new char[BlockBytes + 1];
    // A char of UTF-16 is at most three bytes of UTF-8.
    private readonly byte[] _text = new byte[3 * (BlockBytes + 1)];
    private int _start, _end;
    private bool _ended;

    /// <summary>Where the next raw bytes go.</summary>
    public Span<byte> Room => _raw;

    /// <summary>
    /// What a file that begins so needs: by its name, else by a byte order mark of UTF-16. Null = nothing.
    /// </summary>
    public static Transcoder? For(string? encoding, ReadOnlySpan<byte> head)
    {
        bool big = head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        if (encoding == "latin1") return new Transcoder(Encoding.Latin1);
        bool marked = big || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]);
        if (encoding == "utf-16" || (encoding is null && marked))
            return new Transcoder(big ? Encoding.BigEndianUnicode : Encoding.Unicode);
        return null;
    }

    /// <summary>Takes raw bytes, at most a room full; none = the input has ended.</summary>
    public void Put(ReadOnlySpan<byte> raw)
    {
        _ended = raw.IsEmpty;
        int chars = _decoder.GetChars(raw, _chars, flush: _ended);
        (_start, _end) = (0, Encoding.UTF8.GetBytes(_chars, 0, chars, _text, 0));
    }

    /// <summary>Gives what there is; 0 = raw bytes are needed, or all is given.</summary>
    public int Take(Span<byte> target)
    {
        int length = Math.Min(target.Length, _end - _start);
        _text.AsSpan(_start, length).CopyTo(target);
        _start += length;
        return length;
    }

    /// <summary>Whether the input ended and all was given.</summary>
    public bool IsDone => _ended && _start == _end;
}
