// Times of the input to int64 milliseconds since 1970-01-01 UTC. Times before 1970 and after the year 9999
// are refused: in event logs they are mistakes of unit or parsing. Dates written out are DateText's.

using System.Buffers.Text;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Parses times in one unit.</summary>
internal static class TimeText
{
    public const long MaxTimeMs = 253_402_300_799_999;

    /// <summary>
    /// Seconds reach 1e11 in the year 5138, milliseconds did in 1973: in between lies every real log. So do
    /// microseconds above 1e14 and nanoseconds above 1e17.
    /// </summary>
    public const long SmallestMilliseconds = 100_000_000_000;

    private const double SmallestMicroseconds = 1e14, SmallestNanoseconds = 1e17;

    /// <param name="text">One time.</param>
    /// <param name="unit">How it is written.</param>
    /// <param name="timeMs">Milliseconds since 1970 in UTC.</param>
    /// <param name="zone">Where dates without an offset are of; null = UTC.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> text, TimeUnit unit, out long timeMs, TimeZoneInfo? zone = null) => unit switch
    {
        TimeUnit.Iso => DateText.TryParseIso(text, zone, out timeMs),
        TimeUnit.DayFirst => DateText.TryParseSlashed(text, dayFirst: true, zone, out timeMs),
        TimeUnit.MonthFirst => DateText.TryParseSlashed(text, dayFirst: false, zone, out timeMs),
        _ => TryParseNumber(text, unit, out timeMs),
    };

    /// <summary>What a text looks like: Auto = not a time that is supported, or one of two kinds.</summary>
    public static TimeUnit Guess(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        if (Utf8Parser.TryParse(text, out double number, out int used) && used == text.Length)
            return number is >= 0 and <= long.MaxValue ? UnitOf(number) : TimeUnit.Auto;
        return DateText.TryParseIso(text, null, out _) ? TimeUnit.Iso : DateText.GuessOrder(text, out _);
    }

    /// <summary>What a number of this size since 1970 counts.</summary>
    public static TimeUnit UnitOf(double number) => Math.Abs(number) switch
    {
        < SmallestMilliseconds => TimeUnit.Seconds,
        < SmallestMicroseconds => TimeUnit.Milliseconds,
        < SmallestNanoseconds => TimeUnit.Microseconds,
        _ => TimeUnit.Nanoseconds,
    };

    private static bool TryParseNumber(ReadOnlySpan<byte> text, TimeUnit unit, out long timeMs)
    {
        timeMs = 0;
        int i = 0;
        ulong whole = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            if (i == 19) return false;
            whole = whole * 10 + (uint)(text[i] - '0');
        }
        if (i == 0) return false;
        if (i == text.Length) return TryScale(whole, unit, 0, out timeMs);
        return TryParseFraction(text, i, whole, unit, out timeMs);
    }

    /// <summary>Whole units, and of seconds the thousandths, to milliseconds; what is finer is cut off.
    /// </summary>
    private static bool TryScale(ulong whole, TimeUnit unit, uint thousandths, out long timeMs)
    {
        ulong ms = unit switch
        {
            TimeUnit.Seconds => whole > MaxTimeMs / 1000 ? ulong.MaxValue : whole * 1000 + thousandths,
            TimeUnit.Microseconds => whole / 1000,
            TimeUnit.Nanoseconds => whole / 1_000_000,
            _ => whole,
        };
        timeMs = ms > MaxTimeMs ? 0 : (long)ms;
        return ms <= MaxTimeMs;
    }

    private static bool TryParseFraction(
        ReadOnlySpan<byte> text, int i, ulong whole, TimeUnit unit, out long timeMs)
    {
        timeMs = 0;
        // Where decimals have commas, their seconds do.
        if (text[i] is (byte)'.' or (byte)',')
        {
            uint thousandths = 0;
            int digits = 0;
            int at = i + 1;
            for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++, digits++)
            {
                if (digits < 3) thousandths = thousandths * 10 + (uint)(text[at] - '0');
                // Floating-point writers turn .94 into .939999999: the fourth digit rounds.
                else if (digits == 3 && text[at] >= (byte)'5') thousandths++;
            }
            if (at == text.Length)
            {
                for (; digits < 3; digits++) thousandths *= 10;
                return TryScale(whole, unit, thousandths, out timeMs);
            }
        }
        if (!Utf8Parser.TryParse(text, out double number, out int used) || used != text.Length) return false;
        number *= unit switch
        {
            TimeUnit.Seconds => 1000, TimeUnit.Microseconds => 1e-3, TimeUnit.Nanoseconds => 1e-6, _ => 1,
        };
        if (!(number >= 0 && number <= MaxTimeMs)) return false;
        timeMs = (long)Math.Round(number);
        return true;
    }
}
