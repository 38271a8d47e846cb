// The store's catalog: one SQLite database in WAL mode with synchronous=FULL. A commit here IS a publish.
// Connections are opened per operation and never pooled: a pool would own a timer thread, and a forked child
// would inherit an open database. Must never hold bulk data: artifacts and events are files, the catalog
// names them.

using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>Opens, makes, upgrades and copies the catalog, and runs reads and writes on it.</summary>
internal static class CatalogFile
{
    public const string FileName = "catalog.db";

    /// <summary>What the catalog is called until it is finished.</summary>
    public const string NewFileName = FileName + ".new";

    /// <summary>
    /// Format of a store that this build has written to; <see cref="OldestFormat"/> and what lies between are
    /// read.
    /// </summary>
    public const int StoreFormat = 2;

    /// <summary>The first format: no seals.</summary>
    public const int OldestFormat = 1;

    /// <summary>What <see cref="IntegrityCheck"/> says of a whole file.</summary>
    public const string Sound = "ok";

    private const int BusyTimeoutSeconds = 10;

    /// <summary>
    /// Creates the database with its tables under <see cref="NewFileName"/>, whole and synced when this
    /// returns; a rename makes it the catalog.
    /// </summary>
    public static void Create(string storePath)
    {
        using SqliteConnection connection = Connect(storePath, NewFileName, SqliteOpenMode.ReadWriteCreate);
        Guarded(storePath, () =>
        {
            InTransaction(connection, catalog =>
            {
                catalog.Run(CatalogTables.Schema);
                catalog.Run(CatalogSeals.Schema);
                MetaTable.Set(catalog, MetaTable.Format, $"{StoreFormat}");
                CatalogSeals.SealAll(catalog);
            });
            // Last, so that the file alone holds everything: closing then leaves no log behind.
            new CatalogWriter(connection).Run("PRAGMA journal_mode=WAL");
            return 0;
        });
    }

    /// <summary>Opens an existing catalog and checks that its format is known.</summary>
    private static SqliteConnection Open(string storePath, bool readOnly = false)
    {
        SqliteConnection connection =
            Connect(storePath, FileName, readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite);
        try
        {
            Guarded(storePath, () => FormatOf(new CatalogReader(connection), storePath));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The store's format; one that this build does not know is refused.</summary>
    private static int FormatOf(CatalogReader catalog, string storePath)
    {
        string format = MetaTable.Get(catalog, MetaTable.Format) ?? "none";
        for (int known = OldestFormat; known <= StoreFormat; known++)
        {
            if (format == $"{known}") return known;
        }
        throw new EmbedEngineException(
            ErrorCode.Format,
            $"{Path.Combine(storePath, FileName)}: store format {format} is not known; this build reads "
            + $"{OldestFormat} to {StoreFormat}");
    }

    /// <summary>The store's format.</summary>
    public static int Format(string storePath, bool readOnly = false) =>
        Read(storePath, c => FormatOf(c, storePath), readOnly);

    /// <summary>
    /// Brings a store of an older format up to this one in one transaction: all of it, or the store stays
    /// what it was. Under the writer lock. Returns the format it had.
    /// </summary>
    public static int Upgrade(string storePath)
    {
        using SqliteConnection connection = Open(storePath);
        return Guarded(storePath, () =>
        {
            int format = FormatOf(new CatalogReader(connection), storePath);
            if (format == StoreFormat) return format;
            InTransaction(connection, catalog =>
            {
                // 1 -> 2: every table gets its seal. What lies in the catalog now is taken at its word, if
                // SQLite finds it whole.
                if (IntegrityCheck(catalog) is string said and not Sound)
                    throw new EmbedEngineException(
                        ErrorCode.Corrupt, $"{Path.Combine(storePath, FileName)}: {said}; not upgraded");
                catalog.Run(CatalogSeals.Schema);
                MetaTable.Set(catalog, MetaTable.Format, $"{StoreFormat}");
                CatalogSeals.SealAll(catalog);
            });
            return format;
        });
    }

    /// <summary>
    /// Copies the catalog into another directory as one consistent moment of it, while others write; the copy
    /// is whole and synced when this returns. SQLite copies page by page and starts over by itself where a
    /// writer commits in between.
    /// </summary>
    public static void CopyTo(string storePath, string directory, bool readOnly)
    {
        using (SqliteConnection source = Open(storePath, readOnly))
        using (SqliteConnection target = Connect(directory, FileName, SqliteOpenMode.ReadWriteCreate))
        {
            Guarded(storePath, () =>
            {
                source.BackupDatabase(target);
                new CatalogWriter(target).Run("PRAGMA wal_checkpoint(TRUNCATE)");
                return 0;
            });
        }
        // Closing the last connection folds the log into the file; this makes the file itself durable.
        using var file = new FileStream(
            Path.Combine(directory, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite,
            bufferSize: 0);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Runs reads against one moment of the catalog.</summary>
    public static T Read<T>(string storePath, Func<CatalogReader, T> read, bool readOnly = false)
    {
        using SqliteConnection connection = Open(storePath, readOnly);
        return Guarded(storePath, () =>
        {
            using SqliteTransaction moment = connection.BeginTransaction(deferred: true);
            try
            {
                return read(new CatalogReader(connection));
            }
            catch (Exception e) when (e is System.Text.Json.JsonException or FormatException
                or InvalidCastException or KeyNotFoundException or OverflowException
                || e.GetType() == typeof(InvalidOperationException))
            {
                // SQLite gives back what lies on its pages: a damaged row is found where it is read.
                throw new EmbedEngineException(
                    ErrorCode.Corrupt,
                    $"{Path.Combine(storePath, FileName)}: damaged: a row cannot be read: {e.Message}", e);
            }
        });
    }

    /// <summary>
    /// Runs writes in one transaction: all of them are durable when this returns, or none happened.
    /// </summary>
    public static void Write(string storePath, Action<CatalogWriter> write)
    {
        using SqliteConnection connection = Open(storePath);
        Guarded(storePath, () =>
        {
            InTransaction(connection, catalog =>
            {
                // Before: damage must not get a fresh seal.
                CatalogSeals.Check(catalog, CatalogTables.Small);
                write(catalog);
                CatalogSeals.SealChanged(catalog);
                CatalogSeals.SealSmall(catalog);
            });
            return 0;
        });
    }

    /// <summary>What SQLite says of the whole file: <see cref="Sound"/>, or what is wrong with it.</summary>
    public static string? IntegrityCheck(CatalogReader catalog) =>
        catalog.Scalar("PRAGMA integrity_check") as string;

    private static void InTransaction(SqliteConnection connection, Action<CatalogWriter> action)
    {
        // BEGIN IMMEDIATE: the write lock is taken before the first read, so two writers cannot deadlock.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        action(new CatalogWriter(connection));
        transaction.Commit();
    }

    private static SqliteConnection Connect(string storePath, string fileName, SqliteOpenMode mode)
    {
        string file = Path.Combine(storePath, fileName);
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = mode == SqliteOpenMode.ReadOnly ? ReadOnlyUri(file) : file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyTimeoutSeconds,
        };
        var connection = new SqliteConnection(builder.ToString());
        try
        {
            Guarded(storePath, () =>
            {
                connection.Open();
                var settings = new CatalogWriter(connection);
                settings.Run("PRAGMA synchronous=FULL");
                settings.Run("PRAGMA secure_delete=ON");
                return 0;
            });
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// With immutable=1 SQLite touches nothing but the file: no lock, no log, no shared memory. It would not
    /// see commits that are still in a log, so where one lies there it is opened as an ordinary reader, which
    /// needs the log's side files.
    /// </summary>
    private static string ReadOnlyUri(string file)
    {
        var log = new FileInfo(file + "-wal");
        string escaped = string.Join('/', file.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));
        if (OperatingSystem.IsWindows()) escaped = "/" + file.Replace('\\', '/');
        return log.Exists && log.Length > 0 ? "file:" + escaped : $"file:{escaped}?immutable=1";
    }

    private static T Guarded<T>(string storePath, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            string file = Path.Combine(storePath, FileName);
            ErrorCode code = e.SqliteErrorCode switch
            {
                5 or 6 => ErrorCode.Locked,
                // 1: a statement of ours that is wrong here, because a table is not there or not as it was
                // made.
                1 or 11 or 26 => ErrorCode.Corrupt,
                14 => ErrorCode.NotFound,
                8 => ErrorCode.ReadOnly,
                _ => ErrorCode.Io,
            };
            throw new EmbedEngineException(code, $"{file}: {e.Message}", e);
        }
    }
}
