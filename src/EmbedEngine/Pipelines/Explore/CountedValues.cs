// Values that are mostly small, counted, so that every percentile is exact without a list of them.

namespace EmbedEngine.Pipelines.Explore;

/// <summary>A multiset of numbers from 0: small ones by a count each, the others one by one.</summary>
internal sealed class CountedValues
{
    private const int Small = 1 << 16;

    private readonly List<long> _large = [];
    private long[] _counts = new long[64];
    private bool _sorted = true;

    /// <summary>Values.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public long Sum { get; private set; }

    public void Add(long value)
    {
        Count++;
        Sum += value;
        if (value >= Small)
        {
            _large.Add(value);
            _sorted = false;
            return;
        }
        if (value >= _counts.Length)
            Array.Resize(ref _counts, (int)Math.Min(Math.Max(value + 1, _counts.Length * 2L), Small));
        _counts[value]++;
    }

    /// <summary>Adds every value above 0.</summary>
    public void AddPositive(ReadOnlySpan<long> values)
    {
        foreach (long value in values)
            if (value > 0) Add(value);
    }

    /// <summary>How many are at most a value, which must be small.</summary>
    public long CountUpTo(int value)
    {
        long count = 0;
        for (int v = 0; v <= value && v < _counts.Length; v++) count += _counts[v];
        return count;
    }

    /// <summary>The largest; 0 without values.</summary>
    public long Max => Count == 0 ? 0 : At(Count - 1);

    /// <summary>The value at a place of the ascending order, from 0.</summary>
    public long At(long place)
    {
        if (!_sorted) _large.Sort();
        _sorted = true;
        for (int v = 0; v < _counts.Length; v++)
        {
            if (place < _counts[v]) return v;
            place -= _counts[v];
        }
        return _large[(int)place];
    }

    /// <summary>A percentile, 0 to 1.</summary>
    public double Percentile(double p)
    {
        (long below, double part) = Percentiles.Place(Count, p);
        return Percentiles.Between(At(below), At(Math.Min(below + 1, Count - 1)), part);
    }

    /// <summary>How they are spread, each times a factor; null without values.</summary>
    public ValueDistribution? Distribution(double unit = 1) => Count == 0 ? null : new ValueDistribution
    {
        Count = Count,
        Mean = (double)Sum / Count / unit,
        P50 = Percentile(0.5) / unit,
        P90 = Percentile(0.9) / unit,
        P95 = Percentile(0.95) / unit,
        P99 = Percentile(0.99) / unit,
        Max = Max / unit,
    };

    /// <summary>
    /// Gini's coefficient. Of c equal values x behind r smaller ones of n, the terms are x·c·(2r + c − n).
    /// </summary>
    public double Gini()
    {
        At(0); // the large ones in order
        double weighted = 0;
        long rank = 0;
        void Take(double value, long count)
        {
            weighted += value * count * (2.0 * rank + count - Count);
            rank += count;
        }
        for (int v = 0; v < _counts.Length; v++)
            if (_counts[v] > 0) Take(v, _counts[v]);
        foreach (long value in _large) Take(value, 1);
        return weighted / ((double)Count * Sum);
    }

    /// <summary>Sum of the largest so many.</summary>
    public long SumOfLargest(long count)
    {
        At(0);
        long sum = 0;
        for (int i = _large.Count - 1; i >= 0 && count > 0; i--, count--) sum += _large[i];
        for (int v = _counts.Length - 1; v > 0 && count > 0; v--)
        {
            long taken = Math.Min(count, _counts[v]);
            sum += taken * v;
            count -= taken;
        }
        return sum;
    }
}
