using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Numerics;

/// <summary>Hints to the cache; nothing is read and nothing changes.</summary>
internal static class MemoryHint
{
    private const int LineBytes = 64;

    /// <summary>Says that the cache line of <paramref name="place"/> is wanted soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Soon<T>(ref T place)
    {
        // A prefetch takes any address: an object that the collector moves meanwhile makes the hint useless,
        // no more.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }

    /// <summary>
    /// Says that bytes from <paramref name="start"/> on are wanted soon; they may lie past what is mapped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Soon(void* start, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < bytes; i += LineBytes) Sse.Prefetch0((byte*)start + i);
    }
}
