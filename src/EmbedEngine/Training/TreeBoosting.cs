// Gradient boosting of oblivious trees (Friedman 2001; histograms as in LightGBM, Ke et al. 2017) under a
// listwise softmax loss (ListNet, Cao et al. 2007): with p = softmax of a request's scores and y its true
// candidates,
//   loss = −Σ y log p,   gradient = Y·p − y,   hessian = Y·p·(1 − p),   Y = Σ y.
// A level of a tree is one (feature, threshold) for all its leaves: the one with the largest summed gain
//   Σ_leaves G_L²/(H_L + λ) + G_R²/(H_R + λ).
// Histograms of a level are made for the smaller child of each leaf; the larger one is the parent less the
// smaller. Deterministic at any thread count: rows are summed in pieces of fixed size, pieces in order.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>A trained ensemble and what it was worth.</summary>
/// <param name="Trees">The trees up to the best.</param>
/// <param name="Importance">Summed gain by feature, sums to 1.</param>
/// <param name="ValidationLoss">Mean loss on the later requests; NaN without any.</param>
internal sealed record TreeBoostingResult(TreeEnsemble Trees, double[] Importance, double ValidationLoss);

/// <summary>Trains a <see cref="TreeEnsemble"/>.</summary>
internal sealed class TreeBoosting
{
    private readonly RankingSet _set;
    private readonly TreeBoostingOptions _options;
    private readonly FeatureBins _bins;
    private readonly float[] _scores;
    private readonly float[] _gradients; // gradient and hessian of a row, interleaved
    private readonly double[] _importance;
    private readonly List<byte> _features = [];
    private readonly List<float> _thresholds = [];
    private readonly List<float> _leaves = [];

    private TreeBoosting(RankingSet set, float[] start, TreeBoostingOptions options)
    {
        (_set, _options) = (set, options);
        _bins = FeatureBins.Of(set, options.Threads);
        _scores = (float[])start.Clone();
        _gradients = new float[2 * set.RowCount];
        _importance = new double[set.FeatureCount];
    }

    /// <summary>
    /// Grows trees on top of the scores a linear model gives until the validation requests, which must be
    /// later than those trained on, stop improving; without validation, all of them.
    /// </summary>
    public static TreeBoostingResult Train(
        RankingSet set, RankingSet? validation, float[] linear, TreeBoostingOptions options,
        ProgressScope progress,
        string stage)
    {
        options.Validate();
        if (set.RequestCount == 0) throw new ArgumentException("no request to learn from", nameof(set));
        return new TreeBoosting(set, LinearRanking.Scores(set, linear), options).Run(
            validation, linear, progress, stage);
    }

    private TreeBoostingResult Run(
        RankingSet? validation, float[] linear, ProgressScope progress, string stage)
    {
        progress.Begin(stage, _options.Trees, "trees");
        byte[] laterBins = validation is null ? [] : _bins.Assign(validation, _options.Threads);
        float[] laterScores = validation is null ? [] : LinearRanking.Scores(validation, linear);
        double best = validation is null ? double.NaN : RankingLoss.Mean(validation, laterScores);
        int bestTrees = validation is null ? _options.Trees : 0;
        for (int tree = 0; tree < _options.Trees; tree++)
        {
            progress.ThrowIfCancelled();
            if (!Grow(tree)) break;
            Apply(_bins.Bins, _scores);
            progress.Add(1);
            progress.Poll();
            if (validation is null) continue;
            Apply(laterBins, laterScores);
            double loss = RankingLoss.Mean(validation, laterScores);
            if (loss < best) (best, bestTrees) = (loss, tree + 1);
            else if (tree + 1 - bestTrees >= _options.Patience) break;
        }
        progress.End();
        int trees = Math.Min(bestTrees, _features.Count / TreeEnsemble.Depth);
        var ensemble = new TreeEnsemble(
            _set.FeatureCount, [.. _features.Take(trees * TreeEnsemble.Depth)],
            [.. _thresholds.Take(trees * TreeEnsemble.Depth)],
            [.. _leaves.Take(trees * TreeEnsemble.LeafCount)]);
        double total = Math.Max(1e-30, _importance.Sum());
        return new TreeBoostingResult(ensemble, Array.ConvertAll(_importance, i => i / total), best);
    }

    /// <summary>One tree; false when no question gains anything.</summary>
    private bool Grow(int tree)
    {
        RankingLoss.Gradients(_set, _scores, _gradients, _options.Threads);
        CounterStream random = new CounterRandom(_options.Seed, 0x7EE, (ulong)tree).Stream();
        var growth = new TreeGrowth(
            _bins, _set.FeatureCount, _gradients, ChooseRows(tree), ChooseFeatures(ref random), _options);
        for (int level = 0; level < TreeEnsemble.Depth; level++)
        {
            (int feature, int bin, double gain) = growth.BestQuestion();
            if (feature < 0 && level == 0) return false;
            // Where nothing gains any more the rest of the levels ask what is never true.
            _features.Add((byte)Math.Max(0, feature));
            _thresholds.Add(feature < 0 ? float.PositiveInfinity : _bins.Thresholds[feature][bin]);
            if (feature >= 0) _importance[feature] += gain;
            growth.Split(feature, bin);
        }
        _leaves.AddRange(growth.LeafValues());
        return true;
    }

    private int[] ChooseRows(int tree)
    {
        var random = new CounterRandom(_options.Seed, 0x5E7, (ulong)tree);
        ulong below = _options.RowShare >= 1 ? ulong.MaxValue : (ulong)(_options.RowShare * ulong.MaxValue);
        var rows = new List<int>((int)(_set.RowCount * _options.RowShare * 1.1) + 16);
        for (int request = 0; request < _set.RequestCount; request++)
        {
            if (random.At((ulong)_set.Clusters[request]) > below) continue;
            for (int row = _set.Offsets[request]; row < _set.Offsets[request + 1]; row++) rows.Add(row);
        }
        return [.. rows];
    }

    private int[] ChooseFeatures(ref CounterStream random)
    {
        int[] features =
            [.. Enumerable.Range(0, _set.FeatureCount).Where(f => _bins.Thresholds[f].Length > 0)];
        int keep = Math.Min(
            features.Length, Math.Max(1, (int)Math.Ceiling(features.Length * _options.FeatureShare)));
        for (int i = 0; i < keep; i++)
        {
            int j = i + random.NextInt(features.Length - i);
            (features[i], features[j]) = (features[j], features[i]);
        }
        int[] chosen = features[..keep];
        Array.Sort(chosen);
        return chosen;
    }

    /// <summary>Adds the last tree to the scores of binned rows.</summary>
    private void Apply(byte[] bins, float[] scores)
    {
        int first = _features.Count - TreeEnsemble.Depth;
        var features = new int[TreeEnsemble.Depth];
        var above = new int[TreeEnsemble.Depth]; // smallest bin on the true side
        for (int level = 0; level < TreeEnsemble.Depth; level++)
        {
            features[level] = _features[first + level];
            int at = Array.IndexOf(_bins.Thresholds[features[level]], _thresholds[first + level]);
            above[level] = at < 0 ? FeatureBins.Count : at + 1;
        }
        float[] leaves = [.. _leaves.Skip(_leaves.Count - TreeEnsemble.LeafCount)];
        int width = _set.FeatureCount;
        WorkerTeam.For(_options.Threads, scores.Length, 1 << 16, (_, begin, end) =>
        {
            for (int row = (int)begin; row < end; row++)
            {
                ReadOnlySpan<byte> values = bins.AsSpan(row * width, width);
                int leaf = 0;
                for (int level = 0; level < TreeEnsemble.Depth; level++)
                {
                    if (values[features[level]] >= above[level]) leaf |= 1 << level;
                }
                scores[row] += leaves[leaf];
            }
        });
    }
}
