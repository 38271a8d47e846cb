namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Proposes items for a session. Immutable and thread-safe: all that changes lives in the scratch. Never
/// throws for a session it cannot serve: an empty list is the answer.
/// </summary>
internal abstract class CandidateSource
{
    public abstract CandidateSourceKind Kind { get; }

    /// <summary>
    /// Puts at most <paramref name="count"/> candidates into the list, best first. The session is not empty.
    /// Must not allocate once the scratch is warm.
    /// </summary>
    public abstract void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list);
}
