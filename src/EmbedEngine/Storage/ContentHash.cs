// A streaming 64-bit hash of file content: tells "the same file again", not an adversary. XXH64 (Collet),
// seed 0.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>XXH64 over bytes that arrive in pieces. The result does not depend on the pieces.</summary>
internal sealed class ContentHash
{
    private const ulong Prime1 = 11400714785074694791, Prime2 = 14029467366897019727,
    Prime3 = 1609587929392839161;
    private const ulong Prime4 = 9650029242287828579, Prime5 = 2870177450012600261;
    private const int Stripe = 32;

    private readonly byte[] _pending = new byte[Stripe];
    private ulong _a = unchecked(Prime1 + Prime2), _b = Prime2, _c, _d = unchecked(0 - Prime1);
    private int _pendingLength;

    public long Length { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_pendingLength > 0)
        {
            int n = Math.Min(Stripe - _pendingLength, bytes.Length);
            bytes[..n].CopyTo(_pending.AsSpan(_pendingLength));
            _pendingLength += n;
            bytes = bytes[n..];
            if (_pendingLength < Stripe) return;
            Mix(_pending);
            _pendingLength = 0;
        }
        int stripes = bytes.Length / Stripe * Stripe;
        Mix(bytes[..stripes]);
        bytes = bytes[stripes..];
        bytes.CopyTo(_pending);
        _pendingLength = bytes.Length;
    }

    public ulong Finish()
    {
        ulong hash = Prime5;
        if (Length >= Stripe)
        {
            hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7)
                + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
            foreach (ulong lane in (ReadOnlySpan<ulong>)[_a, _b, _c, _d])
                hash = (hash ^ Round(0, lane)) * Prime1 + Prime4;
        }
        hash += (ulong)Length;
        ReadOnlySpan<byte> rest = _pending.AsSpan(0, _pendingLength);
        for (; rest.Length >= 8; rest = rest[8..])
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            hash = BitOperations.RotateLeft(hash, 27) * Prime1 + Prime4;
        }
        if (rest.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1;
            hash = BitOperations.RotateLeft(hash, 23) * Prime2 + Prime3;
            rest = rest[4..];
        }
        foreach (byte b in rest) hash = BitOperations.RotateLeft(hash ^ (b * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    /// <summary>Whole stripes; the lanes stay in registers on the way.</summary>
    private void Mix(ReadOnlySpan<byte> stripes)
    {
        (ulong a, ulong b, ulong c, ulong d) = (_a, _b, _c, _d);
        for (int at = 0; at < stripes.Length; at += Stripe)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(stripes.Slice(at, Stripe));
            a = Round(a, Word(words[0]));
            b = Round(b, Word(words[1]));
            c = Round(c, Word(words[2]));
            d = Round(d, Word(words[3]));
        }
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ulong little) =>
        BitConverter.IsLittleEndian ? little : BinaryPrimitives.ReverseEndianness(little);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Round(ulong lane, ulong input) =>
        BitOperations.RotateLeft(unchecked(lane + input * Prime2), 31) * Prime1;
}
