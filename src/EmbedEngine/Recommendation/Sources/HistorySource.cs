namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// The user's own items of earlier sessions: Σ over their events of action weight · 0.97^steps since. What
/// people buy, read and play again.
/// </summary>
internal sealed class HistorySource(float[] actionWeights) : CandidateSource
{
    /// <summary>Weight lost with each step back: half is gone after 23 events.</summary>
    public const float DecayPerStep = 0.97f;

    public override CandidateSourceKind Kind => CandidateSourceKind.History;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        float decay = 1;
        for (int e = session.PastRows.Length - 1; e >= 0; e--, decay *= DecayPerStep)
            scratch.Accumulator.Add(session.PastRows[e], decay * actionWeights[session.PastActions[e]]);
        scratch.Accumulator.TakeBest(count, list);
    }
}
