// S2 when serving, for every kind of neighbour list: score(x) = Σ over the last events of decay^steps since · weight of the
// event's action · weight of x in the list of the event's item. Events that remove an item propose nothing.

using EmbedEngine.Interactions;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>Neighbours of the session's last items, by lists counted before.</summary>
internal sealed class CovisitationSource(
    CandidateSourceKind kind, NeighborListView lists, int rowCount, float[] actionWeights) : CandidateSource
{
    /// <summary>Events looked at by default.</summary>
    public const int DefaultEvents = 10;

    /// <summary>Events sequential rules look at.</summary>
    public const int SequentialEvents = 3;

    /// <summary>Events looked at.</summary>
    public int LastEvents { get; init; } = DefaultEvents;

    /// <summary>Weight lost with each step back.</summary>
    public float DecayPerStep { get; init; } = 0.6f;

    /// <summary>Divides each weight by the square root of the neighbour's count; null = weights as they are.</summary>
    public ItemTable? NormalizeBy { get; init; }

    public override CandidateSourceKind Kind => kind;

    public override void Collect(in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<int> counts = NormalizeBy is null ? default : NormalizeBy.Counts;
        float decay = 1;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first; e--, decay *= DecayPerStep)
        {
            float weight = decay * actionWeights[session.Actions[e]];
            if (!(weight > 0)) continue;
            ReadOnlySpan<int> neighbors = lists.Of(session.Rows[e], out ReadOnlySpan<float> weights);
            for (int i = 0; i < neighbors.Length; i++)
            {
                int row = neighbors[i];
                if ((uint)row >= (uint)rowCount) continue;
                float score = weight * weights[i];
                if (!counts.IsEmpty) score /= MathF.Sqrt(Math.Max(1, counts[row]));
                scratch.Accumulator.Add(row, score);
            }
        }
        scratch.Accumulator.TakeBest(count, list);
    }
}
