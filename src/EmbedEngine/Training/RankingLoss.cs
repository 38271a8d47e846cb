using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Listwise softmax loss of scored requests and its derivatives (equations at the top of TreeBoosting);
/// scores + log weights are the logits.
/// </summary>
internal static class RankingLoss
{
    /// <summary>Mean loss over requests that have a true candidate.</summary>
    public static double Mean(RankingSet set, float[] scores)
    {
        double sum = 0;
        int n = 0;
        for (int request = 0; request < set.RequestCount; request++)
        {
            int begin = set.Offsets[request];
            int length = set.Offsets[request + 1] - begin;
            ReadOnlySpan<float> s = scores.AsSpan(begin, length);
            ReadOnlySpan<float> y = set.Labels.Span.Slice(begin, length);
            ReadOnlySpan<float> w = set.LogWeights.Span.Slice(begin, length);
            double truth = 0;
            foreach (float label in y) truth += label;
            if (truth <= 0) continue;
            double logSum = LogSumExp(s, w);
            for (int i = 0; i < length; i++) sum += y[i] * (logSum - s[i] - w[i]) / truth;
            n++;
        }
        return n == 0 ? double.NaN : sum / n;
    }

    /// <summary>Gradient and hessian of each row, interleaved.</summary>
    public static void Gradients(RankingSet set, float[] scores, float[] gradients, int threads)
    {
        WorkerTeam.For(threads, set.RequestCount, 512, (_, from, to) =>
        {
            for (int request = (int)from; request < to; request++)
            {
                int begin = set.Offsets[request];
                int length = set.Offsets[request + 1] - begin;
                Request(
                    scores.AsSpan(begin, length), set.LogWeights.Span.Slice(begin, length),
                    set.Labels.Span.Slice(begin, length), gradients.AsSpan(2 * begin, 2 * length));
            }
        });
    }

    private static void Request(
        ReadOnlySpan<float> s, ReadOnlySpan<float> w, ReadOnlySpan<float> y, Span<float> gradients)
    {
        gradients.Clear();
        float truth = 0;
        foreach (float label in y) truth += label;
        if (truth <= 0) return;
        double logSum = LogSumExp(s, w);
        for (int i = 0; i < s.Length; i++)
        {
            float p = (float)Math.Exp(s[i] + w[i] - logSum);
            gradients[2 * i] = truth * p - y[i];
            gradients[2 * i + 1] = truth * p * (1 - p);
        }
    }

    private static double LogSumExp(ReadOnlySpan<float> s, ReadOnlySpan<float> w)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < s.Length; i++) max = Math.Max(max, s[i] + w[i]);
        double sum = 0;
        for (int i = 0; i < s.Length; i++) sum += Math.Exp(s[i] + w[i] - max);
        return max + Math.Log(sum);
    }
}
