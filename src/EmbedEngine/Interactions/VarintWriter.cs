// A growing byte buffer of varints: one column of a block while it is built.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmbedEngine.Interactions;

/// <summary>Appends varints to a reused buffer.</summary>
internal sealed class VarintWriter
{
    private const int MaxVarintBytes = 10;

    private byte[] _bytes = new byte[4096];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

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

    public void Byte(byte value)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = value;
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
