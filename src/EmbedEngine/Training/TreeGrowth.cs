// The growing of one oblivious tree: rows partitioned by leaf, one gradient histogram a leaf.

using System.Numerics.Tensors;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>State of one tree while it grows, level by level.</summary>
internal sealed class TreeGrowth
{
    // Rows of a piece are summed in floats; 2^14 of them lose no more than the histogram's bins do.
    private const int PieceRows = 1 << 14;

    private readonly byte[] _bins;
    private readonly int _width;
    private readonly float[][] _thresholds;
    private readonly float[] _gradients;
    private readonly int[] _features;
    private readonly TreeBoostingOptions _options;
    private int[] _order;
    private int[] _spare;
    private Leaf[] _leaves;

    public TreeGrowth(
        FeatureBins bins, int featureCount, float[] gradients, int[] rows, int[] features,
        TreeBoostingOptions options)
    {
        (_bins, _thresholds, _width) = (bins.Bins, bins.Thresholds, featureCount);
        (_gradients, _order, _features, _options) = (gradients, rows, features, options);
        _spare = new int[rows.Length];
        _leaves = [new Leaf { Begin = 0, End = rows.Length, Sums = new float[HistogramLength] }];
        Fill([_leaves[0]]);
    }

    private int HistogramLength => _features.Length * FeatureBins.Count * 2;

    /// <summary>
    /// The feature and bin with the largest gain over all leaves; feature −1 where nothing gains.
    /// </summary>
    public (int Feature, int Bin, double Gain) BestQuestion()
    {
        double parents = 0;
        foreach (Leaf leaf in _leaves)
        {
            (double g, double h) = leaf.Total;
            parents += Score(g, h);
        }
        (int Feature, int Bin, double Gain) best = (-1, 0, 1e-9);
        Span<double> gains = stackalloc double[FeatureBins.Count];
        for (int f = 0; f < _features.Length; f++)
        {
            int questions = _thresholds[_features[f]].Length;
            gains[..questions].Clear();
            foreach (Leaf leaf in _leaves) AddGains(leaf, f, gains[..questions]);
            for (int b = 0; b < questions; b++)
            {
                if (gains[b] - parents > best.Gain) best = (_features[f], b, gains[b] - parents);
            }
        }
        return best;
    }

    private void AddGains(Leaf leaf, int f, Span<double> gains)
    {
        ReadOnlySpan<float> sums = leaf.Sums.AsSpan(f * FeatureBins.Count * 2, FeatureBins.Count * 2);
        (double totalG, double totalH) = leaf.Total;
        double g = 0, h = 0;
        for (int b = 0; b < gains.Length; b++)
        {
            g += sums[2 * b];
            h += sums[2 * b + 1];
            gains[b] += Score(g, h) + Score(totalG - g, totalH - h);
        }
    }

    private double Score(double g, double h) => g * g / (Math.Max(0, h) + _options.Lambda + 1e-12);

    /// <summary>
    /// Cuts every leaf by "bin of feature &gt; bin"; feature −1 leaves all rows on the false side.
    /// </summary>
    public void Split(int feature, int bin)
    {
        var next = new Leaf[2 * _leaves.Length];
        var smaller = new List<Leaf>();
        var pairs = new List<(Leaf Parent, Leaf Small, Leaf Large)>();
        for (int i = 0; i < _leaves.Length; i++)
        {
            Leaf parent = _leaves[i];
            int middle = Partition(parent, feature, bin);
            var low = new Leaf { Begin = parent.Begin, End = middle };
            var high = new Leaf { Begin = middle, End = parent.End };
            (next[i], next[i + _leaves.Length]) = (low, high);
            (Leaf small, Leaf large) = low.Rows <= high.Rows ? (low, high) : (high, low);
            small.Sums = new float[HistogramLength];
            if (small.Rows > 0) smaller.Add(small);
            pairs.Add((parent, small, large));
        }
        (_order, _spare) = (_spare, _order);
        Fill(smaller);
        foreach ((Leaf parent, Leaf small, Leaf large) in pairs)
        {
            // The parent's histogram is not needed any more: it becomes the larger child's.
            large.Sums = parent.Sums;
            large.Total = (parent.Total.G - small.Total.G, parent.Total.H - small.Total.H);
            TensorPrimitives.Subtract(large.Sums, small.Sums, large.Sums);
        }
        _leaves = next;
    }

    /// <summary>Stable: rows stay in ascending order within a leaf.</summary>
    private int Partition(Leaf leaf, int feature, int bin)
    {
        int low = leaf.Begin;
        for (int i = leaf.Begin; i < leaf.End; i++)
        {
            if (!IsAbove(_order[i], feature, bin)) _spare[low++] = _order[i];
        }
        int middle = low;
        for (int i = leaf.Begin; i < leaf.End; i++)
        {
            if (IsAbove(_order[i], feature, bin)) _spare[low++] = _order[i];
        }
        return middle;
    }

    private bool IsAbove(int row, int feature, int bin) =>
        feature >= 0 && _bins[(long)row * _width + feature] > bin;

    /// <summary>−G / (H + λ), shrunk, by leaf; leaves nobody reached give 0.</summary>
    public float[] LeafValues() => Array.ConvertAll(_leaves, leaf =>
    {
        (double g, double h) = leaf.Total;
        return leaf.Rows == 0 ? 0f
            : (float)(-g / (Math.Max(0, h) + _options.Lambda + 1e-12) * _options.LearningRate);
    });

    private void Fill(IReadOnlyList<Leaf> leaves)
    {
        var pieces = new List<(Leaf Leaf, int Begin, int End)>();
        foreach (Leaf leaf in leaves)
        {
            for (int begin = leaf.Begin; begin < leaf.End; begin += PieceRows)
                pieces.Add((leaf, begin, Math.Min(leaf.End, begin + PieceRows)));
        }
        var sums = new float[pieces.Count][];
        var totals = new (double G, double H)[pieces.Count];
        WorkerTeam.For(_options.Threads, pieces.Count, 1, (_, from, _) =>
        {
            sums[from] = new float[HistogramLength];
            totals[from] = AddRows(_order.AsSpan(pieces[(int)from].Begin,
                pieces[(int)from].End - pieces[(int)from].Begin), sums[from]);
        });
        for (int i = 0; i < pieces.Count; i++)
        {
            Leaf leaf = pieces[i].Leaf;
            TensorPrimitives.Add(leaf.Sums, sums[i], leaf.Sums);
            leaf.Total = (leaf.Total.G + totals[i].G, leaf.Total.H + totals[i].H);
        }
    }

    private (double G, double H) AddRows(ReadOnlySpan<int> rows, Span<float> sums)
    {
        double totalG = 0, totalH = 0;
        foreach (int row in rows)
        {
            float g = _gradients[2 * row];
            float h = _gradients[2 * row + 1];
            totalG += g;
            totalH += h;
            ReadOnlySpan<byte> bins = _bins.AsSpan(row * _width, _width);
            int at = 0;
            foreach (int feature in _features)
            {
                int slot = at + 2 * bins[feature];
                sums[slot] += g;
                sums[slot + 1] += h;
                at += FeatureBins.Count * 2;
            }
        }
        return (totalG, totalH);
    }

    /// <summary>
    /// Rows [Begin, End) of the order, with their gradient and hessian sums by (feature, bin).
    /// </summary>
    private sealed class Leaf
    {
        public int Begin { get; init; }

        public int End { get; init; }

        public int Rows => End - Begin;

        public float[] Sums { get; set; } = [];

        public (double G, double H) Total { get; set; }
    }
}
