// RFC 4180 at byte level. A quote opens a quoted field only as the field's first byte; elsewhere it is a
// character.

namespace EmbedEngine.Interactions;

/// <summary>Splits delimited records.</summary>
internal static class DelimitedText
{
    private const byte Quote = (byte)'"';

    /// <summary>
    /// True where the bytes end within a quoted field: the record goes on in the next line.
    /// </summary>
    public static bool EndsInsideQuotes(ReadOnlySpan<byte> record, byte delimiter)
    {
        int at = 0;
        while (at < record.Length)
        {
            if (record[at] == Quote)
            {
                at = ClosingQuote(record, at + 1);
                if (at < 0) return true;
                at++;
            }
            int next = record[at..].IndexOf(delimiter);
            if (next < 0) return false;
            at += next + 1;
        }
        return false;
    }

    /// <summary>
    /// Splits a record without quotes: fields i is starts[i] .. ends[i]. Gives the number of fields, also
    /// where there are more than the arrays hold.
    /// </summary>
    public static int Split(ReadOnlySpan<byte> record, byte delimiter, Span<int> starts, Span<int> ends)
    {
        int fields = 0;
        int start = 0;
        while (true)
        {
            int length = record[start..].IndexOf(delimiter);
            if (fields < starts.Length)
            {
                starts[fields] = start;
                ends[fields] = length < 0 ? record.Length : start + length;
            }
            fields++;
            if (length < 0) return fields;
            start += length + 1;
        }
    }

    /// <summary>
    /// Splits a record with quotes into <paramref name="text"/> (as long as the record) with the quotes
    /// undone. Gives −1 where a quote is not closed.
    /// </summary>
    public static int SplitQuoted(
        ReadOnlySpan<byte> record, byte delimiter, Span<byte> text, Span<int> starts, Span<int> ends)
    {
        int fields = 0;
        int at = 0;
        int written = 0;
        while (true)
        {
            int start = written;
            if (at < record.Length && record[at] == Quote)
            {
                int close = ClosingQuote(record, at + 1);
                if (close < 0) return -1;
                for (int i = at + 1; i < close; i++)
                {
                    text[written++] = record[i];
                    if (record[i] == Quote) i++; // The second of a doubled quote.
                }
                at = close + 1;
            }
            int length = record[at..].IndexOf(delimiter);
            ReadOnlySpan<byte> rest = length < 0 ? record[at..] : record.Slice(at, length);
            rest.CopyTo(text[written..]);
            written += rest.Length;
            if (fields < starts.Length) (starts[fields], ends[fields]) = (start, written);
            fields++;
            if (length < 0) return fields;
            at += length + 1;
        }
    }

    /// <summary>
    /// Index of the quote that closes a field whose text begins at <paramref name="from"/>; −1 = none.
    /// </summary>
    private static int ClosingQuote(ReadOnlySpan<byte> record, int from)
    {
        int at = from;
        while (true)
        {
            int found = record[at..].IndexOf(Quote);
            if (found < 0) return -1;
            at += found;
            if (at + 1 >= record.Length || record[at + 1] != Quote) return at;
            at += 2;
        }
    }
}
