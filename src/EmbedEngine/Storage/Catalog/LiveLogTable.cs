namespace EmbedEngine.Storage.Catalog;

/// <summary>How far each live log was taken into the event log.</summary>
internal static class LiveLogTable
{
    public static readonly CatalogTable Table = new(
        "live_log", "CREATE TABLE live_log (file TEXT PRIMARY KEY, adopted INTEGER NOT NULL) WITHOUT ROWID;",
        "file, adopted", "file");

    /// <summary>Bytes taken of each live log, by its name.</summary>
    public static Dictionary<string, long> All(CatalogReader catalog)
    {
        var adopted = new Dictionary<string, long>();
        catalog.Query("SELECT file, adopted FROM live_log", r => adopted[r.GetString(0)] = r.GetInt64(1));
        return adopted;
    }

    /// <summary>Remembers how far a live log was taken.</summary>
    public static void Set(CatalogWriter catalog, string file, long adopted) => catalog.Run(
        "INSERT INTO live_log VALUES ($f, $a) ON CONFLICT (file) DO UPDATE SET adopted = excluded.adopted",
        ("$f", file), ("$a", adopted));

    /// <summary>Forgets a live log that is gone.</summary>
    public static void Delete(CatalogWriter catalog, string file) =>
        catalog.Run("DELETE FROM live_log WHERE file = $f", ("$f", file));
}
