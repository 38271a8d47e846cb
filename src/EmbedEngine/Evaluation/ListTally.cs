// Sums of what is measured beside the intervals: coverage, novelty, diversity, popularity, slices. Integers
// (fixed point), so that the sums of several workers are the same in any order.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;

namespace EmbedEngine.Evaluation;

/// <summary>What one source recommended, as one worker saw it.</summary>
internal sealed class ListTally(Recommender recommender, int k)
{
    private const double One = 1L << 28; // room for a thousand items of a million lists

    private readonly VersionData _data = recommender.Data;
    private readonly CategoryTable? _categories = recommender.Data.Categories;
    private readonly bool[] _covered = new bool[recommender.Data.RowCount];
    private readonly int[] _categoryCounts = new int[recommender.Data.Categories?.Count ?? 0];
    private readonly float[] _sum = new float[recommender.Data.Item2Vec?.Vectors.In.Dims ?? 0];
    private readonly long[] _sliceRecall = new long[Slices.Count];
    private readonly long[] _sliceReciprocal = new long[Slices.Count];
    private readonly int[] _sliceHits = new int[Slices.Count];
    private readonly int[] _sliceFirst = new int[Slices.Count];
    private long _items, _count, _information, _lists, _difference;

    /// <summary>Share of the version's items recommended at least once.</summary>
    public double Coverage => (double)_covered.Count(c => c) / Math.Max(1, _covered.Length);

    /// <summary>Different items recommended of those that bit r of word r / 64 names.</summary>
    public int CoveredOf(ReadOnlySpan<ulong> bits)
    {
        int covered = 0;
        for (int row = 0; row < _covered.Length; row++)
            covered += _covered[row] && (bits[row >> 6] >> (row & 63) & 1) != 0 ? 1 : 0;
        return covered;
    }

    /// <summary>
    /// Mean −log2 of an item's share of the training events, in bits; null where nothing was recommended.
    /// </summary>
    public double? Novelty => _items == 0 ? null : _information / One / _items;

    /// <summary>Mean of 1 − likeness over the pairs of a list; null where no list has two.</summary>
    public double? Diversity => _lists == 0 ? null : _difference / One / _lists;

    /// <summary>Mean training events of what was recommended; null where nothing was.</summary>
    public double? MeanCount => _items == 0 ? null : (double)_count / _items;

    public double SliceRecall(int slice) => _sliceRecall[slice] / One;

    public double SliceReciprocal(int slice) => _sliceReciprocal[slice] / One;

    /// <summary>Adds one list.</summary>
    /// <param name="list">Rows, best first.</param>
    /// <param name="places">For each place the index of the target it holds, −1 = none.</param>
    /// <param name="truth">The case.</param>
    /// <param name="information">−log2 of the share by row, in units of <see cref="Fixed"/>.</param>
    public void Add(ReadOnlySpan<int> list, ReadOnlySpan<int> places, CaseTruth truth, long[] information)
    {
        ReadOnlySpan<int> counts = _data.Items.Counts;
        foreach (int row in list)
        {
            _covered[row] = true;
            _information += information[row];
            _count += counts[row];
        }
        _items += list.Length;
        if (list.Length > 1 && Difference(list) is double difference)
        {
            _difference += Fixed(difference);
            _lists++;
        }
        AddSlices(places, truth);
    }

    private void AddSlices(ReadOnlySpan<int> places, CaseTruth truth)
    {
        Array.Clear(_sliceHits);
        bool any = false;
        for (int p = 0; p < places.Length; p++)
        {
            if (places[p] < 0) continue;
            any = true;
            int flags = truth.FlagsOf(places[p]);
            for (int slice = 0; slice < Slices.Count; slice++)
            {
                if (((flags >> slice) & 1) != 0 && _sliceHits[slice]++ == 0) _sliceFirst[slice] = p + 1;
            }
        }
        if (!any) return;
        for (int slice = 0; slice < Slices.Count; slice++)
        {
            if (_sliceHits[slice] == 0) continue;
            _sliceRecall[slice] += Fixed((double)_sliceHits[slice] / Math.Min(k, truth.SliceCounts[slice]));
            _sliceReciprocal[slice] += Fixed(1.0 / _sliceFirst[slice]);
        }
    }

    /// <summary>
    /// By category where the version has them, else by the cosine of item2vec vectors; null with neither.
    /// </summary>
    private double? Difference(ReadOnlySpan<int> list)
    {
        double pairs = (double)list.Length * (list.Length - 1) / 2;
        if (_categories is not null)
        {
            long same = 0;
            foreach (int row in list)
            {
                if (_categories.CategoryOf(row) is int category and not ItemCategories.None)
                    same += _categoryCounts[category]++;
            }
            foreach (int row in list)
            {
                if (_categories.CategoryOf(row) is int category and not ItemCategories.None)
                    _categoryCounts[category] = 0;
            }
            return 1 - (same / pairs);
        }
        if (_data.Item2Vec is null) return null;
        // Σ over pairs of u·v = (|Σ v|² − Σ |v|²) / 2: one pass over the list instead of one over its pairs.
        RowMatrix vectors = _data.Item2Vec.Vectors.In;
        Span<float> sum = _sum;
        sum.Clear();
        double squares = 0;
        foreach (int row in list)
        {
            VectorMath.AddScaled(sum, vectors[row], 1);
            if (_data.Item2Vec.Vectors.InNorms[row] > 0) squares++;
        }
        return 1 - ((VectorMath.Dot(sum, sum) - squares) / 2 / pairs);
    }

    /// <summary>Takes over the sums of another worker.</summary>
    public void Merge(ListTally other)
    {
        for (int row = 0; row < _covered.Length; row++) _covered[row] |= other._covered[row];
        _items += other._items;
        _count += other._count;
        _information += other._information;
        _lists += other._lists;
        _difference += other._difference;
        for (int slice = 0; slice < Slices.Count; slice++)
        {
            _sliceRecall[slice] += other._sliceRecall[slice];
            _sliceReciprocal[slice] += other._sliceReciprocal[slice];
        }
    }

    /// <summary>A number as the sums hold it: to 28 binary places.</summary>
    public static long Fixed(double value) => double.IsFinite(value) ? (long)Math.Round(value * One) : 0;
}
