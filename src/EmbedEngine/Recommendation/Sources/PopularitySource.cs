using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>The popularity list, whatever the session.</summary>
internal sealed class PopularitySource(PopularityTable table) : CandidateSource
{
    public override CandidateSourceKind Kind => CandidateSourceKind.Popularity;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<int> ranked = table.Ranked;
        ReadOnlySpan<float> scores = table.Scores;
        int n = Math.Min(count, ranked.Length);
        list.Reserve(count);
        for (int i = 0; i < n; i++) list.Add(ranked[i], scores[ranked[i]]);
    }
}
