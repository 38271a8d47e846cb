using EmbedEngine.Indexing;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>Items whose IN vector is near the mean of the session's last five: alike, not next.</summary>
internal sealed class Item2VecSimilarSource(VectorSpace space) : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Null in versions that were trained without.</summary>
    public static Item2VecSimilarSource? Open(VersionData version) =>
        version.Item2Vec is { } space ? new Item2VecSimilarSource(space) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Item2VecSimilar;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        if (!SessionQuery.Build(session, space.Vectors.In, LastEvents, decayPerStep: 1, query)) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
    }
}
