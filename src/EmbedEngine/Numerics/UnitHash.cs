// The published hash of users and sessions: FNV-1a over 64 bits (Fowler, Noll, Vo), finished by MurmurHash3's
// fmix64 (Appleby) so that all bits are as good. docs/online.md has constants and test vectors: other
// languages compute the same arms. Must never change: who is in which arm, and whom a recorded answer was
// for, hang on it.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Numerics;

/// <summary>64 bits of a salt and a text. Not for cryptography. The same on every machine.</summary>
internal static class UnitHash
{
    /// <summary>Parts into which a split divides all units: shares are in steps of 0.01 %.</summary>
    public const int Buckets = 10_000;

    private const ulong Offset = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    // Between salt and text; in no UTF-8.
    private const byte Separator = 0xFF;

    /// <summary>Of the UTF-8 bytes of a salt and of a text.</summary>
    public static ulong Of(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> text)
    {
        ulong h = Add(Offset, salt);
        h = (h ^ Separator) * Prime;
        return Mix(Add(h, text));
    }

    /// <summary>The bucket of a hash, 0 to 9,999.</summary>
    public static int BucketOf(ulong hash) => (int)(((hash >> 32) * Buckets) >> 32);

    private static ulong Add(ulong h, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) h = (h ^ b) * Prime;
        return h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong h)
    {
        h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCD;
        h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53;
        return h ^ (h >> 33);
    }
}
