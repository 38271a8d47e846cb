// Oblivious decision trees (Kohavi 1994; as in CatBoost, Prokhorenkova et al. 2018): every node of a level
// asks the same question, so a tree of depth d is d comparisons and one lookup among 2^d leaves, without a
// branch. Candidates are scored eight at a time: a lane's leaf index is built bit by bit from float compares
// over feature columns. Never reads outside: features, depth and leaves are checked once, when the ensemble
// is made.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Training;

/// <summary>
/// score(x) = Σ_trees Leaves[tree, Σ_l 2^l · (x[Features[tree, l]] &gt; Thresholds[tree, l])]. Immutable,
/// thread-safe.
/// </summary>
internal sealed class TreeEnsemble
{
    /// <summary>Questions a tree asks.</summary>
    public const int Depth = 6;

    /// <summary>Leaves a tree has.</summary>
    public const int LeafCount = 1 << Depth;

    private readonly byte[] _features;
    private readonly float[] _thresholds;
    private readonly float[] _leaves;

    /// <summary>Trees × 6 features and thresholds, trees × 64 leaves.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, a feature is out of range or a number is not
    /// finite.</exception>
    public TreeEnsemble(int featureCount, byte[] features, float[] thresholds, float[] leaves)
    {
        int trees = features.Length / Depth;
        bool fits = features.Length == trees * Depth && thresholds.Length == features.Length
            && leaves.Length == trees * LeafCount;
        if (!fits) throw new ArgumentException(
            "features, thresholds and leaves have shapes of different tree counts");
        foreach (byte feature in features)
        {
            if (feature >= featureCount) throw new ArgumentException($"feature {feature} of {featureCount}");
        }
        foreach (float threshold in thresholds)
        {
            if (float.IsNaN(threshold)) throw new ArgumentException("a threshold is NaN");
        }
        foreach (float leaf in leaves)
        {
            if (!float.IsFinite(leaf)) throw new ArgumentException("a leaf is not finite");
        }
        (FeatureCount, _features, _thresholds, _leaves) = (featureCount, features, thresholds, leaves);
    }

    public int FeatureCount { get; }

    public int TreeCount => _features.Length / Depth;

    public ReadOnlySpan<byte> Features => _features;

    public ReadOnlySpan<float> Thresholds => _thresholds;

    public ReadOnlySpan<float> Leaves => _leaves;

    /// <summary>
    /// Adds each candidate's score. Columns are (features × stride), of which the first <paramref
    /// name="count"/> values count; stride and scores are padded to a multiple of 8, what is beyond the count
    /// is written over.
    /// </summary>
    public void AddScores(ReadOnlySpan<float> columns, int stride, int count, Span<float> scores)
    {
        int padded = (count + 7) & ~7;
        if (padded > stride || columns.Length < (long)FeatureCount * stride || scores.Length < padded)
            throw new ArgumentException(
                $"{count} candidates do not fit columns of stride {stride} and {scores.Length} scores");
        if (Avx2.IsSupported) AddScoresAvx2(columns, stride, padded, scores);
        else AddScoresScalar(columns, stride, count, scores);
    }

    /// <summary>The readable twin of <see cref="AddScores"/>.</summary>
    internal void AddScoresScalar(ReadOnlySpan<float> columns, int stride, int count, Span<float> scores)
    {
        for (int tree = 0; tree < TreeCount; tree++)
        {
            for (int i = 0; i < count; i++)
            {
                int leaf = 0;
                for (int level = 0; level < Depth; level++)
                {
                    int at = tree * Depth + level;
                    if (columns[_features[at] * stride + i] > _thresholds[at]) leaf |= 1 << level;
                }
                scores[i] += _leaves[tree * LeafCount + leaf];
            }
        }
    }

    // In bounds: feature < FeatureCount (constructor) and i + 8 <= padded <= stride (caller), leaf < 64 by
    // its six bits.
    private unsafe void AddScoresAvx2(ReadOnlySpan<float> columns, int stride, int padded, Span<float> scores)
    {
        fixed (float* x = columns, y = scores, leaves = _leaves, thresholds = _thresholds)
        fixed (byte* features = _features)
        {
            for (int tree = 0; tree < TreeCount; tree++)
            {
                byte* f = features + tree * Depth;
                float* t = thresholds + tree * Depth;
                float* leaf = leaves + tree * LeafCount;
                float* x0 = x + f[0] * (long)stride;
                float* x1 = x + f[1] * (long)stride;
                float* x2 = x + f[2] * (long)stride;
                float* x3 = x + f[3] * (long)stride;
                float* x4 = x + f[4] * (long)stride;
                float* x5 = x + f[5] * (long)stride;
                (Vector256<float> t0, Vector256<float> t1, Vector256<float> t2) =
                    (Vector256.Create(t[0]), Vector256.Create(t[1]), Vector256.Create(t[2]));
                (Vector256<float> t3, Vector256<float> t4, Vector256<float> t5) =
                    (Vector256.Create(t[3]), Vector256.Create(t[4]), Vector256.Create(t[5]));
                for (int i = 0; i < padded; i += 8)
                {
                    Vector256<int> index = Bit(x0 + i, t0, 1) | Bit(x1 + i, t1, 2) | Bit(x2 + i, t2, 4)
                        | Bit(x3 + i, t3, 8) | Bit(x4 + i, t4, 16) | Bit(x5 + i, t5, 32);
                    Vector256<float> sum =
                        Vector256.Load(y + i) + Avx2.GatherVector256(leaf, index, sizeof(float));
                    sum.Store(y + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> Bit(float* x, Vector256<float> threshold, int bit) =>
        Vector256.GreaterThan(Vector256.Load(x), threshold).AsInt32() & Vector256.Create(bit);
}
