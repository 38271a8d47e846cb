namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// The session's own items: Σ over their events of action weight · 0.9^steps since. A third of the true next
/// items of public logs were already in the session.
/// </summary>
internal sealed class SelfSource(float[] actionWeights) : CandidateSource
{
    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.9f;

    /// <summary>Events looked at: 0.9^200 is below one billionth.</summary>
    public const int LastEvents = 200;

    public override CandidateSourceKind Kind => CandidateSourceKind.Self;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        float decay = 1;
        list.Reserve(count);
        // What stands in for an item is not what the session has.
        if (session.StandsForCold) return;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first; e--, decay *= DecayPerStep)
            scratch.Accumulator.Add(session.Rows[e], decay * actionWeights[session.Actions[e]]);
        scratch.Accumulator.TakeBest(count, list);
    }
}
