using System.Globalization;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>Reads <see cref="StoreInfo"/> from the catalog alone.</summary>
internal static class StoreInfoReader
{
    public static StoreInfo Read(Store store) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.CheckForCounts(catalog);
        return Read(store, catalog);
    });

    private static StoreInfo Read(Store store, CatalogReader catalog)
    {
        SegmentSums log = SegmentTable.Sums(catalog);
        return new StoreInfo
        {
            Path = store.Path,
            Format = int.Parse(MetaTable.Get(catalog, MetaTable.Format)!, CultureInfo.InvariantCulture),
            ItemKeys = MetaTable.Get(catalog, MetaTable.ItemKeys) switch
            {
                "int64" => KeyKind.Int64,
                "text" => KeyKind.Text,
                _ => KeyKind.Unset,
            },
            Items = ItemKeyTable.Keys.Count(catalog),
            Users = UserKeyTable.Keys.Count(catalog),
            Imports = ImportTable.Count(catalog),
            Segments = log.Segments,
            Events = log.Events,
            Sessions = log.Sessions,
            LogBytes = log.Bytes,
            Versions = VersionTable.Count(catalog),
            ActiveVersion = VersionAliasTable.ActiveNumber(catalog),
            ArtifactBytes = ArtifactTable.Bytes(catalog),
            SweptOrphans = RecoveryLog.Read(catalog, RecoveryLog.SweptOrphans),
            CutBytes = RecoveryLog.Read(catalog, RecoveryLog.CutBytes),
            UnfitEvents = RecoveryLog.Read(catalog, RecoveryLog.UnfitEvents),
            SetAside = SetAside(store),
            LastRecovery = RecoveryLog.Last(catalog),
            AnswerLogs = store.AnswerLogs().Count(),
            AnswerBytes = AnswerBytes(store),
        };
    }

    private static long AnswerBytes(Store store)
    {
        long bytes = 0;
        foreach (string name in store.AnswerLogs())
            bytes += store.FileSystem.FileLength(Path.Combine(store.EventsDirectory, name));
        return bytes;
    }

    private static string[] SetAside(Store store) =>
        !store.FileSystem.DirectoryExists(store.EventsDirectory) ? []
        : store.FileSystem.List(store.EventsDirectory).Where(StoreNames.IsDamagedLiveLog)
            .Select(name => $"{StoreNames.Events}/{name}");
}
