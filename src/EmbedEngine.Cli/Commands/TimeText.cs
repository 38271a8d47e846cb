using System.Globalization;

namespace EmbedEngine.Cli.Commands;

/// <summary>Times as people type them.</summary>
internal static class TimeText
{
    // As on import: what is too large to be seconds is milliseconds.
    private const double LargestSeconds = 1e11;

    /// <summary>Milliseconds since 1970 of ISO-8601 text or an epoch in s or ms.</summary>
    public static long ParseMs(string option, string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) && Math.Abs(number) < 1e15)
            return (long)(Math.Abs(number) < LargestSeconds ? number * 1000 : number);
        DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out DateTimeOffset time))
            return time.ToUnixTimeMilliseconds();
        throw new ArgumentException($"{option} '{text}' is neither ISO-8601 nor an epoch in s or ms");
    }
}
