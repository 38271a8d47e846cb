using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>A published segment of the event log, as the catalog names it.</summary>
internal sealed record SegmentRecord(long Id, string File, long Length, long Events, long Sessions);

/// <summary>The segments of a store's event log.</summary>
internal static class EventLog
{
    /// <summary>Published segments in the order they were imported.</summary>
    public static IReadOnlyList<SegmentRecord> Segments(Store store) => store.ReadCatalog(connection =>
    {
        var segments = new List<SegmentRecord>();
        Catalog.Query(connection, "SELECT id, file, length, events, sessions FROM segment ORDER BY id", row =>
            segments.Add(new SegmentRecord(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))));
        return segments;
    });
}
