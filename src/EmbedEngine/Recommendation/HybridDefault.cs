// The plain default. score(i) = Σ_source w_source / log2(rank_source(i) + 1), rank from 1, over the best
// 2k of each source. Weights .6 co-visitation, .25 item2vec, .15 popularity, unless set at training; a
// session of at most two events trusts vectors more (item2vec × 1.3, co-visitation × .8), one that ends in a
// cart or an order trusts co-visitation more (× 1.2, × .9); the weights are renormalised to sum 1. It needs
// no training and can lose to its best part: the gate of `train` knows.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Recommendation;

/// <summary>Rank-discounted fusion of the classical three sources.</summary>
internal static class HybridDefault
{
    private const int ShortSession = 2;

    /// <summary>The sources fused.</summary>
    public static ReadOnlySpan<CandidateSourceKind> Parts =>
        [CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.Popularity];

    /// <summary>Weights of the parts: the version's own, or the default.</summary>
    public static float[] WeightsOf(VersionData data) =>
        [.. (data.Popularity.HybridWeights ?? TrainSettings.DefaultHybridWeights).Select(w => (float)w)];

    /// <summary>Candidates a source for an answer of k.</summary>
    public static int CandidatesPerSource(int k) => checked(2 * k);

    /// <summary>Fuses lists that were collected before into one.</summary>
    public static void Fuse(
        in SessionContext session, ActionKind lastAction, CandidateList covisitation, CandidateList item2Vec,
        CandidateList popularity, ReadOnlySpan<float> weights, int count, RequestScratch scratch,
        CandidateList list)
    {
        float covisitationWeight = weights[0];
        float item2VecWeight = weights[1];
        float popularityWeight = weights[2];
        if (session.Length <= ShortSession)
        {
            covisitationWeight *= 0.8f;
            item2VecWeight *= 1.3f;
        }
        if (lastAction is ActionKind.Cart or ActionKind.Order)
        {
            covisitationWeight *= 1.2f;
            item2VecWeight *= 0.9f;
        }
        float sum = covisitationWeight + item2VecWeight + popularityWeight;
        Add(covisitation, covisitationWeight / sum, count, scratch);
        Add(item2Vec, item2VecWeight / sum, count, scratch);
        Add(popularity, popularityWeight / sum, count, scratch);
        scratch.Accumulator.TakeBest(count, list);
    }

    private static void Add(CandidateList list, float weight, int count, RequestScratch scratch)
    {
        ReadOnlySpan<int> rows = list.Rows;
        int n = Math.Min(rows.Length, count);
        for (int i = 0; i < n; i++) scratch.Accumulator.Add(rows[i], weight / MathF.Log2(i + 2));
    }
}
