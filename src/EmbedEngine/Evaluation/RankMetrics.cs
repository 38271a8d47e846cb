// One case: which places of a list are true. With one true item at rank r: recall and hit 1, NDCG 1/log2(r +
// 1), AP = RR = 1/r (average precision of a single positive is 1/rank). With m true items, recall and AP
// divide by min(m, k), as OTTO's recall@20 does: a perfect list scores 1 however many items are true.

namespace EmbedEngine.Evaluation;

/// <summary>The metrics of one case.</summary>
internal static class RankMetrics
{
    /// <summary>Recall, NDCG, AP, RR, hit.</summary>
    public const int Count = 5;

    /// <summary>Names of the metrics a gate may go by, each with its column.</summary>
    public static IReadOnlyDictionary<string, int> Columns { get; } =
        new Dictionary<string, int> {
        ["recall"] = 0, ["ndcg"] = 1, ["map"] = 2, ["mrr"] = 3, ["hit_rate"] = 4 };

    /// <summary>
    /// Adds the case's metrics to five sums. <paramref name="isTrue"/> tells for each place of the list.
    /// </summary>
    public static void Add(ReadOnlySpan<bool> isTrue, int trueCount, int k, Span<double> sums)
    {
        if (trueCount == 0) return;
        int hits = 0;
        double dcg = 0, precision = 0, reciprocal = 0;
        for (int i = 0; i < isTrue.Length; i++)
        {
            if (!isTrue[i]) continue;
            hits++;
            dcg += 1 / Math.Log2(i + 2);
            precision += hits / (i + 1.0);
            if (hits == 1) reciprocal = 1 / (i + 1.0);
        }
        if (hits == 0) return;
        int best = Math.Min(trueCount, k);
        double ideal = 0;
        for (int i = 0; i < best; i++) ideal += 1 / Math.Log2(i + 2);
        sums[0] += (double)hits / best;
        sums[1] += dcg / ideal;
        sums[2] += precision / best;
        sums[3] += reciprocal;
        sums[4] += 1;
    }
}
