using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>One segment of the event log.</summary>
/// <param name="Id">Order of the log.</param>
/// <param name="ImportId">The import it came from; of a rewritten one, the last that went into it.</param>
/// <param name="File">Name in the events directory.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Events">Events in it.</param>
/// <param name="Sessions">Sessions in it.</param>
internal sealed record SegmentRow(
    long Id, long ImportId, string File, long Length, long Events, long Sessions);

/// <summary>Sums over the log.</summary>
internal readonly record struct SegmentSums(long Segments, long Events, long Sessions, long Bytes);

/// <summary>The segments that the event log is.</summary>
internal static class SegmentTable
{
    public static readonly CatalogTable Table = new(
        "segment",
        """
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL, file TEXT NOT NULL, length INTEGER NOT NULL,
            events INTEGER NOT NULL, sessions INTEGER NOT NULL);
        """,
        "id, import_id, file, length, events, sessions", "id");

    /// <summary>Every segment, by id.</summary>
    public static List<SegmentRow> All(CatalogReader catalog) =>
        catalog.List($"SELECT {Table.Columns} FROM segment ORDER BY id", r => Read(catalog, r));

    /// <summary>Sums over all of them.</summary>
    public static SegmentSums Sums(CatalogReader catalog) => catalog.List(
        "SELECT count(*), coalesce(sum(events), 0), coalesce(sum(sessions), 0), coalesce(sum(length), 0) "
        + "FROM segment",
        r => new SegmentSums(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)))[0];

    /// <summary>Adds a segment.</summary>
    public static void Add(CatalogWriter catalog, SegmentRow row) => catalog.Run(
        "INSERT INTO segment VALUES ($id, $import, $file, $length, $events, $sessions)",
        ("$id", row.Id), ("$import", row.ImportId), ("$file", row.File), ("$length", row.Length),
        ("$events", row.Events), ("$sessions", row.Sessions));

    /// <summary>Removes every segment; a rewriting adds its own in the same transaction.</summary>
    public static void Clear(CatalogWriter catalog) => catalog.Run("DELETE FROM segment");

    private static SegmentRow Read(CatalogReader catalog, SqliteDataReader r) => new(
        catalog.Checked(r.GetInt64(0), 0, Table.Name), catalog.Checked(r.GetInt64(1), 0, Table.Name),
        catalog.Checked(r.GetString(2), StoreNames.IsSegment, Table.Name),
        catalog.Checked(r.GetInt64(3), 0, Table.Name), catalog.Checked(r.GetInt64(4), 0, Table.Name),
        catalog.Checked(r.GetInt64(5), 0, Table.Name));
}
