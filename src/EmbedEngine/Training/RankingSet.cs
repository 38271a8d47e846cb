// What a ranker learns from: for each request the candidates it had, as features, and which of them came
// true.

namespace EmbedEngine.Training;

/// <summary>
/// Candidates of many requests. Features are (rows × <see cref="FeatureCount"/>) row-major; request g has
/// rows Offsets[g] … Offsets[g + 1], in time order of requests. Immutable by agreement; slices share the
/// memory.
/// </summary>
/// <param name="FeatureCount">Features a row, at most 256.</param>
/// <param name="Offsets">Requests + 1 row offsets.</param>
/// <param name="Features">Feature values, all finite.</param>
/// <param name="Labels">1 for a candidate that came true, else 0.</param>
/// <param name="LogWeights">ln of how many candidates a row stands for: those left out are spoken for by
/// those drawn.</param>
/// <param name="Clusters">Session of each request: its requests are one cluster.</param>
internal sealed record RankingSet(
    int FeatureCount, int[] Offsets, ReadOnlyMemory<float> Features, ReadOnlyMemory<float> Labels,
    ReadOnlyMemory<float> LogWeights, int[] Clusters)
{
    public int RequestCount => Offsets.Length - 1;

    public int RowCount => Labels.Length;

    public ReadOnlySpan<float> Row(int row) => Features.Span.Slice(row * FeatureCount, FeatureCount);

    /// <summary>
    /// First request whose cluster begins at or after a share of all: requests before and after never share a
    /// session.
    /// </summary>
    public int CutAt(double share)
    {
        int cut = (int)(RequestCount * share);
        while (cut > 0 && cut < RequestCount && Clusters[cut] == Clusters[cut - 1]) cut++;
        return cut;
    }

    /// <summary>The set with some features at 0 everywhere, which no learner asks for.</summary>
    public RankingSet Without(int[] features)
    {
        if (features.Length == 0) return this;
        float[] kept = Features.ToArray();
        for (int row = 0; row < RowCount; row++)
        {
            foreach (int feature in features) kept[row * FeatureCount + feature] = 0;
        }
        return this with { Features = kept };
    }

    /// <summary>Requests [from, to).</summary>
    public RankingSet Slice(int from, int to)
    {
        (int begin, int end) = (Offsets[from], Offsets[to]);
        return new RankingSet(
            FeatureCount, Array.ConvertAll(Offsets[from..(to + 1)], o => o - begin),
            Features[(begin * FeatureCount)..(end * FeatureCount)], Labels[begin..end],
            LogWeights[begin..end], Clusters[from..to]);
    }

    /// <summary>The requests of two sets, one after the other.</summary>
    public static RankingSet Join(RankingSet first, RankingSet second)
    {
        if (first.FeatureCount != second.FeatureCount)
            throw new ArgumentException($"{first.FeatureCount} features against {second.FeatureCount}");
        int shift = first.Clusters.Length == 0 ? 0 : first.Clusters[^1] + 1;
        return new RankingSet(
            first.FeatureCount,
            [.. first.Offsets, .. second.Offsets.Skip(1).Select(o => o + first.RowCount)],
            Join(first.Features, second.Features), Join(first.Labels, second.Labels),
            Join(first.LogWeights, second.LogWeights),
            [.. first.Clusters, .. second.Clusters.Select(c => c + shift)]);
    }

    private static float[] Join(ReadOnlyMemory<float> first, ReadOnlyMemory<float> second)
    {
        var joined = new float[checked(first.Length + second.Length)];
        first.CopyTo(joined);
        second.CopyTo(joined.AsMemory(first.Length));
        return joined;
    }
}
