// What recovery has done to a store, counted in the catalog's meta table, so that `info` can say it
// afterwards. Counts only grow; nothing here decides anything.

using System.Globalization;
using Microsoft.Data.Sqlite;

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

    private const string LastKey = "last_recovery";

    /// <summary>Adds to a counter and dates it; call inside a transaction.</summary>
    public static void Add(SqliteConnection connection, string counter, long count)
    {
        if (count == 0) return;
        Catalog.Run(
            connection,
            """
            INSERT INTO meta VALUES ($k, $n)
            ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + CAST($n AS INTEGER) AS TEXT)
            """,
            ("$k", counter), ("$n", count.ToString(CultureInfo.InvariantCulture)));
        Catalog.Run(
            connection,
            "INSERT INTO meta VALUES ($k, $t) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ("$k", LastKey), ("$t", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)));
    }

    public static long Read(SqliteConnection connection, string counter) => (long)(Catalog.Scalar(
        connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $k", ("$k", counter)) ?? 0L);

    /// <summary>When a counter last grew; null = never.</summary>
    public static DateTimeOffset? Last(SqliteConnection connection) => Catalog.Scalar(
        connection, "SELECT value FROM meta WHERE key = $k", ("$k", LastKey)) is string text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
}
