using System.Globalization;
using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>Text of the log and the catalogue, and numbers, as they may stand in a page.</summary>
internal static class HtmlText
{
    private const char Replacement = '\ufffd';

    /// <summary>
    /// Text as content of an element or of an attribute in quotes. What no XML document may hold (control
    /// characters, halves of pairs) is replaced.
    /// </summary>
    public static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '"': escaped.Append("&quot;"); break;
                case '\'': escaped.Append("&#39;"); break;
                case '\t' or '\n' or '\r': escaped.Append(' '); break;
                case < ' ' or '\u007f' or '\ufffe' or '\uffff': escaped.Append(Replacement); break;
                default:
                    if (!char.IsSurrogate(c)) escaped.Append(c);
                    else if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                        escaped.Append(c).Append(text[++i]);
                    else escaped.Append(Replacement);
                    break;
            }
        }
        return escaped.ToString();
    }

    /// <summary>The first characters of a text, with an ellipsis where there were more; pairs stay whole.
    /// </summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length) return text;
        int end = length - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    /// <summary>1,427,332</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>12.3 % of a share, 0 to 1; the sign stays with its number.</summary>
    public static string Percent(double share) =>
        (share * 100).ToString(
            Math.Abs(share) is > 0 and < .001 ? "0.000" : "0.0", CultureInfo.InvariantCulture) + "\u00a0%";

    /// <summary>+1.2 of a difference of two shares, in points of a percent.</summary>
    public static string Points(double difference) =>
        (difference * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>A number with so many significant digits; a whole one is written as one.</summary>
    public static string Number(double number, int digits = 3)
    {
        if (number == 0 || !double.IsFinite(number)) return number.ToString(CultureInfo.InvariantCulture);
        if (Math.Abs(number) < 1e15 && number == Math.Round(number)) return Count((long)number);
        int decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 9);
        return number.ToString("N" + decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>A length of time in the unit people use for it.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 120 => $"{Number(seconds, 2)} s",
        < 7200 => $"{Number(seconds / 60, 2)} min",
        < 172_800 => $"{Number(seconds / 3600, 2)} h",
        _ => $"{Number(seconds / 86_400, 2)} days",
    };

    /// <summary>A sentence from what was written to stand alone in a list.</summary>
    public static string Sentence(string text) => text.Length == 0 ? text
        : char.ToUpperInvariant(text[0]) + text[1..] + (text[^1] is '.' or '!' or '?' ? "" : ".");

    /// <summary>2024-12-31 of milliseconds since 1970.</summary>
    public static string Day(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString(
        "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
