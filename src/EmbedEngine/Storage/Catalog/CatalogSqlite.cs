using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EmbedEngine.Storage.Catalog;

/// <summary>
/// A connection whose statements end when they take more steps of SQLite's machine than their file can ask
/// for: pages that name each other in circles would never let one end.
/// </summary>
internal sealed class CatalogSqlite(string connectionString) : SqliteConnection(connectionString)
{
    private const int StepsBetweenCalls = 100_000;

    private long _steps;
    private long _most = long.MaxValue;
    private bool _bounded;

    /// <summary>Bounds every statement from now on.</summary>
    public void Bound(long steps)
    {
        _most = steps;
        raw.sqlite3_progress_handler(
            Handle!, StepsBetweenCalls,
            _ => (_steps += StepsBetweenCalls) > _most && _bounded ? 1 : 0, null);
    }

    /// <summary>A new statement begins.</summary>
    /// <param name="bounded">
    /// False for one that is run many times: its steps add up with what the caller has to write.
    /// </param>
    public void Begin(bool bounded) => (_steps, _bounded) = (0, bounded);
}
