using System.Globalization;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>Reads <see cref="StoreInfo"/> from the catalog alone.</summary>
internal static class StoreInfoReader
{
    public static StoreInfo Read(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, [.. CatalogSeals.SmallTables, CatalogSeals.KeyCounts]);
        return Read(store, connection);
    });

    private static StoreInfo Read(Store store, SqliteConnection connection) => new()
    {
        Path = store.Path,
        Format = int.Parse(
            (string)Catalog.Scalar(connection, "SELECT value FROM meta WHERE key = 'format'")!,
            CultureInfo.InvariantCulture),
        ItemKeys =
        (Catalog.Scalar(connection, "SELECT value FROM meta WHERE key = 'item_keys'") as string) switch
        {
            "int64" => KeyKind.Int64,
            "text" => KeyKind.Text,
            _ => KeyKind.Unset,
        },
        Items = Keys(connection, CatalogSeals.ItemKey),
        Users = Keys(connection, CatalogSeals.UserKey),
        Imports = Number(connection, "SELECT count(*) FROM import WHERE source <> 'compaction'"),
        Segments = Number(connection, "SELECT count(*) FROM segment"),
        Events = Number(connection, "SELECT coalesce(sum(events), 0) FROM segment"),
        Sessions = Number(connection, "SELECT coalesce(sum(sessions), 0) FROM segment"),
        LogBytes = Number(connection, "SELECT coalesce(sum(length), 0) FROM segment"),
        Versions = Number(connection, "SELECT count(*) FROM version"),
        ActiveVersion = Number(
            connection,
            $"SELECT coalesce(max(version), 0) FROM alias WHERE name = '{VersionCatalog.ActiveAlias}'"),
        ArtifactBytes = Number(connection, "SELECT coalesce(sum(length), 0) FROM artifact"),
        SweptOrphans = RecoveryLog.Read(connection, RecoveryLog.SweptOrphans),
        CutBytes = RecoveryLog.Read(connection, RecoveryLog.CutBytes),
        UnfitEvents = RecoveryLog.Read(connection, RecoveryLog.UnfitEvents),
        LastRecovery = RecoveryLog.Last(connection),
    };

    /// <summary>The seals know how many keys there are without reading them.</summary>
    private static long Keys(SqliteConnection connection, string table) =>
        CatalogSeals.Rows(connection, table) ?? Number(connection, $"SELECT count(*) FROM {table}");

    private static long Number(SqliteConnection connection, string sql) =>
        (long)(Catalog.Scalar(connection, sql) ?? 0L);
}
