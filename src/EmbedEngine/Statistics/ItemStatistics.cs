// What a ranker may know of an item apart from any session: ratios, trends and ages. Raw counts are left out
// on purpose: a learner that sees them remembers the hot items of its own days by their exact counts, and is
// lost a day later.

using System.Globalization;
using System.Text.Json;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>One row of <see cref="Columns"/> numbers an item. Memory-mapped, thread-safe.</summary>
internal sealed class ItemStatistics : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "item-statistics";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "item_statistics";

    /// <summary>Floats a row: 64 bytes, one cache line.</summary>
    public const int Columns = 16;

    private const uint RowsSection = 1;

    private readonly ArtifactFile _file;
    private readonly View<float> _rows;

    private ItemStatistics(ArtifactFile file)
    {
        _file = file;
        _rows = file.Section<float>(RowsSection, file.Header.RowCount * Columns);
        NewestMs = TrainingSet.NoTime;
        using JsonDocument parameters = JsonDocument.Parse(file.Header.Parameters);
        if (parameters.RootElement.TryGetProperty("newest_ms", out JsonElement newest))
            NewestMs = newest.GetInt64();
        HasOutcomes = parameters.RootElement.TryGetProperty("taken", out _);
    }

    /// <summary>What the columns of a row are.</summary>
    public enum Column
    {
        /// <summary>ln((events in the newest 1 % + 1) / (what its share of all would give + 1)).</summary>
        TrendShort = 0,

        /// <summary>The same over the newest 5 %.</summary>
        TrendMid = 1,

        /// <summary>The same over the newest 25 %.</summary>
        TrendLong = 2,

        /// <summary>ln(1 + rank by events in the newest 1 %) / ln(1 + rows): 0 is hottest.</summary>
        RecentRank = 3,

        /// <summary>Hours from the item's first event to the newest of all; 0 without times.</summary>
        AgeHours = 4,

        /// <summary>Hours from the item's last event to the newest of all; 0 without times.</summary>
        IdleHours = 5,

        /// <summary>
        /// Share of its events that are carts, drawn to the mean of all items by ten events.
        /// </summary>
        CartShare = 6,

        /// <summary>Share of its events that are orders, drawn likewise.</summary>
        OrderShare = 7,

        /// <summary>
        /// Events beyond the first a session that has it, drawn to the mean by ten sessions.
        /// </summary>
        RepeatRate = 8,

        /// <summary>Share of its sessions that end with it, drawn likewise.</summary>
        ExitShare = 9,

        /// <summary>Share of its sessions that begin with it, drawn likewise.</summary>
        EntryShare = 10,

        /// <summary>Mean of ln(events) of its sessions.</summary>
        SessionLength = 11,

        /// <summary>Sessions that have it.</summary>
        Sessions = 12,

        /// <summary>
        /// Those of them that took it up: a cart or an order of it; where the log has next to none of these,
        /// any event after the first of it.
        /// </summary>
        Taken = 13,
    }

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public long? Rows => _file.Header.RowCount;

    /// <summary>
    /// Time of the log's end, or <see cref="TrainingSet.NoTime"/>: the newest event but for the last
    /// thousandth, so that a few stray clocks do not age everything.
    /// </summary>
    public long NewestMs { get; }

    /// <summary>
    /// Whether <see cref="Column.Sessions"/> and <see cref="Column.Taken"/> were counted: files of older
    /// builds have nothing there.
    /// </summary>
    public bool HasOutcomes { get; }

    /// <summary>The numbers of a row; what a damaged file holds is made finite where it is used.</summary>
    public ReadOnlySpan<float> this[int row] => _rows.Slice((long)row * Columns, Columns);

    public static ItemStatistics Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ItemStatistics(file));

    public void Dispose() => _file.Dispose();

    /// <summary>Computes and writes the table.</summary>
    public static void Write(ArtifactSink sink, TrainingSet set, ActionKind[] kinds)
    {
        long newest = ItemStatisticsBuilder.NewestMs(set);
        string taken = ItemStatisticsBuilder.HasActions(set, kinds) ? "actions" : "next";
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = set.RowCount,
            Dimensions = Columns,
            StrideBytes = Columns * sizeof(float),
            DataType = ArtifactDataType.Float32,
            Parameters = newest == TrainingSet.NoTime ? $$"""{"taken":"{{taken}}"}"""
                : string.Create(
                    CultureInfo.InvariantCulture, $$"""{"newest_ms":{{newest}},"taken":"{{taken}}"}"""),
        });
        writer.Add<float>(RowsSection, ItemStatisticsBuilder.Compute(set, kinds, newest));
        sink.Finish(writer);
    }
}
