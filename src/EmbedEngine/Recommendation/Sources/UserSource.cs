using EmbedEngine.Indexing;
using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items whose OUT vector the user's vector predicts: the whole history that was handed over, not its end.
/// </summary>
internal sealed class UserSource(VectorSpace space) : CandidateSource
{
    /// <summary>Null in versions that were trained without.</summary>
    public static UserSource? Open(VersionData version) =>
        version.Item2Vec is { } space ? new UserSource(space) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.User;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        if (space.OutIndex is null) return;
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        if (!UserVector.Build(session.Rows, space.Vectors.In, query)) return;
        SessionQuery.Search(space, space.OutIndex, query, count, scratch, list);
    }
}
