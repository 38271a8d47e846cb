// What is popular, for everybody alike: by window and action where the version has the lists, else over all
// time and all actions.

using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Recommendation;

/// <content>Popularity.</content>
internal sealed partial class ServedVersion
{
    /// <summary>The most popular items of a trailing window (0 = all time), by one action or all.</summary>
    public int Popular(Span<RecommendedItem> results, int windowDays = 0, string? action = null)
    {
        int code = action is null ? ActionPopularityTable.AllActions : ActionCode(action);
        ReadOnlySpan<int> rows;
        ReadOnlySpan<float> scores;
        bool byRow = Data.ActionPopularity is null;
        if (Data.ActionPopularity is ActionPopularityTable table)
        {
            if (!table.WindowsDays.Contains(windowDays))
            {
                throw new ArgumentException(
                    $"a window of {windowDays} days is not kept: version {Version.Number} has "
                    + $"{string.Join(", ", table.WindowsDays.ToArray())} (0 = all time)", nameof(windowDays));
            }
            rows = table.Ranked(windowDays, code, out scores);
        }
        else
        {
            if (windowDays != 0 || action is not null)
            {
                throw new EmbedEngineException(
                    ErrorCode.Unknown,
                    $"version {Version.Number} was made before popularity was kept by window and action: "
                    + "train again");
            }
            rows = Data.Popularity.Ranked;
            scores = Data.Popularity.Scores;
        }
        int count = Math.Min(rows.Length, results.Length);
        uint bit = SourceCatalog.BitOf(CandidateSourceKind.Popularity);
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            if ((uint)row >= (uint)Data.RowCount)
            {
                throw new CorruptFileException(
                    Path.Combine(Data.Directory, ActionPopularityTable.FileName + ArtifactNames.Extension), 0,
                    "popular rows inside the version", $"{row}");
            }
            results[i] = new RecommendedItem(Data.Items.ItemAt(row), scores[byRow ? row : i], bit);
        }
        GC.KeepAlive(this);
        return count;
    }
}
