// Opens the catalog's file so that one from elsewhere is safe to ask: no links, no schema but ours, no
// functions from the schema, no statement without a bound. And so that it can be read where it cannot be
// written: SQLite's WAL mode wants a shared-memory file beside the database even for reading, which a
// read-only medium and a full disk refuse. Connections are opened per operation and never pooled: a pool
// would own a timer thread, and a forked child would inherit an open database.

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EmbedEngine.Storage.Catalog;

/// <summary>How a catalog is opened.</summary>
internal enum CatalogAccess
{
    /// <summary>Reading and writing.</summary>
    ReadWrite,

    /// <summary>The file is made.</summary>
    Create,

    /// <summary>Nothing is written, not even beside the file.</summary>
    ReadOnly,
}

/// <summary>Connections to a catalog.</summary>
internal static class CatalogConnection
{
    private const int BusyTimeoutSeconds = 10;
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    /// <summary>
    /// Virtual-machine steps that one statement may take: many times what any of ours needs over a file of
    /// this size, few enough that pages which name each other in circles end in an error within a second.
    /// </summary>
    private static long StepsFor(long bytes) => 20_000_000 + 64 * bytes;

    /// <summary>Opens a file of a store; the caller disposes of the connection.</summary>
    public static CatalogSqlite Open(string storePath, string fileName, CatalogAccess access)
    {
        string file = Path.Combine(storePath, fileName);
        StoreLinks.Refuse([.. CatalogFile.FileNames.Select(name => Path.Combine(storePath, name))]);
        // An empty log holds no commit: then the file alone is the catalog.
        string source = access != CatalogAccess.ReadOnly ? file : LogLength(file) > 0 ? Uri(file)
            : Uri(file) + "?immutable=1";
        SqliteOpenMode mode = access switch
        {
            CatalogAccess.ReadWrite => SqliteOpenMode.ReadWrite,
            CatalogAccess.Create => SqliteOpenMode.ReadWriteCreate,
            _ => SqliteOpenMode.ReadOnly,
        };
        return Open(storePath, file, source, mode, "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON");
    }

    /// <summary>
    /// Opens for reading where the shared-memory file cannot be made, because the disk is full. A catalog
    /// whose log is empty is read as one that nobody writes; one with commits in its log is claimed for
    /// the moment, which needs no shared memory, and left as it is.
    /// </summary>
    public static CatalogSqlite OpenWithoutSpace(string storePath)
    {
        string file = Path.Combine(storePath, CatalogFile.FileName);
        if (LogLength(file) == 0) return Open(storePath, CatalogFile.FileName, CatalogAccess.ReadOnly);
        CatalogSqlite connection = Open(
            storePath, file, file, SqliteOpenMode.ReadWrite, "PRAGMA locking_mode=EXCLUSIVE",
            "PRAGMA wal_autocheckpoint=0");
        _ = raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, 1, out _);
        return connection;
    }

    /// <summary>
    /// Microsoft.Data.Sqlite keeps a timer for its pool, and makes it with the first connection, pooled or
    /// not. One made in a forked child would get the stack of a thread that the fork did not copy.
    /// </summary>
    public static void MakeTimer()
    {
        try
        {
            using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
            connection.Open();
        }
        catch (Exception e) when (e is SqliteException or DllNotFoundException or TypeInitializationException)
        {
            // The first store to be opened meets the same and reports it.
        }
    }

    /// <summary>Whether a failure is that of a disk without room.</summary>
    public static bool IsFullDisk(EmbedEngineException failure, string storePath) =>
        IsWantOfSpace(failure) && IsFull(storePath);

    /// <summary>Whether opening failed for want of a file beside the catalog.</summary>
    public static bool IsWantOfSpace(EmbedEngineException failure) =>
        failure.InnerException is SqliteException { SqliteErrorCode: 10 or 13 or 14 };

    /// <summary>Runs an action; what SQLite throws becomes an error of ours that names the file.</summary>
    public static T Guarded<T>(string storePath, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            throw new EmbedEngineException(
                CodeOf(e), $"{Path.Combine(storePath, CatalogFile.FileName)}: {Words(storePath, e)}", e);
        }
    }

    private static CatalogSqlite Open(
        string storePath, string file, string source, SqliteOpenMode mode, params string[] settings)
    {
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyTimeoutSeconds,
        };
        var connection = new CatalogSqlite(builder.ToString());
        try
        {
            return Guarded(storePath, () =>
            {
                connection.Open();
                var writer = new CatalogWriter(connection);
                foreach (string setting in settings) writer.Run(setting);
                writer.Run("PRAGMA trusted_schema=OFF");
                writer.Run("PRAGMA cell_size_check=ON");
                connection.Bound(StepsFor(Length(file) + LogLength(file)));
                return connection;
            });
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static ErrorCode CodeOf(SqliteException e) => e.SqliteErrorCode switch
    {
        5 or 6 => ErrorCode.Locked,
        // 1: a statement of ours that is wrong here, because a table is not there or not as it was made.
        // 9: the bound.
        1 or 9 or 11 or 26 => ErrorCode.Corrupt,
        14 => ErrorCode.NotFound,
        8 => ErrorCode.ReadOnly,
        _ => ErrorCode.Io,
    };

    private static string Words(string storePath, SqliteException e) => e.SqliteErrorCode switch
    {
        5 or 6 => $"another process has kept the catalog busy for {BusyTimeoutSeconds} s; try again",
        8 => "the catalog cannot be written to",
        9 => "damaged: reading takes more steps than a catalog of its size can need",
        1 or 11 => $"damaged: {Said(e)}",
        26 => "this is not the catalog of a store",
        10 or 13 when IsFull(storePath) => "No space left on the disk of the store; `collect` frees space",
        10 or 13 => $"cannot be read or written: {Said(e)}",
        14 => "the catalog cannot be opened",
        _ => Said(e),
    };

    /// <summary>What SQLite says, without the frame its package puts round it.</summary>
    private static string Said(SqliteException e)
    {
        int from = e.Message.IndexOf('\''), to = e.Message.LastIndexOf('\'');
        return from >= 0 && to > from ? e.Message[(from + 1)..to] : e.Message;
    }

    private static bool IsFull(string storePath)
    {
        const long LeastForSharedMemory = 1 << 16;
        try
        {
            return new DriveInfo(storePath).AvailableFreeSpace < LeastForSharedMemory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static long LogLength(string file) => Length(file + "-wal");

    private static long Length(string file) =>
        new FileInfo(file) is { Exists: true } found ? found.Length : 0;

    private static string Uri(string file)
    {
        string escaped =
            string.Join('/', file.Replace('\\', '/').Split('/').Select(System.Uri.EscapeDataString));
        return "file:" + (OperatingSystem.IsWindows() ? "/" + file.Replace('\\', '/') : escaped);
    }
}
