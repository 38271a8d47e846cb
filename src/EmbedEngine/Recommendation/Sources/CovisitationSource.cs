// Co-visitation when serving, for every kind of neighbour list: score(x) = Σ over the last events of
// decay^steps since · weight of the event's action · weight of x in the list of the event's item. Events that
// remove an item propose nothing. Symmetric lists grow by what was counted since the version was made.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>Neighbours of the session's last items, by lists counted before.</summary>
internal sealed class CovisitationSource(
    CandidateSourceKind kind, NeighborListView lists, int rowCount, float[] actionWeights) : CandidateSource
{
    /// <summary>
    /// Events looked at. Classical sequential rules look at the last alone: .336 of Diginetica's next items
    /// against .386.
    /// </summary>
    public const int LastEvents = 10;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.6f;

    /// <summary>
    /// Added to a count before its root is taken: two looks at a rare item are no evidence.
    /// </summary>
    public const int Shrinkage = 30;

    /// <summary>
    /// Divides each weight by √(count of the neighbour + shrinkage); null = weights as they are.
    /// </summary>
    public ItemTable? NormalizeBy { get; init; }

    /// <summary>Null where the version has no such lists.</summary>
    public static CovisitationSource? Open(
        CandidateSourceKind kind, VersionData version, NeighborListView? lists) => lists is { } found
        ? new CovisitationSource(kind, found, version.RowCount, version.ActionWeights) : null;

    /// <summary>Symmetric lists by shrunken counts.</summary>
    public static CovisitationSource OpenNormalized(VersionData version) => new(
        CandidateSourceKind.CovisitationNormalized, version.Covisitation.SymmetricLists, version.RowCount,
        version.ActionWeights) { NormalizeBy = version.Items };

    public override CandidateSourceKind Kind => kind;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        float decay = 1;
        int first = Math.Max(0, session.Length - LastEvents);
        if (session.StandsForCold && scratch.Live is { } seen && kind == CandidateSourceKind.Covisitation)
            foreach (int row in scratch.LiveSession.Rows) ProposeLive(row, 1, seen, scratch.Accumulator);
        for (int e = session.Length - 1; e >= first; e--, decay *= DecayPerStep)
        {
            float weight = decay * actionWeights[session.Actions[e]];
            Propose(session.Rows[e], weight, scratch.Accumulator);
            if (scratch.Live is { } live && kind == CandidateSourceKind.Covisitation)
                ProposeLive(session.Rows[e], weight, live, scratch.Accumulator);
        }
        scratch.Accumulator.TakeBest(count, list);
    }

    private void Propose(int item, float weight, RowAccumulator scores)
    {
        if (!(weight > 0)) return;
        ReadOnlySpan<int> counts = NormalizeBy is null ? default : NormalizeBy.Counts;
        ReadOnlySpan<int> neighbors = lists.Of(item, out ReadOnlySpan<float> weights);
        for (int i = 0; i < neighbors.Length; i++)
        {
            int row = neighbors[i];
            if ((uint)row >= (uint)rowCount) continue;
            float score = weight * weights[i];
            if (!counts.IsEmpty) score /= MathF.Sqrt(Shrinkage + Math.Max(0, counts[row]));
            scores.Add(row, score);
        }
    }

    private void ProposeLive(int item, float weight, LiveCounts live, RowAccumulator scores)
    {
        if (!(weight > 0)) return;
        foreach (LiveWeight neighbor in live.NeighborsOf(item))
        {
            if (neighbor.Row < rowCount && neighbor.Weight > 0)
                scores.Add(neighbor.Row, weight * neighbor.Weight);
        }
    }
}
