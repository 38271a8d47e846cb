using EmbedEngine.Indexing;
using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items whose OUT vector the user's vector predicts: all that is known of the user, not the session's end.
/// </summary>
internal sealed class UserSource(CandidateSourceKind kind, VectorSpace space, VersionData version)
    : CandidateSource
{
    /// <summary>Null in versions that were trained without.</summary>
    public static UserSource? Open(CandidateSourceKind kind, VersionData version) =>
        version.Item2Vec is { } space ? new UserSource(kind, space, version) : null;

    public override CandidateSourceKind Kind => kind;

    /// <summary>Also of an empty session: what stands in for a vector answers then.</summary>
    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        if (space.OutIndex is null) return;
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        scratch.Basis = Vector(version, space, session, scratch, query);
        if (scratch.Basis == ProfileBasis.Popularity) return;
        SessionQuery.Search(space, space.OutIndex, query, count, scratch, list);
    }

    /// <summary>The user's vector in the space, and what it was made from.</summary>
    public static ProfileBasis Vector(
        VersionData version, VectorSpace space, in SessionContext session, RequestScratch scratch,
        Span<float> user)
    {
        // A session of nobody is weighed as it always was: the kind that serves was chosen for histories.
        if (!session.HasPast && session.Length > 0
            && UserVector.Build(UserVectorKind.Mix, session.Whole, space.Vectors.In, null, user))
            return ProfileBasis.Session;
        bool ofUser = session.HasPast || scratch.NamesUser;
        if (!ofUser) return ProfileBasis.Popularity;
        return CustomerProfile.Vector(version, UserVectorKind.Served, session, scratch, user);
    }
}
