// Random numbers by position instead of by state: number i of a stream is a function of (seed, stream ids, i)
// alone, so what a worker draws does not depend on how many workers there are. Must never depend on the
// machine or the time.

namespace EmbedEngine.Numerics;

/// <summary>
/// A counter-based generator: a keyed 64-bit permutation (two rounds of Stafford's mix 13, the finaliser of
/// SplitMix64, with the key added between). Not for cryptography. The same numbers on every machine.
/// </summary>
internal readonly struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>The stream named by a seed and up to three ids; different names give unrelated
    /// streams.</summary>
    public CounterRandom(ulong seed, ulong stream0 = 0, ulong stream1 = 0, ulong stream2 = 0)
    {
        ulong k = Mix(seed + Golden);
        k = Mix(k + stream0 * 0xD1B54A32D192ED03 + 1);
        k = Mix(k + stream1 * 0xABC98388FB8FAC03 + 2);
        _key0 = Mix(k + stream2 * 0x8CB92BA72F3D8DD7 + 3);
        _key1 = Mix(_key0 ^ Golden);
    }

    /// <summary>Number <paramref name="counter"/> of the stream: 64 uniform bits.</summary>
    public ulong At(ulong counter) => Mix(Mix(counter * Golden + _key0) + _key1);

    /// <summary>Reads the stream in order, from number 0.</summary>
    public CounterStream Stream() => new(this);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
