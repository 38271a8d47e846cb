// A cursor over a CounterRandom. A mutable struct: pass it by ref, or two readers see the same numbers.

namespace EmbedEngine.Numerics;

/// <summary>Sequential reading of one counter-based stream.</summary>
internal struct CounterStream(CounterRandom random)
{
    private readonly CounterRandom _random = random;
    private ulong _counter;

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64() => _random.At(_counter++);

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float NextFloat() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, bound), without bias (Lemire 2019, arXiv 1805.10941, algorithm 5).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong high = Math.BigMul(NextUInt64(), (ulong)bound, out ulong low);
        if (low < (ulong)bound)
        {
            ulong threshold = (0UL - (ulong)bound) % (ulong)bound;
            while (low < threshold) high = Math.BigMul(NextUInt64(), (ulong)bound, out low);
        }
        return (int)high;
    }

    /// <summary>Standard normal, by Box and Muller; two numbers of the stream each.</summary>
    public double NextGaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }
}
