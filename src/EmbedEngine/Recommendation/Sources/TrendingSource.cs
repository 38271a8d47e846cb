using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>The trending list, whatever the session.</summary>
internal sealed class TrendingSource(PopularityTable table) : CandidateSource
{
    /// <summary>Null in versions made before trends were counted.</summary>
    public static TrendingSource? Open(VersionData version) =>
        version.Popularity.Trending.IsEmpty ? null : new TrendingSource(version.Popularity);

    public override CandidateSourceKind Kind => CandidateSourceKind.Trending;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<int> rows = table.Trending;
        ReadOnlySpan<float> scores = table.TrendScores;
        list.Reserve(count);
        for (int i = 0; i < rows.Length && list.Count < count; i++)
        {
            if (scratch.Allowed.Has(rows[i])) list.Add(rows[i], scores[i]);
        }
    }
}
