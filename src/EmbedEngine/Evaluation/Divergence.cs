// How far two distributions over the same items are apart: Kullback and Leibler (1951), Lin's (1991) equation
// 4.1 with equal weights, and the population stability index, which is KL both ways (Jeffreys). Natural
// logarithms. KL and PSI are infinite where one side has none of an item, so half an event an item is added
// to both sides first (Krichevsky and Trofimov 1981); JS is finite and is not smoothed.

namespace EmbedEngine.Evaluation;

/// <summary>The three measures, in nats; 0 = equal.</summary>
/// <param name="Kl">Σ p ln (p / q), smoothed; p is the later distribution.</param>
/// <param name="Js">½ Σ p ln (p / m) + ½ Σ q ln (q / m), m = (p + q) / 2; not its root.</param>
/// <param name="Psi">Σ (p − q) ln (p / q), smoothed.</param>
internal readonly record struct Divergence(double Kl, double Js, double Psi)
{
    /// <summary>Events added to every item before KL and PSI.</summary>
    public const double Smoothing = 0.5;

    /// <summary>Of counts of the same items; zeros where a side has no events at all.</summary>
    /// <param name="from">Counts of the earlier side, q.</param>
    /// <param name="to">Counts of the later side, p, as many; items that both have none of do not count.
    /// </param>
    public static Divergence Of(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        long n = 0, m = 0;
        int items = 0;
        for (int i = 0; i < from.Length; i++)
        {
            n += from[i];
            m += to[i];
            if ((from[i] | to[i]) != 0) items++;
        }
        if (n == 0 || m == 0) return default;
        double kl = 0, js = 0, psi = 0;
        (double fromSum, double toSum) = (n + (Smoothing * items), m + (Smoothing * items));
        for (int i = 0; i < from.Length; i++)
        {
            if ((from[i] | to[i]) == 0) continue;
            double q = (from[i] + Smoothing) / fromSum, p = (to[i] + Smoothing) / toSum;
            double log = Math.Log(p / q);
            kl += p * log;
            psi += (p - q) * log;
            (q, p) = ((double)from[i] / n, (double)to[i] / m);
            double middle = (p + q) / 2;
            if (p > 0) js += p * Math.Log(p / middle) / 2;
            if (q > 0) js += q * Math.Log(q / middle) / 2;
        }
        return new Divergence(kl, Math.Max(0, js), psi);
    }

    /// <summary>
    /// Population stability index of two samples of a number, over ten bins of as many values of the earlier
    /// one; 0 where either has none. Equal values are never cut apart.
    /// </summary>
    /// <param name="from">The earlier sample; sorted by this call.</param>
    /// <param name="to">The later one.</param>
    public static double OfValues(Span<float> from, ReadOnlySpan<float> to)
    {
        const int Bins = 10;
        if (from.IsEmpty || to.IsEmpty) return 0;
        from.Sort();
        Span<float> ends = stackalloc float[Bins - 1];
        for (int b = 0; b < ends.Length; b++) ends[b] = from[(int)((long)(b + 1) * from.Length / Bins)];
        Span<int> before = stackalloc int[Bins], after = stackalloc int[Bins];
        foreach (float value in from) before[BinOf(value, ends)]++;
        foreach (float value in to) after[BinOf(value, ends)]++;
        return Of(before, after).Psi;
    }

    private static int BinOf(float value, ReadOnlySpan<float> ends)
    {
        int bin = 0;
        while (bin < ends.Length && value >= ends[bin]) bin++;
        return bin;
    }
}
