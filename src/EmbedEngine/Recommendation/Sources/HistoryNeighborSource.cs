using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Co-visitation of the user's earlier sessions: Σ over their last events of action weight · 0.9^steps since
/// · weight in the list of the event's item. What goes on where the last session ended.
/// </summary>
internal sealed class HistoryNeighborSource(
    NeighborListView lists, int rowCount, float[] actionWeights) : CandidateSource
{
    /// <summary>Events looked at.</summary>
    public const int LastEvents = 10;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.9f;

    public static HistoryNeighborSource Open(VersionData version) =>
        new(version.Covisitation.SymmetricLists, version.RowCount, version.ActionWeights);

    public override CandidateSourceKind Kind => CandidateSourceKind.CovisitationHistory;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        float decay = 1;
        int first = Math.Max(0, session.PastRows.Length - LastEvents);
        for (int e = session.PastRows.Length - 1; e >= first; e--, decay *= DecayPerStep)
        {
            float weight = decay * actionWeights[session.PastActions[e]];
            if (!(weight > 0)) continue;
            ReadOnlySpan<int> neighbors = lists.Of(session.PastRows[e], out ReadOnlySpan<float> weights);
            for (int i = 0; i < neighbors.Length; i++)
            {
                if ((uint)neighbors[i] < (uint)rowCount)
                    scratch.Accumulator.Add(neighbors[i], weight * weights[i]);
            }
        }
        scratch.Accumulator.TakeBest(count, list);
    }
}
