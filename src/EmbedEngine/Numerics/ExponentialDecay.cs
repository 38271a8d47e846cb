// exp(−rate · ms) for whole milliseconds, a table of coarse steps times a short series for the rest:
// statistics ask for it once a pair or event. Never further from Math.Exp than a few units in the last place.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Numerics;

/// <summary>An exponential of time. Immutable, thread-safe.</summary>
internal sealed class ExponentialDecay
{
    /// <summary>rate · step: the series up to the fourth power leaves out less than 3e−19 of it.</summary>
    private const double MaxStep = 1.0 / 2048;

    private const int MaxEntries = 1 << 16; // 512 KiB; what lies past it goes to Math.Exp

    private readonly double _rate;
    private readonly int _shift;
    private readonly double[] _coarse;

    /// <summary>
    /// A decay of <paramref name="ratePerMs"/>, fast for 0 ≤ ms ≤ <paramref name="longestMs"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the time is negative or not a
    /// number.</exception>
    public ExponentialDecay(double ratePerMs, long longestMs)
    {
        if (!(ratePerMs >= 0))
            throw new ArgumentOutOfRangeException(nameof(ratePerMs), ratePerMs, "must not be negative");
        ArgumentOutOfRangeException.ThrowIfNegative(longestMs);
        _rate = ratePerMs;
        while (_shift < 62 && ratePerMs * (1L << (_shift + 1)) <= MaxStep) _shift++;
        // A rate so large that no step is short enough is left to Math.Exp altogether.
        long entries = ratePerMs > MaxStep ? 0 : Math.Min((longestMs >> _shift) + 1, MaxEntries);
        _coarse = new double[entries];
        for (long i = 0; i < entries; i++) _coarse[i] = Math.Exp(-ratePerMs * (i << _shift));
    }

    /// <summary>exp(−rate · <paramref name="ms"/>); the time must not be negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double At(long ms)
    {
        ulong step = (ulong)ms >> _shift;
        double[] coarse = _coarse;
        if (step >= (ulong)coarse.Length) return Math.Exp(-_rate * ms);
        double x = _rate * (ms & ((1L << _shift) - 1));
        double rest = 1 - x * (1 - x * (0.5 - x * (1.0 / 6 - x * (1.0 / 24))));
        return coarse[step] * rest;
    }
}
