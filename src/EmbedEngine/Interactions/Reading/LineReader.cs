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
                ErrorCode.BadInput, $"{_input.Path}: the text is UTF-16: save it as UTF-8");
        }
        // A stray NUL makes a bad row, not a binary file.
        if (head.Count((byte)0) * 8 > head.Length || head.StartsWith("PK\u0003\u0004"u8)
            || head.StartsWith("PAR1"u8) || head.StartsWith("SQLite format 3"u8))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{_input.Path}: is a binary file: import reads JSONL, CSV or TSV, plain or .gz");
        }
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) _start += 3;
    }
}
