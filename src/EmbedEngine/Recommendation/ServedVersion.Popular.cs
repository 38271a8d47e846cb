// What is popular, for everybody alike: by window and action where the version has the lists, else over all
// time and all actions. What happened since the version was made counts where all actions are asked for.

using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Recommendation;

/// <content>Popularity.</content>
internal sealed partial class ServedVersion
{
    private static readonly uint PopularBit = SourceCatalog.BitOf(CandidateSourceKind.Popularity);

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
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            if ((uint)row >= (uint)Data.RowCount)
            {
                throw new CorruptFileException(
                    Path.Combine(Data.Directory, ActionPopularityTable.FileName + ArtifactNames.Extension), 0,
                    "popular rows inside the version", $"{row}");
            }
            results[i] = new RecommendedItem(Data.Items.ItemAt(row), scores[byRow ? row : i], PopularBit);
        }
        if (action is null && Live?.Counts() is { IsEmpty: false } counts)
            count = WithLive(rows, scores, byRow, results, counts);
        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Orders a list anew by what was counted since.</summary>
    private int WithLive(
        ReadOnlySpan<int> rows, ReadOnlySpan<float> scores, bool byRow, Span<RecommendedItem> results,
        LiveCounts counts)
    {
        RequestScratch scratch = _scratches.Rent();
        scratch.Live = counts;
        scratch.Use(null);
        scratch.Beyond = counts.Items;
        scratch.LiveSession.Clear();
        scratch.LivePast.Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] < (uint)Data.RowCount)
                scratch.Accumulator.Add(rows[i], scores[byRow ? rows[i] : i]);
        }
        PopularitySource.AddLive(counts, default, scratch.Accumulator);
        scratch.Accumulator.TakeBest(Math.Min(results.Length, Data.RowCount), scratch.Answer);
        CandidateList best = scratch.Answer;
        for (int i = 0; i < best.Count; i++)
            results[i] = new RecommendedItem(Data.Items.ItemAt(best.Rows[i]), best.Scores[i], PopularBit);
        int padded = 0;
        int count = LiveRetrieval.Insert(
            default, CandidateSourceKind.Popularity, default, default, Data.ActionWeights, scratch, results,
            best.Count, ref padded);
        _scratches.Return(scratch);
        return count;
    }
}
