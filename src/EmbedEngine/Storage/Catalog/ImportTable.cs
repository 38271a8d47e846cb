using System.Globalization;

namespace EmbedEngine.Storage.Catalog;

/// <summary>One import of a file.</summary>
/// <param name="Id">From 1; that of the segment it became.</param>
/// <param name="Source">Path or name of what was read.</param>
/// <param name="Fingerprint">Of its bytes; empty = not known.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Report">What was read, one JSON object.</param>
internal sealed record ImportRow(
    long Id, string Source, string Fingerprint, DateTimeOffset CreatedAt, string Report);

/// <summary>
/// Imports, and rewritings of the log: a row of either keeps a segment's number from being used twice.
/// </summary>
internal static class ImportTable
{
    private const string Compaction = "compaction";

    public static readonly CatalogTable Table = new(
        "import",
        """
        CREATE TABLE import (
            id INTEGER PRIMARY KEY, source TEXT NOT NULL, fingerprint TEXT NOT NULL, created_at TEXT NOT NULL,
            report TEXT NOT NULL);
        """,
        "id, source, fingerprint, created_at, report", "id");

    /// <summary>The first number that no import and no rewriting had.</summary>
    public static long NextId(CatalogReader catalog) =>
        (long)(catalog.Scalar("SELECT coalesce(max(id), 0) + 1 FROM import") ?? 1L);

    /// <summary>Imports made; rewritings are none.</summary>
    public static long Count(CatalogReader catalog) =>
        (long)catalog.Scalar("SELECT count(*) FROM import WHERE source <> $s", ("$s", Compaction))!;

    /// <summary>Source and time of an import of the same bytes, for people; null = there was none.</summary>
    public static string? EarlierOf(CatalogReader catalog, string fingerprint) => (string?)catalog.Scalar(
        "SELECT source || ' on ' || created_at FROM import WHERE fingerprint = $f LIMIT 1",
        ("$f", fingerprint));

    /// <summary>What the first import was and when; null = there was none. The same for a store's
    /// life.</summary>
    public static string? First(CatalogReader catalog) => (string?)catalog.Scalar(
        "SELECT fingerprint || ' ' || created_at FROM import ORDER BY id LIMIT 1");

    /// <summary>Ids of the rewritings.</summary>
    public static HashSet<long> Rewritings(CatalogReader catalog) => [.. catalog.List(
        "SELECT id FROM import WHERE source = $s", row => row.GetInt64(0), ("$s", Compaction))];

    /// <summary>Adds an import.</summary>
    public static void Add(CatalogWriter catalog, ImportRow row) => catalog.Run(
        "INSERT INTO import VALUES ($id, $source, $fingerprint, $at, $report)",
        ("$id", row.Id), ("$source", row.Source), ("$fingerprint", row.Fingerprint),
        ("$at", row.CreatedAt.ToString("O", CultureInfo.InvariantCulture)), ("$report", row.Report));

    /// <summary>Adds a rewriting.</summary>
    public static void AddRewriting(CatalogWriter catalog, long id, DateTimeOffset createdAt) =>
        Add(catalog, new ImportRow(id, Compaction, "", createdAt, "{}"));
}
