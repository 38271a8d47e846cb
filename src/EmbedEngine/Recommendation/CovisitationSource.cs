using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>
/// Neighbours of the last ten events: Σ of their co-visitation weights · 0.6^steps since · weight of the event's action.
/// Events that remove an item propose nothing.
/// </summary>
internal sealed class CovisitationSource(CovisitationTable table, int rowCount, float[] actionWeights) : CandidateSource
{
    /// <summary>Events looked at.</summary>
    public const int LastEvents = 10;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.6f;

    public override CandidateSourceKind Kind => CandidateSourceKind.Covisitation;

    public override void Collect(in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        float decay = 1;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first; e--, decay *= DecayPerStep)
        {
            float weight = decay * actionWeights[session.Actions[e]];
            if (weight <= 0) continue;
            ReadOnlySpan<int> neighbors = table.Symmetric(session.Rows[e], out ReadOnlySpan<float> weights);
            for (int i = 0; i < neighbors.Length; i++)
            {
                if ((uint)neighbors[i] < (uint)rowCount) scratch.Accumulator.Add(neighbors[i], weight * weights[i]);
            }
        }
        scratch.Accumulator.TakeBest(count, list);
    }
}
