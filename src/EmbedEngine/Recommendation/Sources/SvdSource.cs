using EmbedEngine.Indexing;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items near the session's last ones in the space of factorised co-occurrence: one matrix, by cosine.
/// </summary>
internal sealed class SvdSource(VectorSpace space) : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.6f;

    /// <summary>Null in versions that were trained without.</summary>
    public static SvdSource? Open(VersionData version) =>
        version.FindSpace(VersionData.SvdSpace) is { } space ? new SvdSource(space) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Svd;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        if (!SessionQuery.Build(session, space.Vectors.In, LastEvents, DecayPerStep, query)) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
    }
}
