// What recovery has done to a store, counted in the catalog's meta table, so that `info` can say it
// afterwards. Counts only grow; nothing here decides anything.

using System.Globalization;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Storage;

/// <summary>Counters of recovery, kept in the catalog.</summary>
internal static class RecoveryLog
{
    /// <summary>Files and directories that a killed writer left and a later one removed.</summary>
    public const string SweptOrphans = "swept_orphans";

    /// <summary>Bytes of torn records at the ends of dead processes' live logs.</summary>
    public const string CutBytes = "cut_bytes";

    /// <summary>Observed events whose keys were not of the store's kind.</summary>
    public const string UnfitEvents = "unfit_events";

    /// <summary>Live logs that could not be read and were given another name.</summary>
    public const string SetAside = "set_aside";

    private const string LastKey = "last_recovery";

    /// <summary>Adds to a counter and dates it; call inside a transaction.</summary>
    public static void Add(CatalogWriter catalog, string counter, long count)
    {
        if (count == 0) return;
        MetaTable.Add(catalog, counter, count);
        MetaTable.Set(catalog, LastKey, DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture));
    }

    /// <summary>A counter; 0 where nothing was counted.</summary>
    public static long Read(CatalogReader catalog, string counter) => MetaTable.Number(catalog, counter) ?? 0;

    /// <summary>When a counter last grew; null = never.</summary>
    public static DateTimeOffset? Last(CatalogReader catalog) =>
        MetaTable.Get(catalog, LastKey) is string text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
}
