// Times of the input to int64 milliseconds since 1970-01-01 UTC. Times before 1970 and after the year 9999
// are refused: in event logs they are mistakes of unit or parsing.

using System.Buffers.Text;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Parses times in one unit.</summary>
internal static class TimeText
{
    public const long MaxTimeMs = 253_402_300_799_999;

    /// <summary>
    /// Seconds reach 1e11 in the year 5138, milliseconds did in 1973: in between lies every real log.
    /// </summary>
    public const long SmallestMilliseconds = 100_000_000_000;

    private const double SmallestMicroseconds = 1e14;

    public static bool TryParse(ReadOnlySpan<byte> text, TimeUnit unit, out long timeMs)
    {
        if (unit == TimeUnit.Iso) return TryParseIso(text, out timeMs);
        return TryParseNumber(text, unit == TimeUnit.Seconds, out timeMs);
    }

    /// <summary>What a text looks like: Auto = not a time that is supported.</summary>
    public static TimeUnit Guess(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        if (Utf8Parser.TryParse(text, out double number, out int used) && used == text.Length)
        {
            if (number is < 0 or >= SmallestMicroseconds || double.IsNaN(number)) return TimeUnit.Auto;
            return number < SmallestMilliseconds ? TimeUnit.Seconds : TimeUnit.Milliseconds;
        }
        return TryParseIso(text, out _) ? TimeUnit.Iso : TimeUnit.Auto;
    }

    /// <summary>Whether a text is yyyyMMdd or yyyyMMddHHmmss of the years 1970 to 2100.</summary>
    public static bool IsCompact(ReadOnlySpan<byte> text) =>
        TryParseCompact(text.Trim((byte)' '), out long ms) && ms < LastCompactMs;

    private const long LastCompactMs = 4_133_980_800_000; // 2101-01-01

    private static bool TryParseCompact(ReadOnlySpan<byte> text, out long timeMs)
    {
        timeMs = 0;
        if (text.Length is not (8 or 14)) return false;
        if (text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return false;
        var cursor = new Cursor(text);
        (int hour, int minute, int second) = (0, 0, 0);
        _ = cursor.Number(4, out int year);
        _ = cursor.Number(2, out int month);
        _ = cursor.Number(2, out int day);
        if (year < 1970 || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (!cursor.AtEnd)
        {
            _ = cursor.Number(2, out hour);
            _ = cursor.Number(2, out minute);
            _ = cursor.Number(2, out second);
        }
        if (hour > 23 || minute > 59 || second > 59) return false;
        timeMs = (new DateTime(year, month, day, hour, minute, second).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> text, bool seconds, out long timeMs)
    {
        timeMs = 0;
        int i = 0;
        long whole = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            if (i == 18) return false;
            whole = whole * 10 + (text[i] - '0');
        }
        if (i == 0) return false;
        if (i == text.Length)
        {
            if (whole > (seconds ? MaxTimeMs / 1000 : MaxTimeMs)) return false;
            timeMs = seconds ? whole * 1000 : whole;
            return true;
        }
        return TryParseFraction(text, i, whole, seconds, out timeMs);
    }

    private static bool TryParseFraction(
        ReadOnlySpan<byte> text, int i, long whole, bool seconds, out long timeMs)
    {
        timeMs = 0;
        if (text[i] == (byte)'.')
        {
            int thousandths = 0;
            int digits = 0;
            int at = i + 1;
            for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++, digits++)
            {
                if (digits < 3) thousandths = thousandths * 10 + (text[at] - '0');
                // Floating-point writers turn .94 into .939999999: the fourth digit rounds.
                else if (digits == 3 && text[at] >= (byte)'5') thousandths++;
            }
            if (at == text.Length)
            {
                for (; digits < 3; digits++) thousandths *= 10;
                if (whole > (seconds ? MaxTimeMs / 1000 : MaxTimeMs)) return false;
                timeMs = seconds ? whole * 1000 + thousandths : whole;
                return timeMs <= MaxTimeMs;
            }
        }
        if (!Utf8Parser.TryParse(text, out double number, out int used) || used != text.Length) return false;
        if (seconds) number *= 1000;
        if (!(number >= 0 && number <= MaxTimeMs)) return false;
        timeMs = (long)Math.Round(number);
        return true;
    }

    /// <summary>
    /// yyyy-MM-dd or yyyy/MM/dd, then optionally T or blank, HH:mm, :ss, fraction, and Z, UTC or an offset;
    /// or yyyyMMdd, yyyyMMddHHmmss.
    /// </summary>
    public static bool TryParseIso(ReadOnlySpan<byte> text, out long timeMs)
    {
        if (TryParseCompact(text.Trim((byte)' '), out timeMs)) return true;
        var cursor = new Cursor(text.Trim((byte)' '));
        if (!cursor.Number(4, out int year) || !cursor.Any((byte)'-', (byte)'/')
            || !cursor.Number(2, out int month)
            || !cursor.Any((byte)'-', (byte)'/') || !cursor.Number(2, out int day)) return false;
        if (month is < 1 or > 12 || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        long ms =
            (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        if (!cursor.AtEnd)
        {
            if (!cursor.Any((byte)'T', (byte)' ', (byte)'t') || !cursor.Number(2, out int hour)
                || !cursor.Any((byte)':') || !cursor.Number(2, out int minute)) return false;
            int second = 0;
            int thousandths = 0;
            if (cursor.Any((byte)':'))
            {
                if (!cursor.Number(2, out second)) return false;
                if (cursor.Any((byte)'.', (byte)',') && !cursor.Thousandths(out thousandths)) return false;
            }
            if (hour > 23 || minute > 59 || second > 60 || !cursor.Zone(out int offsetMinutes)) return false;
            ms += ((hour * 60L + minute - offsetMinutes) * 60 + second) * 1000 + thousandths;
        }
        timeMs = ms;
        return cursor.AtEnd && ms is >= 0 and <= MaxTimeMs;
    }

    private ref struct Cursor(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public readonly bool AtEnd => _rest.IsEmpty;

        public bool Number(int digits, out int value)
        {
            value = 0;
            if (_rest.Length < digits) return false;
            for (int i = 0; i < digits; i++)
            {
                uint digit = (uint)(_rest[i] - '0');
                if (digit > 9) return false;
                value = value * 10 + (int)digit;
            }
            _rest = _rest[digits..];
            return true;
        }

        public bool Any(params ReadOnlySpan<byte> accepted)
        {
            if (_rest.IsEmpty || !accepted.Contains(_rest[0])) return false;
            _rest = _rest[1..];
            return true;
        }

        public bool Thousandths(out int value)
        {
            value = 0;
            int digits = 0;
            for (; !_rest.IsEmpty && (uint)(_rest[0] - '0') <= 9; _rest = _rest[1..], digits++)
                if (digits < 3) value = value * 10 + (_rest[0] - '0');
            for (int i = digits; i < 3; i++) value *= 10;
            return digits > 0;
        }

        public bool Zone(out int minutes)
        {
            minutes = 0;
            _ = Any((byte)' ');
            if (_rest.IsEmpty || Any((byte)'Z', (byte)'z')) return true;
            if (_rest.SequenceEqual("UTC"u8) || _rest.SequenceEqual("GMT"u8))
            {
                _rest = default;
                return true;
            }
            int sign = _rest[0] == (byte)'-' ? -1 : 1;
            int minute = 0;
            if (!Any((byte)'+', (byte)'-') || !Number(2, out int hour)) return false;
            if (!_rest.IsEmpty)
            {
                _ = Any((byte)':');
                if (!Number(2, out minute)) return false;
            }
            minutes = sign * (hour * 60 + minute);
            return hour <= 18 && minute <= 59;
        }
    }
}
