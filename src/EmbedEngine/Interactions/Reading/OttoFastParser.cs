// OTTO lines exactly as OTTO writes them, with int64 keys and ms times: one pass, no tokens, no copies of
// text. Anything else (blanks, other orders, escapes, strings, unknown actions) is left to SessionLineParser
// by answering false; the answer never differs from its answer. Events are read in words of eight bytes where
// enough of the line is left (OttoFastParser.Words.cs), else byte by byte: what the words do not know, the
// bytes decide.

using System.Runtime.CompilerServices;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>
/// The fast path for <c>{"session":1,"events":[{"aid":7,"ts":1659304800025,"type":"clicks"},…]}</c>.
/// </summary>
internal sealed partial class OttoFastParser(ActionTable actions)
{
    public long Session { get; private set; }

    public int Count { get; private set; }

    public long[] Items { get; private set; } = new long[64];

    public long[] Times { get; private set; } = new long[64];

    public byte[] Actions { get; private set; } = new byte[64];

    /// <summary>Whether words are read at all; tests hold both ways against each other.</summary>
    public bool UseWords { get; init; } = BitConverter.IsLittleEndian;

    /// <summary>Parses a line; false where it is not exactly of this shape.</summary>
    public bool TryParse(ReadOnlySpan<byte> line)
    {
        Count = 0;
        int at = 0;
        if (!Literal(line, "{\"session\":"u8, ref at) || !Digits(line, ref at, out long session)
            || !Literal(line, ",\"events\":["u8, ref at)) return false;
        Session = session;
        while (true)
        {
            if (UseWords) at = ReadWords(line, at);
            if (!Literal(line, "{\"aid\":"u8, ref at) || !Digits(line, ref at, out long item)
                || !Literal(line, ",\"ts\":"u8, ref at) || !Digits(line, ref at, out long time)
                || time > TimeText.MaxTimeMs || !Literal(line, ",\"type\":\""u8, ref at)) return false;
            int length = 0;
            while (at + length < line.Length && line[at + length] is >= (byte)'_' and <= (byte)'z') length++;
            if (length == 0 || !actions.TryGetSeen(line.Slice(at, length), out byte action)) return false;
            NoteName(line.Slice(at, length), action);
            at += length;
            if (Count == Items.Length) Grow();
            Items[Count] = item;
            Times[Count] = time;
            Actions[Count++] = action;
            if (Literal(line, "\"},"u8, ref at)) continue;
            return Literal(line, "\"}]}"u8, ref at) && at == line.Length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Literal(ReadOnlySpan<byte> line, ReadOnlySpan<byte> literal, ref int at)
    {
        if (!line[at..].StartsWith(literal)) return false;
        at += literal.Length;
        return true;
    }

    /// <summary>1 to 18 digits without leading zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Digits(ReadOnlySpan<byte> line, ref int at, out long value)
    {
        long sum = 0;
        int i = at;
        for (; i < line.Length; i++)
        {
            uint digit = (uint)(line[i] - '0');
            if (digit > 9) break;
            sum = sum * 10 + digit;
        }
        int digits = i - at;
        bool good = digits is > 0 and <= 18 && (line[at] != (byte)'0' || digits == 1);
        value = sum;
        at = i;
        return good;
    }

    private void Grow()
    {
        (long[] items, long[] times, byte[] codes) = (Items, Times, Actions);
        Array.Resize(ref items, Count * 2);
        Array.Resize(ref times, Count * 2);
        Array.Resize(ref codes, Count * 2);
        (Items, Times, Actions) = (items, times, codes);
    }
}
