using EmbedEngine.Recommendation.Live;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// The popularity list, whatever the session, with what was counted since the version was made.
/// </summary>
internal sealed class PopularitySource(PopularityTable table) : CandidateSource
{
    public override CandidateSourceKind Kind => CandidateSourceKind.Popularity;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<int> ranked = table.Ranked;
        ReadOnlySpan<float> scores = table.Scores;
        int n = Math.Min(count, ranked.Length);
        if (scratch.Live is { IsEmpty: false } live)
        {
            for (int i = 0; i < n; i++) scratch.Accumulator.Add(ranked[i], scores[ranked[i]]);
            AddLive(live, scores, scratch.Accumulator);
            scratch.Accumulator.TakeBest(count, list);
            return;
        }
        list.Reserve(count);
        for (int i = 0; i < n; i++) list.Add(ranked[i], scores[ranked[i]]);
    }

    /// <summary>Adds what happened since to the head of a list that is in the accumulator.</summary>
    /// <param name="live">What happened.</param>
    /// <param name="scores">By row, of the list; empty = not known beyond its head.</param>
    /// <param name="sums">Has the head, receives the rest.</param>
    public static void AddLive(LiveCounts live, ReadOnlySpan<float> scores, RowAccumulator sums)
    {
        foreach (LiveWeight item in live.Popular)
        {
            if (item.Row >= live.RowCount) continue;
            float before = sums.Has(item.Row) || scores.IsEmpty ? 0 : scores[item.Row];
            if (sums.Has(item.Row) || before + item.Weight > 0) sums.Add(item.Row, before + item.Weight);
        }
    }
}
