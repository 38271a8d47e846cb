// Spearman (1904): the product-moment correlation of ranks, equal values having the mean of their ranks.

namespace EmbedEngine.Evaluation;

/// <summary>Whether two numbers of the same things rise together.</summary>
internal static class RankCorrelation
{
    /// <summary>
    /// Spearman's ρ, −1 to 1; 0 where either list is constant or there are fewer than two values.
    /// </summary>
    /// <param name="a">One number of each thing; not NaN.</param>
    /// <param name="b">The other, as many.</param>
    public static double Spearman(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"{b.Length} values for {a.Length}", nameof(b));
        double[] x = Ranks(a), y = Ranks(b);
        double mean = (x.Length - 1) / 2.0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (double u, double v) = (x[i] - mean, y[i] - mean);
            xx += u * u;
            yy += v * v;
            xy += u * v;
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }

    /// <summary>Rank of each value from 0, equal ones the mean of theirs.</summary>
    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        var ranks = new double[order.Length];
        for (int i = 0; i < order.Length;)
        {
            int end = i + 1;
            while (end < order.Length && sorted[end] == sorted[i]) end++;
            for (int j = i; j < end; j++) ranks[order[j]] = (i + end - 1) / 2.0;
            i = end;
        }
        return ranks;
    }
}
