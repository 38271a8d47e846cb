using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>
/// The statistics of an item without events, as the training would have made them: those of such an item of
/// the version, where it has any. Else no trend, no age, and shares that are the means of all items.
/// </summary>
internal static class ColdStatistics
{
    private const double Prior = 10; // events that draw a share to the mean: ItemStatisticsBuilder's

    /// <summary>One row of the table.</summary>
    public static float[] Of(VersionData data, ItemStatistics statistics)
    {
        if (data.Content is { } content && content.Vectors.ColdFrom < data.RowCount)
            return statistics[content.Vectors.ColdFrom].ToArray();
        var row = new float[ItemStatistics.Columns];
        row[(int)ItemStatistics.Column.RecentRank] = 1;
        foreach (ItemStatistics.Column column in (ReadOnlySpan<ItemStatistics.Column>)[
            ItemStatistics.Column.CartShare, ItemStatistics.Column.OrderShare,
            ItemStatistics.Column.RepeatRate, ItemStatistics.Column.ExitShare,
            ItemStatistics.Column.EntryShare])
            row[(int)column] = Mean(column, data, statistics);
        return row;
    }

    // A share is (of + 10 m) / (n + 10), and m = Σ of / Σ n: so m = Σ share · (n + 10) / (Σ n + 10 rows). Of
    // shares of sessions n is taken for the item's events, which are as many or a few more.
    private static float Mean(ItemStatistics.Column column, VersionData data, ItemStatistics statistics)
    {
        ReadOnlySpan<int> events = data.Items.Counts;
        double sum = 0, weight = 0;
        for (int row = 0; row < data.RowCount; row++)
        {
            double n = Prior + Math.Max(0, events[row]);
            sum += n * RankerFeatures.Finite(statistics[row][(int)column]);
            weight += n;
        }
        return weight > 0 ? (float)(sum / weight) : 0;
    }
}
