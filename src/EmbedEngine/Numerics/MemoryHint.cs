using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Numerics;

/// <summary>Hints to the cache; nothing is read and nothing changes.</summary>
internal static class MemoryHint
{
    /// <summary>Says that the cache line of <paramref name="place"/> is wanted soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Soon<T>(ref T place)
    {
        // A prefetch takes any address: an object that the collector moves meanwhile makes the hint useless, no more.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }
}
