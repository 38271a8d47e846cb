// Linear softmax ranking: p = softmax(X·w + offset) over a request's candidates, loss as in TreeBoosting,
// minimised by Adagrad (Duchi, Hazan & Singer 2011) over features divided by their deviation. What is common
// to a request cancels in a softmax, so there is no bias and no centring. One thread: it takes a second, and
// its sums have one order.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Trains the linear model a ranker starts from, and falls back to where trees add nothing.
/// </summary>
internal static class LinearRanking
{
    private const int Passes = 8;
    private const double Step = 0.05;
    private const double L2 = 1e-4;

    /// <summary>One weight a feature, for features as they are.</summary>
    public static float[] Train(RankingSet set, ulong seed)
    {
        float[] scale = InverseDeviations(set);
        var weights = new float[set.FeatureCount]; // for scaled features
        var squares = new double[set.FeatureCount];
        var gradient = new double[set.FeatureCount];
        float[] p = [];
        int[] order = [.. Enumerable.Range(0, set.RequestCount)];
        for (int pass = 0; pass < Passes; pass++)
        {
            Shuffle(order, new CounterRandom(seed, 0x11A, (ulong)pass).Stream());
            foreach (int request in order)
            {
                int begin = set.Offsets[request];
                int length = set.Offsets[request + 1] - begin;
                if (p.Length < length) p = new float[length];
                if (!Residuals(set, begin, weights, scale, p.AsSpan(0, length))) continue;
                Array.Clear(gradient);
                for (int i = 0; i < length; i++)
                {
                    ReadOnlySpan<float> x = set.Row(begin + i);
                    for (int f = 0; f < gradient.Length; f++) gradient[f] += p[i] * x[f] * scale[f];
                }
                for (int f = 0; f < gradient.Length; f++)
                {
                    double g = gradient[f] + L2 * weights[f];
                    squares[f] += g * g;
                    if (squares[f] > 0) weights[f] -= (float)(Step * g / Math.Sqrt(squares[f]));
                }
            }
        }
        for (int f = 0; f < weights.Length; f++) weights[f] *= scale[f];
        return weights;
    }

    /// <summary>Scores of every row, without the offsets.</summary>
    public static float[] Scores(RankingSet set, float[] weights)
    {
        var scores = new float[set.RowCount];
        for (int row = 0; row < scores.Length; row++) scores[row] = VectorMath.Dot(set.Row(row), weights);
        return scores;
    }

    /// <summary>p − y of each candidate; false where no candidate is true.</summary>
    private static bool Residuals(RankingSet set, int begin, float[] weights, float[] scale, Span<float> p)
    {
        float truth = 0;
        float max = float.NegativeInfinity;
        for (int i = 0; i < p.Length; i++)
        {
            ReadOnlySpan<float> x = set.Row(begin + i);
            float score = set.LogWeights.Span[begin + i];
            for (int f = 0; f < weights.Length; f++) score += weights[f] * x[f] * scale[f];
            p[i] = score;
            max = Math.Max(max, score);
            truth += set.Labels.Span[begin + i];
        }
        if (truth <= 0) return false;
        float sum = 0;
        for (int i = 0; i < p.Length; i++) sum += p[i] = MathF.Exp(p[i] - max);
        for (int i = 0; i < p.Length; i++) p[i] = p[i] / sum - set.Labels.Span[begin + i] / truth;
        return true;
    }

    private static float[] InverseDeviations(RankingSet set)
    {
        var sum = new double[set.FeatureCount];
        var squares = new double[set.FeatureCount];
        for (int row = 0; row < set.RowCount; row++)
        {
            ReadOnlySpan<float> x = set.Row(row);
            for (int f = 0; f < sum.Length; f++)
            {
                sum[f] += x[f];
                squares[f] += (double)x[f] * x[f];
            }
        }
        double n = Math.Max(1, set.RowCount);
        return [.. sum.Select((s, f) => squares[f] / n - s / n * (s / n))
            .Select(variance => variance > 1e-12 ? (float)(1 / Math.Sqrt(variance)) : 0)];
    }

    private static void Shuffle(int[] order, CounterStream random)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
