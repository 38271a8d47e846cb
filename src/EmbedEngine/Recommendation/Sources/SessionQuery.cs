using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>Makes a query vector of a session and searches it.</summary>
internal static class SessionQuery
{
    /// <summary>
    /// Beam width of index searches; an answer of k searches at least this wide. By inner product over
    /// Diginetica's vectors 64 finds .930 of the exact nearest, 96 .965.
    /// </summary>
    public const int EfSearch = 96;

    /// <summary>
    /// Beam width of a search in a space: sessions' in trained ones, what was set at import in imported ones
    /// (0 = as the index has it).
    /// </summary>
    public static int BeamOf(VectorSpace space) => VersionData.IsTrainedSpace(space.Name) ? EfSearch : 0;

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

    /// <summary>Best rows by the index.</summary>
    public static void Search(
        HnswIndex index, in RowMatrix vectors, ReadOnlySpan<float> query, int count, RequestScratch scratch,
        CandidateList list)
    {
        int n = Math.Min(count, vectors.Rows);
        if (n == 0) return;
        list.Count = index.Search(
            query, n, Math.Max(EfSearch, n), scratch.Hnsw, list.RowBuffer(n), list.ScoreBuffer(n));
    }
}
