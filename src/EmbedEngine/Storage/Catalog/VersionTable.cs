using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>One published version.</summary>
/// <param name="Number">From 1, never reused.</param>
/// <param name="Parent">The version that was active when it was made; 0 for the first.</param>
/// <param name="Name">Need not be unique.</param>
/// <param name="CreatedAt">When, ISO 8601 as .NET's "O" writes it.</param>
/// <param name="Manifest">One JSON object.</param>
internal sealed record VersionRow(long Number, long Parent, string Name, string CreatedAt, string Manifest);

/// <summary>Versions.</summary>
internal static class VersionTable
{
    public static readonly CatalogTable Table = new(
        "version",
        """
        CREATE TABLE version (
            number INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, created_at TEXT NOT NULL,
            manifest TEXT NOT NULL);
        """,
        "number, parent, name, created_at, manifest", "number");

    /// <summary>Every version with its manifest, oldest first.</summary>
    public static List<VersionRow> All(CatalogReader catalog) =>
        catalog.List($"SELECT {Table.Columns} FROM version ORDER BY number", r => Read(catalog, r));

    /// <summary>One version, or null; no other's manifest is read.</summary>
    public static VersionRow? Find(CatalogReader catalog, long number) => catalog.List(
        $"SELECT {Table.Columns} FROM version WHERE number = $n", r => Read(catalog, r),
        ("$n", number)).FirstOrDefault();

    /// <summary>Numbers alone, oldest first.</summary>
    public static List<long> Numbers(CatalogReader catalog) =>
        catalog.List(
            "SELECT number FROM version ORDER BY number",
            r => catalog.Checked(r.GetInt64(0), 1, Table.Name));

    /// <summary>Whether there is such a version.</summary>
    public static bool Has(CatalogReader catalog, long number) =>
        catalog.Scalar("SELECT 1 FROM version WHERE number = $n", ("$n", number)) is not null;

    /// <summary>The largest number; 0 = there are none.</summary>
    public static long LastNumber(CatalogReader catalog) =>
        catalog.Checked((long)(catalog.Scalar("SELECT max(number) FROM version") ?? 0L), 0, Table.Name);

    /// <summary>Parent of a version; null = there is no such version.</summary>
    public static long? ParentOf(CatalogReader catalog, long number) =>
        catalog.Scalar("SELECT parent FROM version WHERE number = $n", ("$n", number)) as long?;

    /// <summary>The newest version of a name; null = none has it.</summary>
    public static long? NewestNamed(CatalogReader catalog, string name) => (long?)catalog.Scalar(
        "SELECT number FROM version WHERE name = $t ORDER BY number DESC LIMIT 1", ("$t", name));

    /// <summary>Versions there are.</summary>
    public static long Count(CatalogReader catalog) => (long)catalog.Scalar("SELECT count(*) FROM version")!;

    /// <summary>Adds a version.</summary>
    public static void Add(CatalogWriter catalog, VersionRow row) => catalog.Run(
        "INSERT INTO version VALUES ($n, $parent, $name, $at, $m)",
        ("$n", row.Number), ("$parent", row.Parent), ("$name", row.Name), ("$at", row.CreatedAt),
        ("$m", row.Manifest));

    /// <summary>Gives a version another manifest.</summary>
    public static void SetManifest(CatalogWriter catalog, long number, string manifest) => catalog.Run(
        "UPDATE version SET manifest = $m WHERE number = $v", ("$m", manifest), ("$v", number));

    /// <summary>Removes a version's row.</summary>
    public static void Delete(CatalogWriter catalog, long number) =>
        catalog.Run("DELETE FROM version WHERE number = $v", ("$v", number));

    private static VersionRow Read(CatalogReader catalog, SqliteDataReader r) =>
        new(catalog.Checked(r.GetInt64(0), 1, Table.Name), catalog.Checked(r.GetInt64(1), 0, Table.Name),
            r.GetString(2), r.GetString(3), r.GetString(4));
}
