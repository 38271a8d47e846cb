// Cluster bootstrap (Efron & Tibshirani 1993, ch. 8; Cameron, Gelbach & Miller 2008): sessions are resampled,
// all cases of a session together. One set of draws serves every source and metric, so differences are
// paired. Any number of threads gives the same numbers: a resample is a stream of its own.

using EmbedEngine.Numerics;

namespace EmbedEngine.Evaluation;

/// <summary>Resampled means of a clusters × columns table.</summary>
internal static class Bootstrap
{
    public const int Resamples = 500;

    /// <summary>
    /// means is (resamples × columns): Σ column / Σ weight over clusters drawn with replacement.
    /// <paramref name="table"/> is (clusters × columns), <paramref name="weights"/> the cases of each
    /// cluster.
    /// </summary>
    public static double[] Means(double[] table, int[] weights, int columns, ulong seed, int threads = 1)
    {
        var means = new double[Resamples * columns];
        if (weights.Length == 0) return means;
        WorkerTeam.For(Math.Max(1, threads), Resamples, 10, (_, begin, end) =>
        {
            for (int b = (int)begin; b < end; b++) Mean(table, weights, columns, seed, b, means);
        });
        return means;
    }

    private static void Mean(double[] table, int[] weights, int columns, ulong seed, int b, double[] means)
    {
        CounterStream draw = new CounterRandom(seed, (ulong)b).Stream();
        Span<double> sums = means.AsSpan(b * columns, columns);
        double cases = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            int c = draw.NextInt(weights.Length);
            cases += weights[c];
            ReadOnlySpan<double> row = table.AsSpan(checked(c * columns), columns);
            for (int j = 0; j < sums.Length; j++) sums[j] += row[j];
        }
        for (int j = 0; j < columns; j++) sums[j] = cases == 0 ? 0 : sums[j] / cases;
    }

    /// <summary>2.5th and 97.5th percentile of one column, or of the difference of two.</summary>
    public static (double Low, double High) Interval(double[] means, int columns, int column, int minus = -1)
    {
        var values = new double[means.Length / columns];
        for (int b = 0; b < values.Length; b++)
            values[b] = means[b * columns + column] - (minus < 0 ? 0 : means[b * columns + minus]);
        Array.Sort(values);
        return (Percentile(values, 0.025), Percentile(values, 0.975));
    }

    /// <summary>Linear interpolation between order statistics; 0 for no values.</summary>
    public static double Percentile(double[] sorted, double p)
    {
        if (sorted.Length == 0) return 0;
        double at = p * (sorted.Length - 1);
        int low = (int)at;
        int high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}
