namespace EmbedEngine.Storage.Catalog;

/// <summary>Second names of versions; one of them says which version answers.</summary>
internal static class VersionAliasTable
{
    /// <summary>The alias of the version that answers.</summary>
    public const string Active = "active";

    public static readonly CatalogTable Table = new(
        "alias", "CREATE TABLE alias (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;",
        "name, version", "name");

    /// <summary>The version of an alias; null = there is no such alias.</summary>
    public static long? Find(CatalogReader catalog, string alias) =>
        (long?)catalog.Scalar("SELECT version FROM alias WHERE name = $a", ("$a", alias));

    /// <summary>Number of the version that answers; 0 = none.</summary>
    public static long ActiveNumber(CatalogReader catalog) => Find(catalog, Active) ?? 0;

    /// <summary>Every alias with its version, by name.</summary>
    public static Dictionary<string, long> All(CatalogReader catalog)
    {
        var aliases = new Dictionary<string, long>();
        catalog.Query(
            "SELECT name, version FROM alias ORDER BY name", r => aliases[r.GetString(0)] = r.GetInt64(1));
        return aliases;
    }

    /// <summary>Makes or moves an alias.</summary>
    public static void Set(CatalogWriter catalog, string alias, long version) => catalog.Run(
        """
        INSERT INTO alias (name, version) VALUES ($a, $n)
        ON CONFLICT (name) DO UPDATE SET version = excluded.version
        """,
        ("$a", alias), ("$n", version));

    /// <summary>Removes an alias; the version stays.</summary>
    public static void Delete(CatalogWriter catalog, string alias) =>
        catalog.Run("DELETE FROM alias WHERE name = $a", ("$a", alias));
}
