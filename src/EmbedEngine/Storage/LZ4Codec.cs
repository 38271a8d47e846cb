// LZ4 block format codec (lz4_Block_format.md, block format 1.6), with the method shapes of
// K4os.Compression.LZ4 so that the package can take its place where a registry serves it. Greedy, one hash
// probe a position, as the reference's "fast" level 1. Must never read or write outside the spans it was
// given, whatever the input.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>Compresses and decompresses single LZ4 blocks (no frame, no dictionary).</summary>
internal static class LZ4Codec
{
    private const int MinMatch = 4;
    private const int MatchLimit = 12;      // The last match starts at least 12 bytes before the end …
    // … and the last 5 bytes are literals: the format's end conditions.
    private const int LastLiterals = 5;
    private const int MaxOffset = 65535;
    private const int HashBits = 13;
    private const int SkipTrigger = 6;      // Steps grow by one each 64 misses, so that noise passes quickly.
    private const int RunMask = 15;

    [ThreadStatic]
    private static int[]? s_table;

    /// <summary>
    /// The size that always holds the result of <see cref="Encode"/>; 0 for a length it does not take.
    /// </summary>
    public static int MaximumOutputSize(int length) =>
        length is < 0 or > 0x7E000000 ? 0 : length + length / 255 + 16;

    /// <summary>
    /// Compresses; gives the bytes written, or −1 if the target is too small. Empty input gives one byte.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (MaximumOutputSize(source.Length) == 0) return -1;
        int anchor = 0;
        int written = 0;
        if (source.Length > MatchLimit)
        {
            int[] table = s_table ??= new int[1 << HashBits];
            // Entries are position + 1: 0 is "none", so stale ones never leak between calls.
            Array.Clear(table);
            int last = source.Length - MatchLimit;
            int position = 0;
            int searches = 1 << SkipTrigger;
            while (position <= last)
            {
                uint sequence = Read32(source, position);
                int slot = (int)((sequence * 2654435761u) >> (32 - HashBits));
                int candidate = table[slot] - 1;
                table[slot] = position + 1;
                if (candidate < 0 || position - candidate > MaxOffset
                    || Read32(source, candidate) != sequence)
                {
                    position += searches++ >> SkipTrigger;
                    continue;
                }
                while (position > anchor && candidate > 0 && source[position - 1] == source[candidate - 1])
                {
                    position--;
                    candidate--;
                }
                int length = MinMatch + CommonLength(
                    source[(position + MinMatch)..(source.Length - LastLiterals)],
                    source[(candidate + MinMatch)..]);
                written = PutSequence(
                    target, written, source[anchor..position], position - candidate, length - MinMatch);
                if (written < 0) return -1;
                position += length;
                anchor = position;
                searches = 1 << SkipTrigger;
                if (position <= last)
                    table[(int)((Read32(source, position - 2) * 2654435761u) >> (32 - HashBits))] =
                        position - 1;
            }
        }
        return PutSequence(target, written, source[anchor..], 0, 0);
    }

    /// <summary>
    /// Decompresses one block; gives the bytes written, or −1 if the input is damaged or the target too
    /// small.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int read = 0;
        int written = 0;
        while (true)
        {
            if (read >= source.Length) return -1;
            int token = source[read++];
            int literals = token >> 4;
            if (literals == RunMask && !TryReadLength(source, ref read, ref literals)) return -1;
            if (literals > source.Length - read || literals > target.Length - written) return -1;
            source.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == source.Length) return (token & RunMask) == 0 ? written : -1;
            if (source.Length - read < 2) return -1;
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(source[read..]);
            read += 2;
            if (offset == 0 || offset > written) return -1;
            int length = token & RunMask;
            if (length == RunMask && !TryReadLength(source, ref read, ref length)) return -1;
            if (length > target.Length - written - MinMatch) return -1;
            CopyMatch(target, written, offset, length + MinMatch);
            written += length + MinMatch;
        }
    }

    private static void CopyMatch(Span<byte> target, int written, int offset, int length)
    {
        int from = written - offset;
        if (offset == 1)
        {
            target.Slice(written, length).Fill(target[from]);
            return;
        }
        // Source and destination may overlap: each pass copies what is there already, which doubles every
        // time.
        while (length > 0)
        {
            int step = Math.Min(length, written - from);
            target.Slice(from, step).CopyTo(target[written..]);
            written += step;
            length -= step;
        }
    }

    private static bool TryReadLength(ReadOnlySpan<byte> source, ref int read, ref int length)
    {
        while (read < source.Length)
        {
            int more = source[read++];
            length += more;
            if (length < 0) return false;
            if (more != 255) return true;
        }
        return false;
    }

    /// <summary>Writes one sequence; an offset of 0 writes literals only (the end of the block).</summary>
    private static int PutSequence(
        Span<byte> target, int written, ReadOnlySpan<byte> literals, int offset, int matchLength)
    {
        int need =
            1 + literals.Length + literals.Length / 255 + 1 + (offset == 0 ? 0 : 2 + matchLength / 255 + 1);
        if (need > target.Length - written
            && ExactSize(literals.Length, offset, matchLength) > target.Length - written)
            return -1;
        int token = written++;
        target[token] = (byte)((Math.Min(literals.Length, RunMask) << 4) | Math.Min(matchLength, RunMask));
        if (literals.Length >= RunMask) written = PutLength(target, written, literals.Length - RunMask);
        literals.CopyTo(target[written..]);
        written += literals.Length;
        if (offset == 0) return written;
        BinaryPrimitives.WriteUInt16LittleEndian(target[written..], (ushort)offset);
        written += 2;
        return matchLength >= RunMask ? PutLength(target, written, matchLength - RunMask) : written;
    }

    private static int ExactSize(int literals, int offset, int matchLength) =>
        1 + literals + (literals >= RunMask ? (literals - RunMask) / 255 + 1 : 0)
        + (offset == 0 ? 0 : 2 + (matchLength >= RunMask ? (matchLength - RunMask) / 255 + 1 : 0));

    private static int PutLength(Span<byte> target, int written, int length)
    {
        for (; length >= 255; length -= 255) target[written++] = 255;
        target[written++] = (byte)length;
        return written;
    }

    private static int CommonLength(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int i = 0;
        for (; i + 8 <= a.Length && i + 8 <= b.Length; i += 8)
        {
            ulong difference = BinaryPrimitives.ReadUInt64LittleEndian(a[i..])
                ^ BinaryPrimitives.ReadUInt64LittleEndian(b[i..]);
            if (difference != 0) return i + (BitOperations.TrailingZeroCount(difference) >> 3);
        }
        while (i < a.Length && i < b.Length && a[i] == b[i]) i++;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ReadOnlySpan<byte> source, int at) =>
        MemoryMarshal.Read<uint>(source.Slice(at, sizeof(uint)));
}
