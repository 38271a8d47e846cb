using System.Numerics;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>Makes a query vector of a session and searches it.</summary>
internal static class SessionQuery
{
    /// <summary>
    /// Beam width of a search in a space: what it was trained with (where nothing was said, the default) in
    /// trained ones, what was set at import in imported ones (0 = as the index has it).
    /// </summary>
    public static int BeamOf(VectorSpace space) => space.Vectors.EfSearch > 0 ? space.Vectors.EfSearch
        : VersionData.IsTrainedSpace(space.Name) ? TrainSettings.DefaultEfSearch : 0;

    /// <summary>
    /// query = Σ decay^steps · unit vector over the last events, normalised. False when every vector is zero
    /// (items too rare to be trained): there is nothing to search for.
    /// </summary>
    public static bool Build(
        in SessionContext session, in RowMatrix vectors, int lastEvents, float decayPerStep,
        Span<float> query)
    {
        query.Clear();
        float weight = 1;
        int first = Math.Max(0, session.Length - lastEvents);
        for (int e = session.Length - 1; e >= first; e--, weight *= decayPerStep)
            VectorMath.AddScaled(query, vectors[session.Rows[e]], weight);
        return VectorMath.Normalize(query) > 0;
    }

    /// <summary>
    /// Best allowed rows by one of a trained space's indexes; an answer of k searches at least k wide.
    /// </summary>
    public static void Search(
        VectorSpace space, HnswIndex index, ReadOnlySpan<float> query, int count, RequestScratch scratch,
        CandidateList list)
    {
        ReadOnlySpan<ulong> allowed = scratch.Allowed.Bits;
        int allowedCount = scratch.Allowed.Count;
        if (space.Vectors.ColdFrom < space.Vectors.In.Rows)
            allowed = WithoutCold(space.Vectors, scratch, out allowedCount);
        int n = Math.Min(count, allowedCount);
        if (n == 0) return;
        list.Count = index.Search(
            query, n, Math.Max(BeamOf(space), n), scratch.Hnsw, list.RowBuffer(n), list.ScoreBuffer(n),
            SearchPath.Auto, allowed, allowedCount);
    }

    /// <summary>
    /// The allowed rows less those of items without a history that have no vector: zeros are near to nothing,
    /// which is still more than what is unlike, so that they would take the places of what is known.
    /// </summary>
    private static ReadOnlySpan<ulong> WithoutCold(
        VectorTable vectors, RequestScratch scratch, out int count)
    {
        ReadOnlySpan<ulong> allowed = scratch.Allowed.Bits, withVector = vectors.WithVector;
        if (scratch.SearchBits.Length != withVector.Length) scratch.SearchBits = new ulong[withVector.Length];
        Span<ulong> bits = scratch.SearchBits;
        count = 0;
        for (int w = 0; w < bits.Length; w++)
        {
            int seen = Math.Clamp(vectors.ColdFrom - (w * 64), 0, 64);
            ulong word = withVector[w] | (seen == 64 ? ulong.MaxValue : (1UL << seen) - 1);
            bits[w] = allowed.IsEmpty ? word : word & allowed[w];
            count += BitOperations.PopCount(bits[w]);
        }
        return bits;
    }
}
