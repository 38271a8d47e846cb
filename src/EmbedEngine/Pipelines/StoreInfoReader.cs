using EmbedEngine.Storage;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Pipelines;

/// <summary>Reads <see cref="StoreInfo"/> from the catalog alone.</summary>
internal static class StoreInfoReader
{
    public static StoreInfo Read(Store store) => store.ReadCatalog(connection => new StoreInfo
    {
        Path = store.Path,
        Format = Catalog.StoreFormat,
        ItemKeys = (Catalog.Scalar(connection, "SELECT value FROM meta WHERE key = 'item_keys'") as string) switch
        {
            "int64" => KeyKind.Int64,
            "text" => KeyKind.Text,
            _ => KeyKind.Unset,
        },
        Items = Number(connection, "SELECT count(*) FROM item_key"),
        Users = Number(connection, "SELECT count(*) FROM user_key"),
        Imports = Number(connection, "SELECT count(*) FROM import WHERE source <> 'compaction'"),
        Segments = Number(connection, "SELECT count(*) FROM segment"),
        Events = Number(connection, "SELECT coalesce(sum(events), 0) FROM segment"),
        Sessions = Number(connection, "SELECT coalesce(sum(sessions), 0) FROM segment"),
        LogBytes = Number(connection, "SELECT coalesce(sum(length), 0) FROM segment"),
        Versions = Number(connection, "SELECT count(*) FROM version"),
        ActiveVersion = Number(
            connection, $"SELECT coalesce(max(version), 0) FROM alias WHERE name = '{VersionCatalog.ActiveAlias}'"),
        ArtifactBytes = Number(connection, "SELECT coalesce(sum(length), 0) FROM artifact"),
    });

    private static long Number(SqliteConnection connection, string sql) => (long)(Catalog.Scalar(connection, sql) ?? 0L);
}
