// RFC 4180 at byte level. A quote opens a quoted field only as the field's first byte; elsewhere it is a
// character.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Interactions.Reading;

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
        bool wide = Vector128.IsHardwareAccelerated && record.Length >= Vector128<byte>.Count;
        return wide ? SplitWide(record, delimiter, starts, ends)
            : SplitScalar(record, delimiter, starts, ends);
    }

    /// <summary>The readable twin of <see cref="SplitWide"/>.</summary>
    internal static int SplitScalar(
        ReadOnlySpan<byte> record, byte delimiter, Span<int> starts, Span<int> ends)
    {
        var fields = new FieldCutter(starts, ends);
        for (int at = 0; at < record.Length; at++)
        {
            if (record[at] == delimiter) fields.Cut(at);
        }
        return fields.Finish(record.Length);
    }

    /// <summary>
    /// The delimiters of 64, 32 or 16 bytes at a time as a mask, one scan for all fields; the record has at
    /// least 16 bytes.
    /// </summary>
    internal static int SplitWide(ReadOnlySpan<byte> record, byte delimiter, Span<int> starts, Span<int> ends)
    {
        var fields = new FieldCutter(starts, ends);
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; at + Vector512<byte>.Count <= record.Length; at += Vector512<byte>.Count)
            {
                Vector512<byte> bytes = Vector512.Create(record[at..]);
                ulong found =
                    Vector512.Equals(bytes, Vector512.Create(delimiter)).ExtractMostSignificantBits();
                for (; found != 0; found &= found - 1)
                    fields.Cut(at + BitOperations.TrailingZeroCount(found));
            }
        }
        if (Vector256.IsHardwareAccelerated)
        {
            for (; at + Vector256<byte>.Count <= record.Length; at += Vector256<byte>.Count)
            {
                Vector256<byte> bytes = Vector256.Create(record[at..]);
                uint found =
                    Vector256.Equals(bytes, Vector256.Create(delimiter)).ExtractMostSignificantBits();
                for (; found != 0; found &= found - 1)
                    fields.Cut(at + BitOperations.TrailingZeroCount(found));
            }
        }
        while (at < record.Length)
        {
            // The last step reaches back over bytes that were looked at, and forgets what it finds there.
            int from = Math.Min(at, record.Length - Vector128<byte>.Count);
            Vector128<byte> bytes = Vector128.Create(record[from..]);
            uint found = Vector128.Equals(bytes, Vector128.Create(delimiter)).ExtractMostSignificantBits();
            found &= uint.MaxValue << (at - from);
            for (; found != 0; found &= found - 1) fields.Cut(from + BitOperations.TrailingZeroCount(found));
            at = from + Vector128<byte>.Count;
        }
        return fields.Finish(record.Length);
    }

    /// <summary>Notes fields from one delimiter to the next.</summary>
    private ref struct FieldCutter(Span<int> starts, Span<int> ends)
    {
        private readonly Span<int> _starts = starts;
        private readonly Span<int> _ends = ends;
        private int _fields;
        private int _start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Cut(int at)
        {
            if ((uint)_fields < (uint)_starts.Length)
            {
                _starts[_fields] = _start;
                _ends[_fields] = at;
            }
            _fields++;
            _start = at + 1;
        }

        public int Finish(int length)
        {
            Cut(length);
            return _fields;
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
