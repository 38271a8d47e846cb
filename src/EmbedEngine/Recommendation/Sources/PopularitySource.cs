using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// The popularity list, whatever the session, with what was counted since the version was made. Where few of
/// the list are allowed, what is allowed and popular beyond its end follows.
/// </summary>
internal sealed class PopularitySource(PopularityTable table) : CandidateSource
{
    public override CandidateSourceKind Kind => CandidateSourceKind.Popularity;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<int> ranked = table.Ranked;
        ReadOnlySpan<float> scores = table.Scores;
        LiveCounts? live = scratch.Live is { IsEmpty: false } counts ? counts : null;
        if (live is null && !scratch.Allowed.Narrows)
        {
            int n = Math.Min(count, ranked.Length);
            list.Reserve(count);
            for (int i = 0; i < n; i++) list.Add(ranked[i], scores[ranked[i]]);
            return;
        }
        AddHead(count, scratch);
        if (live is not null) AddLive(live, scores, scratch.Accumulator);
        scratch.Accumulator.TakeBest(count, list);
    }

    /// <summary>The most popular of the allowed rows into the accumulator, as many as wanted.</summary>
    private void AddHead(int count, RequestScratch scratch)
    {
        ReadOnlySpan<int> ranked = table.Ranked;
        ReadOnlySpan<float> scores = table.Scores;
        AllowedRows allowed = scratch.Allowed;
        RowAccumulator sums = scratch.Accumulator;
        int left = Math.Min(count, allowed.Count);
        for (int i = 0; i < ranked.Length && left > 0; i++)
        {
            if (!allowed.Has(ranked[i])) continue;
            sums.Add(ranked[i], scores[ranked[i]]);
            left--;
        }
        if (left == 0 || !allowed.Narrows) return;
        foreach (int row in allowed)
        {
            if (scores[row] > 0 && !sums.Has(row)) sums.Add(row, scores[row]);
        }
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
