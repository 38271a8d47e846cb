// A growing byte buffer of varints: one column of a block while it is built.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmbedEngine.Interactions.Log;

/// <summary>Appends varints to a reused buffer.</summary>
internal sealed class VarintWriter
{
    private const int MaxVarintBytes = 10;

    private byte[] _bytes = new byte[4096];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>The first bytes of those written, to be filled later.</summary>
    public Span<byte> First(int bytes) => _bytes.AsSpan(0, Math.Min(bytes, _length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unsigned(ulong value)
    {
        if (_bytes.Length - _length < MaxVarintBytes) Grow(MaxVarintBytes);
        byte[] bytes = _bytes;
        int at = _length;
        while (value >= 0x80)
        {
            bytes[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        bytes[at++] = (byte)value;
        _length = at;
    }

    /// <summary>
    /// Appends the zigzag differences of a column of events: <paramref name="last"/> is the value before
    /// them.
    /// </summary>
    public void SignedDifferences(ReadOnlySpan<long> values, long last)
    {
        int most = checked(values.Length * MaxVarintBytes + sizeof(uint));
        if (_bytes.Length - _length < most) Grow(most);
        Span<byte> target = _bytes.AsSpan(_length, most);
        int at = 0;
        foreach (long value in values)
        {
            long difference = unchecked(value - last);
            last = value;
            ulong bits = (ulong)((difference << 1) ^ (difference >> 63));
            if (bits < 1 << 28)
            {
                // Four groups of seven bits are spread over four bytes, all are written, and those in use are
                // passed.
                uint b = (uint)bits;
                uint spread = (b & 0x7F) | (b & 0x3F80) << 1 | (b & 0x1FC000) << 2 | (b & 0xFE00000) << 3;
                // bytes after the first: ⌊bits / 7⌋ for up to 28 of them
                int more = BitOperations.Log2(b | 1) * 37 >> 8;
                BinaryPrimitives.WriteUInt32LittleEndian(
                    target.Slice(at, sizeof(uint)), spread | (0x80808080 & ((1u << (more * 8)) - 1)));
                at += more + 1;
                continue;
            }
            for (; bits >= 0x80; bits >>= 7) target[at++] = (byte)(bits | 0x80);
            target[at++] = (byte)bits;
        }
        _length += at;
    }

    /// <summary>So many bytes behind those written, for the caller to fill.</summary>
    public Span<byte> Extend(int bytes)
    {
        if (_bytes.Length - _length < bytes) Grow(bytes);
        _length += bytes;
        return _bytes.AsSpan(_length - bytes, bytes);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length) Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Grow(int need) =>
        Array.Resize(ref _bytes, checked((int)BitOperations.RoundUpToPowerOf2((uint)(_length + need))));
}
