using System.Globalization;

namespace EmbedEngine.Storage.Catalog;

/// <summary>Single values of a store, text by key.</summary>
internal static class MetaTable
{
    /// <summary>The store's format.</summary>
    public const string Format = "format";

    /// <summary>Kind of the item keys: int64, text or unset.</summary>
    public const string ItemKeys = "item_keys";

    /// <summary>Kind of the user keys.</summary>
    public const string UserKeys = "user_keys";

    /// <summary>The action table, JSON.</summary>
    public const string Actions = "actions";

    /// <summary>Item ordinals given out, also those of forgotten keys.</summary>
    public const string ItemCount = "item_count";

    /// <summary>User ordinals given out.</summary>
    public const string UserCount = "user_count";

    /// <summary>The largest number that a removed version had.</summary>
    public const string LastVersion = "last_version";

    /// <summary>Sessions whose rows named several users, of all imports.</summary>
    public const string MixedSessions = "mixed_sessions";

    public static readonly CatalogTable Table = new(
        "meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
        "key, value", "key");

    /// <summary>A value, or null.</summary>
    public static string? Get(CatalogReader catalog, string key) =>
        catalog.Scalar("SELECT value FROM meta WHERE key = $k", ("$k", key)) as string;

    /// <summary>A value as SQLite reads it as a number; null where there is none.</summary>
    public static long? Number(CatalogReader catalog, string key) =>
        (long?)catalog.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = $k", ("$k", key));

    /// <summary>Adds or replaces a value.</summary>
    public static void Set(CatalogWriter catalog, string key, string value) => catalog.Run(
        "INSERT INTO meta VALUES ($k, $v) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        ("$k", key), ("$v", value));

    /// <summary>Adds to a counter; one that is not there begins at 0.</summary>
    public static void Add(CatalogWriter catalog, string key, long count) => catalog.Run(
        """
        INSERT INTO meta VALUES ($k, $n)
        ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + CAST($n AS INTEGER) AS TEXT)
        """,
        ("$k", key), ("$n", count.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Sets a number that only grows; a smaller one leaves it.</summary>
    public static void Raise(CatalogWriter catalog, string key, long number) => catalog.Run(
        """
        INSERT INTO meta VALUES ($k, $n)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        WHERE CAST(excluded.value AS INTEGER) > CAST(meta.value AS INTEGER)
        """,
        ("$k", key), ("$n", number.ToString(CultureInfo.InvariantCulture)));
}
