// Feature values as small integers. bin(x) = number of thresholds below x, so "bin > b" and "x >
// threshold[b]" are one question: what is learned on bins holds on the values themselves.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Thresholds of every feature and the bins of every row, (rows × features) row-major.</summary>
internal sealed class FeatureBins
{
    /// <summary>Bins a feature has at most.</summary>
    public const int Count = 64;

    private const int SampleRows = 50_000;

    private FeatureBins(float[][] thresholds, byte[] bins) => (Thresholds, Bins) = (thresholds, bins);

    /// <summary>Ascending thresholds by feature, at most 63; none for a feature that never varies.</summary>
    public float[][] Thresholds { get; }

    public byte[] Bins { get; }

    /// <summary>Thresholds halfway between quantiles of (a sample of) the rows.</summary>
    public static FeatureBins Of(RankingSet set, int threads)
    {
        var thresholds = new float[set.FeatureCount][];
        int step = Math.Max(1, set.RowCount / SampleRows);
        WorkerTeam.For(threads, set.FeatureCount, 1, (_, feature, _) =>
        {
            var values = new float[(set.RowCount + step - 1) / step];
            for (int i = 0; i < values.Length; i++) values[i] = set.Row(i * step)[(int)feature];
            thresholds[feature] = Quantiles(values);
        });
        return new FeatureBins(thresholds, Assign(set, thresholds, threads));
    }

    /// <summary>Bins of another set under the same thresholds.</summary>
    public byte[] Assign(RankingSet set, int threads) => Assign(set, Thresholds, threads);

    private static byte[] Assign(RankingSet set, float[][] thresholds, int threads)
    {
        int features = set.FeatureCount;
        var bins = new byte[(long)set.RowCount * features];
        WorkerTeam.For(threads, set.RowCount, 4096, (_, begin, end) =>
        {
            for (int row = (int)begin; row < end; row++)
            {
                ReadOnlySpan<float> values = set.Row(row);
                for (int f = 0; f < features; f++)
                    bins[(long)row * features + f] = BinOf(thresholds[f], values[f]);
            }
        });
        return bins;
    }

    private static byte BinOf(float[] thresholds, float value)
    {
        int low = 0;
        int high = thresholds.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (value > thresholds[middle]) low = middle + 1;
            else high = middle;
        }
        return (byte)low;
    }

    private static float[] Quantiles(float[] values)
    {
        Array.Sort(values);
        var thresholds = new List<float>();
        for (int q = 1; q < Count; q++)
        {
            int at = (int)((long)q * values.Length / Count);
            // The next larger value: ties lie on one side.
            int next = at;
            while (next < values.Length && values[next] == values[at]) next++;
            if (next == values.Length) break;
            float threshold = values[at] + (values[next] - values[at]) / 2;
            if (!(threshold < values[next])) threshold = values[at];
            if (thresholds.Count == 0 || threshold > thresholds[^1]) thresholds.Add(threshold);
        }
        // A value rarer than a bin at the low end still gets its own side.
        if (thresholds.Count == 0 && values.Length > 0 && values[0] < values[^1])
            thresholds.Add(values[0] + (values[^1] - values[0]) / 2);
        return [.. thresholds];
    }
}
