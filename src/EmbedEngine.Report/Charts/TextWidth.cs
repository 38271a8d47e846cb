// How wide a text comes out, before any browser has set it: enough to leave room beside an axis. Widths by
// kind of letter, for the sans serif of whoever reads; better too wide than cut off.

namespace EmbedEngine.Report.Charts;

/// <summary>An estimate of widths of text.</summary>
internal static class TextWidth
{
    private const double Narrow = .36;
    private const double Usual = .62;
    private const double Capital = .73;
    private const double Broad = .95;

    /// <summary>CJK, Hangul, emoji: squares.</summary>
    private const double Square = 1;
    private const char FirstSquare = '\u2e80';

    /// <summary>Width in the unit of the font's size.</summary>
    public static double Of(string text, double fontSize)
    {
        double width = 0;
        foreach (char c in text)
        {
            width += c switch
            {
                'i' or 'j' or 'l' or 'I' or 't' or 'f' or 'r' or ' ' or '.' or ',' or ':' or ';' or '!'
                    or '\'' or '|' or '(' or ')' => Narrow,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => Broad,
                >= 'A' and <= 'Z' => Capital,
                >= FirstSquare => Square,
                _ => Usual,
            };
        }
        return width * fontSize;
    }
}
