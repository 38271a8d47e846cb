// Dates and times written out: ISO 8601 and what databases, spreadsheets and people make of it.

namespace EmbedEngine.Interactions.Reading;

/// <summary>Parses dates to milliseconds since 1970-01-01 UTC.</summary>
internal static class DateText
{
    /// <summary>Whether a text is yyyyMMdd or yyyyMMddHHmmss of the years 1970 to 2100.</summary>
    public static bool IsCompact(ReadOnlySpan<byte> text) =>
        TryParseCompact(text.Trim((byte)' '), null, out long ms) && ms < LastCompactMs;

    private const long LastCompactMs = 4_133_980_800_000; // 2101-01-01

    private static bool TryParseCompact(ReadOnlySpan<byte> text, TimeZoneInfo? zone, out long timeMs)
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
        return TryUtc(Milliseconds(year, month, day, hour, minute, second), zone, out timeMs);
    }

    /// <summary>
    /// yyyy-MM-dd or yyyy/MM/dd, then optionally T or blank, HH:mm, :ss, fraction, and Z, UTC or an offset;
    /// or yyyyMMdd, yyyyMMddHHmmss.
    /// </summary>
    public static bool TryParseIso(ReadOnlySpan<byte> text, TimeZoneInfo? zone, out long timeMs)
    {
        if (TryParseCompact(text.Trim((byte)' '), zone, out timeMs)) return true;
        var cursor = new Cursor(text.Trim((byte)' '));
        if (!cursor.Number(4, out int year) || !cursor.Any((byte)'-', (byte)'/')
            || !cursor.Number(2, out int month)
            || !cursor.Any((byte)'-', (byte)'/') || !cursor.Number(2, out int day)) return false;
        if (month is < 1 or > 12 || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        long ms = Milliseconds(year, month, day, 0, 0, 0);
        bool local = true;
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
            if (hour > 23 || minute > 59 || second > 60 || !cursor.Zone(out int offsetMinutes, out local))
                return false;
            ms += ((hour * 60L + minute - offsetMinutes) * 60 + second) * 1000 + thousandths;
        }
        return TryUtc(ms, local ? zone : null, out timeMs) && cursor.AtEnd;
    }

    /// <summary>
    /// dd/MM/yyyy or MM/dd/yyyy (also with points or hyphens, and one digit where one is enough), then
    /// optionally a blank, T or comma, HH:mm, :ss, fraction, AM or PM.
    /// </summary>
    public static bool TryParseSlashed(
        ReadOnlySpan<byte> text, bool dayFirst, TimeZoneInfo? zone, out long timeMs)
    {
        timeMs = 0;
        var cursor = new Cursor(text.Trim((byte)' '));
        if (!cursor.Slashed(out int day, out int month, out int year, out _)) return false;
        if (!dayFirst) (day, month) = (month, day);
        if (month is < 1 or > 12 || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        (int hour, int minute, int second, int thousandths) = (0, 0, 0, 0);
        if (!cursor.AtEnd)
        {
            _ = cursor.Any((byte)',');
            _ = cursor.Any((byte)' ', (byte)'T');
            if (!cursor.OneOrTwo(out hour) || !cursor.Any((byte)':') || !cursor.Number(2, out minute))
                return false;
            if (cursor.Any((byte)':') && !cursor.Number(2, out second)) return false;
            if (cursor.Any((byte)'.') && !cursor.Thousandths(out thousandths)) return false;
            if (!cursor.Half(ref hour)) return false;
        }
        if (hour > 23 || minute > 59 || second > 60) return false;
        return TryUtc(Milliseconds(year, month, day, hour, minute, second) + thousandths, zone, out timeMs)
            && cursor.AtEnd;
    }

    /// <summary>
    /// Day or month first, where a text with slashes says it: by a number above 12, or by points, which
    /// nobody writes with the month before. Auto where it does not.
    /// </summary>
    /// <param name="text">One time.</param>
    /// <param name="either">It could be both.</param>
    public static TimeUnit GuessOrder(ReadOnlySpan<byte> text, out bool either)
    {
        bool day = TryParseSlashed(text, dayFirst: true, null, out _);
        bool month = TryParseSlashed(text, dayFirst: false, null, out _);
        either = false;
        if (day && month)
        {
            var cursor = new Cursor(text.Trim((byte)' '));
            either = cursor.Slashed(out _, out _, out _, out byte separator) && separator != (byte)'.';
            return either ? TimeUnit.Auto : TimeUnit.DayFirst;
        }
        return day ? TimeUnit.DayFirst : month ? TimeUnit.MonthFirst : TimeUnit.Auto;
    }

    /// <summary>
    /// A time of a clock to UTC. One that the clocks went through twice is taken by the zone's standard time,
    /// one that they skipped as if they had not.
    /// </summary>
    private static bool TryUtc(long clockMs, TimeZoneInfo? zone, out long timeMs)
    {
        timeMs = clockMs;
        if (zone is not null && clockMs is >= 0 and <= TimeText.MaxTimeMs)
        {
            var clock = new DateTime(DateTime.UnixEpoch.Ticks + clockMs * TimeSpan.TicksPerMillisecond);
            timeMs -= (long)zone.GetUtcOffset(clock).TotalMilliseconds;
        }
        return timeMs is >= 0 and <= TimeText.MaxTimeMs;
    }

    /// <summary>A second of 60 is a leap second and becomes the next minute's first.</summary>
    private static long Milliseconds(int year, int month, int day, int hour, int minute, int second) =>
        (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond
        + ((hour * 60L + minute) * 60 + second) * 1000;

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

        public bool OneOrTwo(out int value) => Number(2, out value) || Number(1, out value);

        /// <summary>Two numbers of one or two digits and one of four, with one separator.</summary>
        public bool Slashed(out int first, out int second, out int year, out byte separator)
        {
            (second, year, separator) = (0, 0, 0);
            if (!OneOrTwo(out first) || _rest.IsEmpty) return false;
            separator = _rest[0];
            return Any((byte)'/', (byte)'.', (byte)'-') && OneOrTwo(out second) && Any(separator)
                && Number(4, out year);
        }

        /// <summary>AM or PM, where it is there, for hours from 1 to 12.</summary>
        public bool Half(ref int hour)
        {
            _ = Any((byte)' ');
            if (_rest.IsEmpty) return true;
            bool afternoon = Any((byte)'P', (byte)'p');
            if ((!afternoon && !Any((byte)'A', (byte)'a')) || !Any((byte)'M', (byte)'m')) return false;
            if (hour is < 1 or > 12) return false;
            hour = hour % 12 + (afternoon ? 12 : 0);
            return true;
        }

        /// <param name="minutes">The offset from UTC.</param>
        /// <param name="local">None is said.</param>
        public bool Zone(out int minutes, out bool local)
        {
            minutes = 0;
            _ = Any((byte)' ');
            local = _rest.IsEmpty;
            if (local || Any((byte)'Z', (byte)'z')) return true;
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
