// The store's catalog: one SQLite database in WAL mode with synchronous=FULL. A commit here IS a publish.
// Must never hold bulk data: artifacts and events are files, the catalog names them.

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

    /// <summary>Every file that SQLite or a store being made may have of a catalog.</summary>
    public static readonly string[] FileNames =
    [
        FileName, FileName + "-wal", FileName + "-shm", FileName + "-journal",
        NewFileName, NewFileName + "-wal", NewFileName + "-shm", NewFileName + "-journal",
    ];

    /// <summary>The files of a store that a commit changes.</summary>
    public static string[] PathsOf(string storePath) =>
        [Path.Combine(storePath, FileName), Path.Combine(storePath, FileName + "-wal")];

    /// <summary>
    /// Creates the database with its tables under <see cref="NewFileName"/>, whole and synced when this
    /// returns; a rename makes it the catalog.
    /// </summary>
    public static void Create(string storePath)
    {
        using SqliteConnection connection = CatalogConnection.Open(
            storePath, NewFileName, CatalogAccess.Create);
        CatalogConnection.Guarded(storePath, () =>
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

    /// <summary>Opens an existing catalog and checks that its schema and format are known.</summary>
    private static SqliteConnection Open(string storePath, bool readOnly = false) => Checked(
        storePath,
        CatalogConnection.Open(
            storePath, FileName, readOnly ? CatalogAccess.ReadOnly : CatalogAccess.ReadWrite));

    /// <summary>As <see cref="Open"/>, for reading only: also where the disk is full.</summary>
    private static SqliteConnection OpenToRead(string storePath, bool readOnly)
    {
        try
        {
            return Open(storePath, readOnly);
        }
        catch (EmbedEngineException e) when (CatalogConnection.IsWantOfSpace(e))
        {
            try
            {
                return Checked(storePath, CatalogConnection.OpenWithoutSpace(storePath));
            }
            catch (EmbedEngineException)
            {
                // That it cannot be opened in an unusual way says less than that it cannot in the usual.
            }
            throw;
        }
    }

    private static SqliteConnection Checked(string storePath, SqliteConnection connection)
    {
        try
        {
            return CatalogConnection.Guarded(storePath, () =>
            {
                var catalog = new CatalogReader(connection);
                // The format first: a later one may have other tables.
                FormatOf(catalog, storePath);
                CatalogSchema.Check(catalog);
                return connection;
            });
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
        // Asked by reading first: where there is nothing to bring up, nothing needs to be written, and the
        // writer may be one that frees a full disk.
        if (Format(storePath) == StoreFormat) return StoreFormat;
        using SqliteConnection connection = Open(storePath);
        return CatalogConnection.Guarded(storePath, () =>
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
        using (SqliteConnection source = OpenToRead(storePath, readOnly))
        using (SqliteConnection target = CatalogConnection.Open(
            directory, FileName, CatalogAccess.Create))
        {
            CatalogConnection.Guarded(storePath, () =>
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
        using SqliteConnection connection = OpenToRead(storePath, readOnly);
        return CatalogConnection.Guarded(storePath, () =>
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
        CatalogConnection.Guarded(storePath, () =>
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
}
