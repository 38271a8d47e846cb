using EmbedEngine.Indexing;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items near the mean of the session's last ones in one space, by cosine: alike, not next.
/// </summary>
internal sealed class VectorSource(CandidateSourceKind kind, VectorSpace space, float decayPerStep)
    : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight left with each step back where behaviour and content are one.</summary>
    public const float FusionDecay = 0.6f;

    /// <summary>Null in versions without the space.</summary>
    /// <param name="kind">Which source it is.</param>
    /// <param name="space">The space, if the version has it.</param>
    /// <param name="decayPerStep">Weight left with each step back, above 0, at most 1.</param>
    public static VectorSource? Open(CandidateSourceKind kind, VectorSpace? space, float decayPerStep) =>
        space is null ? null : new VectorSource(kind, space, decayPerStep);

    public override CandidateSourceKind Kind => kind;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        if (!SessionQuery.Build(session, space.Vectors.In, LastEvents, decayPerStep, query)) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
    }
}
