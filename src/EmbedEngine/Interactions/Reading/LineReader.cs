// Lines and delimited records of an input, as spans into one window. A span is valid until the next call.

using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Cuts the input into lines; the window grows only for a single line longer than itself.</summary>
internal sealed class LineReader
{
    private const int WindowBytes = 1 << 20;
    private const int MinimumRoom = 64 << 10;
    private const int RunawayBytes = 64 << 10;
    private const int MaxLineBytes = 256 << 20;

    private readonly InputFile _input;
    private readonly ProgressScope _progress;
    private byte[] _window = new byte[WindowBytes];
    private int _start, _end;
    // First quote at or after _start; int.MaxValue: none in the window; −1: not looked yet.
    private int _quoteAt = -1;
    private bool _ended;

    public LineReader(InputFile input, ProgressScope progress)
    {
        _input = input;
        _progress = progress;
        while (!_ended && _end < WindowBytes - MinimumRoom) Fill();
        SkipLeadingNuls();
        CheckHead();
    }

    /// <summary>Line on which the last line or record began, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Line on which the next one begins.</summary>
    public long NextLine { get; private set; } = 1;

    /// <summary>All that is in the window, not taken: at the start the first megabyte.</summary>
    public ReadOnlySpan<byte> Ahead => _window.AsSpan(_start, _end - _start);

    /// <summary>True when <see cref="Ahead"/> is all that is left of the input.</summary>
    public bool AheadIsAll => _ended;

    /// <summary>Takes the next line without its line end; false at the end of the input.</summary>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int length = NextLineLength(from: 0);
        if (length < 0)
        {
            line = default;
            return false;
        }
        line = Take(length, 1);
        return true;
    }

    /// <summary>
    /// Takes the next record: a line, or several where a quoted field holds line ends (RFC 4180). A quote
    /// that is never closed makes the record end with its first line.
    /// </summary>
    public bool TryReadRecord(byte delimiter, out ReadOnlySpan<byte> record, out bool quoted)
    {
        quoted = false;
        int length = NextLineLength(from: 0);
        if (length < 0)
        {
            record = default;
            return false;
        }
        if (_quoteAt < _start) FindQuote(_start);
        if (_quoteAt >= _start + length)
        {
            record = Take(length, 1);
            return true;
        }
        quoted = true;
        int lines = 1;
        int firstLine = length;
        while (DelimitedText.EndsInsideQuotes(_window.AsSpan(_start, length), delimiter))
        {
            // A runaway quote must not swallow the file, nor cost a long search: soon it is taken for a stray
            // one.
            int next = length > RunawayBytes ? -1 : NextLineLength(from: length + 1);
            if (next < 0)
            {
                (length, lines) = (firstLine, 1);
                break;
            }
            length += 1 + next;
            lines++;
        }
        record = Take(length, lines);
        _quoteAt = -1;
        return true;
    }

    /// <summary>
    /// Takes the next JSON object: a line of its own, several lines, or an element of an array. Where no
    /// object begins, or one does not end within a megabyte, the line is taken as it is, for its reader to
    /// refuse. False at the end of the input.
    /// </summary>
    public bool TryReadObject(out ReadOnlySpan<byte> json)
    {
        while (true)
        {
            int between = Ahead.IndexOfAnyExcept(BetweenObjects);
            ReadOnlySpan<byte> passed = between < 0 ? Ahead : Ahead[..between];
            NextLine += passed.Count((byte)'\n');
            _start += passed.Length;
            if (between >= 0) break;
            if (_ended)
            {
                json = default;
                return false;
            }
            Fill();
        }
        int length;
        while ((length = ObjectLength(Ahead)) < 0 && !_ended && _end - _start < MaxObjectBytes) Fill();
        if (length <= 0) return TryReadLine(out json);
        json = _window.AsSpan(_start, length);
        Line = NextLine;
        NextLine += json.Count((byte)'\n');
        _start += length;
        return true;
    }

    /// <summary>
    /// As <see cref="TryReadObject"/> over bytes at hand; false where no whole object is left.
    /// </summary>
    public static bool TryCutObject(ref ReadOnlySpan<byte> ahead, out ReadOnlySpan<byte> json)
    {
        json = default;
        int between = ahead.IndexOfAnyExcept(BetweenObjects);
        if (between < 0) return false;
        ahead = ahead[between..];
        int length = ObjectLength(ahead);
        if (length == 0)
        {
            // Not an object: its line is passed over.
            int end = ahead.IndexOf((byte)'\n');
            length = end < 0 ? ahead.Length : end + 1;
        }
        if (length < 0) return false;
        json = ahead[..length];
        ahead = ahead[length..];
        return true;
    }

    private const int MaxObjectBytes = 1 << 20;

    private static readonly System.Buffers.SearchValues<byte> BetweenObjects =
        System.Buffers.SearchValues.Create(" \t\r\n,[]"u8);

    private static readonly System.Buffers.SearchValues<byte> OfObjects =
        System.Buffers.SearchValues.Create("{}\""u8);

    /// <summary>Bytes of the object that begins here; 0 = none does; −1 = it does not end here.</summary>
    private static int ObjectLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != (byte)'{') return 0;
        int depth = 0;
        int at = 0;
        while (true)
        {
            int next = text[at..].IndexOfAny(OfObjects);
            if (next < 0) return -1;
            at += next;
            byte found = text[at++];
            if (found == (byte)'{') depth++;
            else if (found == (byte)'}')
            {
                if (--depth == 0) return at;
            }
            else
            {
                at = AfterString(text, at);
                if (at < 0) return -1;
            }
        }
    }

    /// <summary>Where a string ends whose first byte is at <paramref name="at"/>; −1 = not here.</summary>
    private static int AfterString(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            int next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return -1;
            at += next + 1;
            if (text[at - 1] == (byte)'"') return at;
            if (at++ >= text.Length) return -1;
        }
    }

    private ReadOnlySpan<byte> Take(int length, int lines)
    {
        ReadOnlySpan<byte> line = _window.AsSpan(_start, length);
        _start = Math.Min(_start + length + 1, _end);
        Line = NextLine;
        NextLine += lines;
        return !line.IsEmpty && line[^1] == (byte)'\r' ? line[..^1] : line;
    }

    /// <summary>
    /// Length of the line that begins <paramref name="from"/> bytes after the start; −1 where none does.
    /// </summary>
    private int NextLineLength(int from)
    {
        int searched = from;
        while (true)
        {
            int available = _end - _start;
            if (searched < available)
            {
                int found = _window.AsSpan(_start + searched, available - searched).IndexOf((byte)'\n');
                if (found >= 0) return searched + found - from;
                searched = available;
            }
            if (_ended) return available > from ? available - from : -1;
            Fill();
        }
    }

    private void FindQuote(int from)
    {
        int found = _window.AsSpan(from, _end - from).IndexOf((byte)'"');
        _quoteAt = found < 0 ? int.MaxValue : from + found;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_window, _start, _window, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }
        _quoteAt = -1;
        if (_window.Length - _end < MinimumRoom)
        {
            if (_window.Length >= MaxLineBytes)
            {
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"{_input.Path}: line {NextLine} is longer than {MaxLineBytes >> 20} MiB: is it one of "
                    + "the text formats?");
            }
            Array.Resize(ref _window, _window.Length * 2);
        }
        // While the first window is filled nothing is known yet; afterwards each refill reports and may
        // cancel.
        int n = _input.Read(_window.AsSpan(_end));
        _progress.Set(_input.BytesRead);
        _progress.Poll();
        _end += n;
        _ended = n == 0;
    }

    /// <summary>
    /// A log that was cut while its writer went on begins with as many NULs as were cut (copytruncate).
    /// </summary>
    private void SkipLeadingNuls()
    {
        while (true)
        {
            int text = Ahead.IndexOfAnyExcept((byte)0);
            _start = text < 0 ? _end : _start + text;
            if (text >= 0 || _ended) break;
            Fill();
        }
        while (!_ended && _end - _start < WindowBytes - MinimumRoom && _start > 0) Fill();
    }

    private void CheckHead()
    {
        ReadOnlySpan<byte> head = Ahead[..Math.Min(Ahead.Length, 4096)];
        if (head.IsEmpty)
            throw new EmbedEngineException(ErrorCode.BadInput, $"{_input.Path}: the file is empty");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{_input.Path}: the text is UTF-16 (--encoding utf-16)");
        }
        // A stray NUL makes a bad row, not a binary file: that has a tenth of such bytes and more.
        int controls = 0;
        foreach (byte b in head)
        {
            if (b < (byte)' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r')) controls++;
        }
        if (controls * 16 > head.Length || head.StartsWith("PK\u0003\u0004"u8)
            || head.StartsWith("PAR1"u8) || head.StartsWith("SQLite format 3"u8))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{_input.Path}: is a binary file: import reads JSONL, CSV or TSV, plain or .gz");
        }
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) _start += 3;
    }
}
