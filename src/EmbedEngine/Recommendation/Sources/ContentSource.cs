using EmbedEngine.Indexing;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items whose texts and tags are near the mean of those of the session's last items, by cosine: all it
/// needs is the catalogue, so that it finds what nobody has looked at yet.
/// </summary>
internal sealed class ContentSource(VectorSpace space) : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.8f;

    /// <summary>Null where the catalogue said nothing when the version was trained.</summary>
    public static ContentSource? Open(VersionData version) =>
        version.Content is { } space ? new ContentSource(space) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Content;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        if (!SessionQuery.Build(session, space.Vectors.In, LastEvents, DecayPerStep, query)) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
    }
}
