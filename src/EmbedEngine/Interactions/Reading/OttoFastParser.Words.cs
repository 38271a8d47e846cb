// The same by words: a literal is one comparison, a number two or three multiplications (digits of a word are
// paired, then the pairs, then the fours), a name one comparison with the names met before. Every word lies
// inside the line, since an event is only begun where the longest one fits. Little-endian.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Interactions.Reading;

internal sealed partial class OttoFastParser
{
    // {"aid": + 16 digits, ,"ts": + 16, ,"type":" + 7 letters, "}, and the word that may be read past each.
    private const int LongestEvent = 80;
    private const int LongestName = 7;
    private const ulong Tops = 0x8080808080808080;
    private const ulong Ones = 0x0101010101010101;

    private static readonly ulong s_aid = Word("{\"aid\":\0"u8);
    private static readonly ulong s_ts = Word(",\"ts\":\0\0"u8);
    private static readonly ulong s_type = Word(",\"type\":"u8);

    private readonly ulong[] _names = new ulong[8]; // names met, padded with zeros
    private readonly byte[] _codes = new byte[8];
    private int _nameCount;

    /// <summary>
    /// Takes events as long as they are plain; gives where the first one begins that was not taken.
    /// </summary>
    private int ReadWords(ReadOnlySpan<byte> line, int at)
    {
        while (line.Length - at >= LongestEvent)
        {
            ReadOnlySpan<byte> e = line.Slice(at, LongestEvent);
            if ((Read(e, 0) ^ s_aid) << 8 != 0) break;
            int i = 7;
            if (!Number(e, ref i, out long item) || (Read(e, i) ^ s_ts) << 16 != 0) break;
            i += 6;
            if (!Number(e, ref i, out long time) || time > TimeText.MaxTimeMs) break;
            if (Read(e, i) != s_type || e[i + 8] != (byte)'"') break;
            i += 9;
            ulong word = Read(e, i);
            ulong quote = word ^ (Ones * '"');
            // 8: none in the word
            int length = BitOperations.TrailingZeroCount((quote - Ones) & ~quote & Tops) >> 3;
            if (length > LongestName || !TryName(word & ((1UL << (length * 8)) - 1), out byte action)) break;
            i += length;
            // the last event is left to the bytes
            if ((Read(e, i) & 0xFFFFFF) != ('"' | '}' << 8 | ',' << 16)) break;
            if (Count == Items.Length) Grow();
            Items[Count] = item;
            Times[Count] = time;
            Actions[Count++] = action;
            at += i + 3;
        }
        return at;
    }

    /// <summary>1 to 15 digits without leading zeros and a byte that is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Number(ReadOnlySpan<byte> e, ref int at, out long value)
    {
        ulong word = Read(e, at) ^ (Ones * '0');
        int digits = LeadingDigits(word);
        bool good = digits > 0 && ((word & 0xFF) != 0 || digits == 1);
        value = (long)Value(word, digits);
        at += digits;
        if (digits < 8) return good;
        word = Read(e, at) ^ (Ones * '0');
        digits = LeadingDigits(word);
        value = value * s_powers[digits] + (long)Value(word, digits);
        at += digits;
        return good && digits < 8;
    }

    private static readonly long[] s_powers =
        [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>
    /// How many bytes from the first are 0 to 9; the sum carries into later bytes only, which do not matter.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LeadingDigits(ulong word) =>
        BitOperations.TrailingZeroCount(((word + (Ones * 0x76)) | word) & Tops) >> 3;

    /// <summary>The number of the first digits of a word, 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Value(ulong word, int digits)
    {
        if (digits == 0) return 0;
        word <<= (8 - digits) * 8;
        word = word * 10 + (word >> 8);
        return ((word & 0x000000FF000000FF) * 0x000F424000000064
            + ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
    }

    private bool TryName(ulong name, out byte code)
    {
        for (int n = 0; n < _nameCount; n++)
        {
            if (_names[n] != name) continue;
            code = _codes[n];
            return true;
        }
        code = 0;
        return false;
    }

    /// <summary>Remembers a name that was read byte by byte.</summary>
    private void NoteName(ReadOnlySpan<byte> name, byte code)
    {
        if (_nameCount == _names.Length || name.Length > LongestName) return;
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        name.CopyTo(padded);
        if (TryName(Word(padded), out _)) return;
        (_names[_nameCount], _codes[_nameCount]) = (Word(padded), code);
        _nameCount++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ReadOnlySpan<byte> e, int at) => MemoryMarshal.Read<ulong>(e[at..]);

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
