// Reads varints of one column, bounds-checked: a damaged column is an answer, never an exception.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmbedEngine.Interactions.Log;

/// <summary>
/// A cursor over one column. After a failure <see cref="Failed"/> stays true and values are 0.
/// </summary>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public bool Failed { get; private set; }

    /// <summary>All bytes were read and none was missing.</summary>
    public readonly bool Complete => !Failed && _at == _bytes.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Unsigned()
    {
        int at = _at;
        if (at <= _bytes.Length - sizeof(uint))
        {
            // Up to four bytes without a branch on their number: groups of seven bits are pushed together.
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);
            uint ends = ~word & 0x80808080;
            if (ends != 0)
            {
                word &= ends ^ (ends - 1);
                _at = at + (BitOperations.TrailingZeroCount(ends) >> 3) + 1;
                return (word & 0x7F) | (word & 0x7F00) >> 1
                    | (word & 0x7F0000) >> 2 | (word & 0x7F000000) >> 3;
            }
        }
        return UnsignedLong();
    }

    public ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - _at))
        {
            Failed = true;
            return default;
        }
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return taken;
    }

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest() => _bytes[_at..];

    private ulong UnsignedLong()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && _at < _bytes.Length; shift += 7)
        {
            byte b = _bytes[_at++];
            if (shift == 63 && b > 1) break;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        Failed = true;
        return 0;
    }
}
