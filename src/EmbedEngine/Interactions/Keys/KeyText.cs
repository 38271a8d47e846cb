// Text of keys to numbers, at byte level. Must stay strict: two spellings must never become one int64 key.

using System.Runtime.CompilerServices;
using System.Text;

namespace EmbedEngine.Interactions.Keys;

/// <summary>Canonical int64 parsing.</summary>
internal static class KeyText
{
    /// <summary>
    /// Parses digits with an optional minus. Refuses what a number would not print back as: leading zeros, a
    /// plus, −0, blanks, overflow. So "007" stays a text key of its own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParseInt64(ReadOnlySpan<byte> text, out long value)
    {
        // Up to 18 digits cannot overflow: the usual case without a check a digit.
        if (text.Length is > 0 and <= 18)
        {
            uint first = (uint)(text[0] - '0');
            if (first is > 0 and <= 9 || (first == 0 && text.Length == 1))
            {
                long sum = first;
                int i = 1;
                for (; i < text.Length; i++)
                {
                    uint digit = (uint)(text[i] - '0');
                    if (digit > 9) break;
                    sum = sum * 10 + digit;
                }
                value = sum;
                return i == text.Length;
            }
        }
        return TryParseRare(text, out value);
    }

    /// <summary>
    /// Whether a text is how programs write a value that is not there. It is never a key: all rows without
    /// one would be one visitor, or one item.
    /// </summary>
    public static bool IsMissing(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => true,
        2 => text.SequenceEqual("\\N"u8) || text.SequenceEqual("NA"u8),
        3 => Ascii.EqualsIgnoreCase(text, "nan"u8) || text.SequenceEqual("NaT"u8),
        4 => Ascii.EqualsIgnoreCase(text, "null"u8) || text.SequenceEqual("None"u8)
            || text.SequenceEqual("<NA>"u8),
        _ => false,
    };

    /// <summary>As for UTF-8; null is missing too.</summary>
    public static bool IsMissing(string? text) =>
        string.IsNullOrEmpty(text) || (text.Length <= 4 && IsMissing(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Whether a text is a number as a program writes it whose column had gaps, or was read by a spreadsheet:
    /// 10.0, 1.23E+05.
    /// </summary>
    public static bool IsFloating(ReadOnlySpan<byte> text) =>
        text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') > 0
        && System.Buffers.Text.Utf8Parser.TryParse(text, out double _, out int used) && used == text.Length;

    private static bool TryParseRare(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty) return false;
        bool negative = text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > 19 || (digits[0] == (byte)'0' && (negative || digits.Length > 1)))
            return false;
        ulong sum = 0;
        foreach (byte b in digits)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9) return false;
            sum = sum * 10 + digit; // 19 digits fit 64 unsigned bits.
        }
        if (sum > (negative ? 1UL << 63 : long.MaxValue)) return false;
        value = negative ? unchecked(-(long)sum) : (long)sum;
        return true;
    }
}
