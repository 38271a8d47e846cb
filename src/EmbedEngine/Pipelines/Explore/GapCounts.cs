// Gaps between events, counted so that percentiles are exact and memory has a bound: each gap up to half an
// hour has a count of its own; longer ones share one with those that agree in the first 21 bits. Where a
// percentile falls among such, further readings of the log count within the few intervals that hold one.

using System.Numerics;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>A multiset of milliseconds from 0. Add all, then resolve until nothing is open.</summary>
internal sealed class GapCounts
{
    private const int ExactBits = 21;
    private const int PageBits = 12;
    private const int SplitBits = 16;
    private const long Exact = 1L << ExactBits;

    private static readonly double[] Wanted = [0.5, 0.9, 0.95, 0.99];

    private readonly List<Target> _targets = [];
    private long[]?[] _pages = [];
    private long _sum;

    /// <summary>A wanted place of the order and the interval that is known to hold its value.</summary>
    private sealed class Target
    {
        public required long Low { get; set; }

        /// <summary>The interval is Low … Low + 2^Bits − 1; 0 bits = the value.</summary>
        public required int Bits { get; set; }

        /// <summary>Place within the interval, from 0.</summary>
        public required long Place { get; set; }

        public long[] Counts { get; set; } = [];
    }

    /// <summary>Gaps.</summary>
    public long Count { get; private set; }

    /// <summary>The longest.</summary>
    public long Max { get; private set; }

    public void Add(long gapMs)
    {
        Count++;
        _sum += gapMs;
        Max = Math.Max(Max, gapMs);
        int bucket = BucketOf(gapMs);
        int page = bucket >> PageBits;
        if (page >= _pages.Length) Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        (_pages[page] ??= new long[1 << PageBits])[bucket & ((1 << PageBits) - 1)]++;
    }

    /// <summary>Finds the intervals of the places that percentiles need.</summary>
    public void Locate()
    {
        if (Count == 0) return;
        foreach (double p in Wanted)
        {
            (long below, _) = Percentiles.Place(Count, p);
            _targets.Add(Find(below));
            _targets.Add(Find(Math.Min(below + 1, Count - 1)));
        }
        _pages = [];
    }

    /// <summary>Whether the log must be read again; then each gap is to be given to <see cref="Refine"/>,
    /// and <see cref="Narrow"/> called.</summary>
    public bool IsOpen
    {
        get
        {
            bool open = false;
            foreach (Target target in _targets)
            {
                if (target.Bits == 0) continue;
                open = true;
                if (target.Counts.Length == 0)
                    target.Counts = new long[1 << Math.Min(target.Bits, SplitBits)];
            }
            return open;
        }
    }

    /// <summary>Counts a gap within the intervals that are open.</summary>
    public void Refine(long gapMs)
    {
        if (gapMs < Exact) return;
        foreach (Target target in _targets)
        {
            if (target.Bits == 0 || (gapMs - target.Low) >> target.Bits != 0) continue;
            target.Counts[(gapMs - target.Low) >> Math.Max(0, target.Bits - SplitBits)]++;
        }
    }

    /// <summary>Makes the open intervals smaller by what was counted.</summary>
    public void Narrow()
    {
        foreach (Target target in _targets)
        {
            if (target.Bits == 0) continue;
            int left = Math.Max(0, target.Bits - SplitBits);
            int part = 0;
            while (target.Place >= target.Counts[part]) target.Place -= target.Counts[part++];
            target.Low += (long)part << left;
            (target.Bits, target.Counts) = (left, []);
        }
    }

    /// <summary>How they are spread, in seconds; null without gaps.</summary>
    public ValueDistribution? Seconds() => Count == 0 ? null : new ValueDistribution
    {
        Count = Count,
        Mean = (double)_sum / Count / 1000,
        P50 = Percentile(0),
        P90 = Percentile(1),
        P95 = Percentile(2),
        P99 = Percentile(3),
        Max = Max / 1000.0,
    };

    private double Percentile(int wanted) => Percentiles.Between(
        _targets[2 * wanted].Low, _targets[(2 * wanted) + 1].Low,
        Percentiles.Place(Count, Wanted[wanted]).Part) / 1000;

    private static int BucketOf(long gapMs)
    {
        if (gapMs < Exact) return (int)gapMs;
        int bits = BitOperations.Log2((ulong)gapMs) - ExactBits + 1; // that are not told apart
        return (int)(((long)(bits + 1) << (ExactBits - 1)) + (gapMs >> bits) - (Exact >> 1));
    }

    private Target Find(long place)
    {
        for (int page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] is not { } counts) continue;
            for (int i = 0; i < counts.Length; i++)
            {
                if (place >= counts[i])
                {
                    place -= counts[i];
                    continue;
                }
                int bucket = (page << PageBits) + i;
                int bits = Math.Max(0, (bucket >> (ExactBits - 1)) - 1);
                long low = bits == 0 ? bucket
                    : (bucket - ((long)(bits + 1) << (ExactBits - 1)) + (Exact >> 1)) << bits;
                return new Target { Low = low, Bits = bits, Place = place };
            }
        }
        throw new InvalidOperationException("fewer gaps than were counted");
    }
}
