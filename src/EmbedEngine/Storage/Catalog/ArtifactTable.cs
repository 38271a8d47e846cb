using System.Globalization;

namespace EmbedEngine.Storage.Catalog;

/// <summary>A file of a version, as it was published.</summary>
/// <param name="Version">The version.</param>
/// <param name="Name">Without the extension.</param>
/// <param name="Kind">What its header says it is.</param>
/// <param name="File">Name in the version's directory.</param>
/// <param name="Length">Bytes.</param>
/// <param name="HeaderCrc">crc32c of its header.</param>
internal sealed record ArtifactRow(
    long Version, string Name, string Kind, string File, long Length, uint HeaderCrc);

/// <summary>The files of all versions.</summary>
internal static class ArtifactTable
{
    public static readonly CatalogTable Table = new(
        "artifact",
        """
        CREATE TABLE artifact (
            version INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL,
            length INTEGER NOT NULL, header_crc INTEGER NOT NULL, digest TEXT NOT NULL,
            PRIMARY KEY (version, name)) WITHOUT ROWID;
        """,
        "version, name, kind, file, length, header_crc, digest", "version, name");

    /// <summary>Every file, by version and name.</summary>
    public static List<ArtifactRow> All(CatalogReader catalog) => catalog.List(
        "SELECT version, name, kind, file, length, header_crc FROM artifact ORDER BY version, name",
        r => new ArtifactRow(
            catalog.Checked(r.GetInt64(0), 1, Table.Name), r.GetString(1), r.GetString(2),
            catalog.Checked(r.GetString(3), StoreNames.IsArtifact, Table.Name),
            catalog.Checked(r.GetInt64(4), 0, Table.Name), (uint)r.GetInt64(5)));

    /// <summary>Bytes of all of them.</summary>
    public static long Bytes(CatalogReader catalog) =>
        (long)catalog.Scalar("SELECT coalesce(sum(length), 0) FROM artifact")!;

    /// <summary>Adds a file of a version.</summary>
    public static void Add(CatalogWriter catalog, long version, ArtifactRecord a) => catalog.Run(
        "INSERT INTO artifact VALUES ($v, $n, $k, $f, $l, $c, $d)",
        ("$v", version), ("$n", a.Name), ("$k", a.Kind), ("$f", a.File), ("$l", a.Length),
        ("$c", (long)a.HeaderCrc), ("$d", a.Digest.ToString("x16", CultureInfo.InvariantCulture)));

    /// <summary>Removes the rows of a version's files.</summary>
    public static void DeleteOf(CatalogWriter catalog, long version) =>
        catalog.Run("DELETE FROM artifact WHERE version = $v", ("$v", version));
}
