using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Log;

/// <summary>
/// A published segment of the event log, as the catalog names it; Rewritten: made by a compaction or a
/// forgetting out of earlier ones.
/// </summary>
internal sealed record SegmentRecord(
    long Id, string File, long Length, long Events, long Sessions, bool Rewritten);

/// <summary>The segments of a store's event log.</summary>
internal static class EventLog
{
    private const int MaxAttempts = 10;

    /// <summary>
    /// Reads segments without the writer lock. Where one is gone because the log was rewritten meanwhile, the
    /// list is taken again and the read starts over; a file that the catalog still names is missing, and that
    /// is an error.
    /// </summary>
    public static T Read<T>(Store store, Func<IReadOnlyList<SegmentRecord>, T> read)
    {
        for (int attempt = 1; ; attempt++)
        {
            IReadOnlyList<SegmentRecord> segments = Segments(store);
            try
            {
                return read(segments);
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && attempt < MaxAttempts
                && !Segments(store).SequenceEqual(segments))
            {
                // Compacted, or something was forgotten: the newer list names files that are there.
            }
        }
    }

    /// <summary>Published segments in the order they were imported.</summary>
    public static IReadOnlyList<SegmentRecord> Segments(Store store) => store.ReadCatalog(Segments);

    /// <summary>As the other, within a read.</summary>
    public static IReadOnlyList<SegmentRecord> Segments(CatalogReader catalog)
    {
        CatalogSeals.Check(catalog, SegmentTable.Table, ImportTable.Table);
        HashSet<long> rewritten = ImportTable.Rewritings(catalog);
        return SegmentTable.All(catalog).ConvertAll(s => new SegmentRecord(
            s.Id, s.File, s.Length, s.Events, s.Sessions, rewritten.Contains(s.Id)));
    }
}
