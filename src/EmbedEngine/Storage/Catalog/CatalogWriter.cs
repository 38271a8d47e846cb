using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>
/// The catalog in one transaction of writes. Dictionaries are sealed in blocks: their tables name the
/// ordinals they change here, and <see cref="CatalogFile.Write"/> seals those blocks before it commits, so
/// that no caller can forget to. Not thread-safe.
/// </summary>
internal sealed class CatalogWriter(SqliteConnection connection) : CatalogReader(connection)
{
    private readonly Dictionary<CatalogTable, SortedSet<long>> _changed = [];

    /// <summary>Runs a statement with named parameters.</summary>
    public void Run(string sql, params ReadOnlySpan<(string, object?)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>A statement to run many times; the caller adds its parameters and disposes of it.</summary>
    public SqliteCommand Prepare(string sql)
    {
        SqliteCommand command = Command(sql, []);
        BeginUnbounded();
        return command;
    }

    /// <summary>A row of a dictionary was added, changed or removed.</summary>
    public void MarkChanged(CatalogTable table, long ordinal)
    {
        if (!_changed.TryGetValue(table, out SortedSet<long>? blocks)) _changed[table] = blocks = [];
        blocks.Add(CatalogSeals.BlockOf(ordinal));
    }

    /// <summary>Blocks of a dictionary that hold what this transaction has changed, ascending.</summary>
    public IReadOnlyCollection<long> ChangedBlocks(CatalogTable table) =>
        _changed.TryGetValue(table, out SortedSet<long>? blocks) ? blocks : [];
}
