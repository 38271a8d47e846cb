using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>
/// The catalog at one moment, for the length of one call of <see cref="CatalogFile.Read"/>. What is written
/// outside this folder holds it and hands it to the tables' own methods, never a statement to it. Not
/// thread-safe.
/// </summary>
internal class CatalogReader(SqliteConnection connection)
{
    /// <summary>Path of the database, for messages.</summary>
    public string File
    {
        get
        {
            string source = connection.DataSource;
            return source.StartsWith("file:", StringComparison.Ordinal)
                ? Uri.UnescapeDataString(source[5..].Split('?')[0]) : source;
        }
    }

    /// <summary>
    /// A name that a row holds, if it is one the engine gives: nothing else is ever looked for on the disk.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names the table.</exception>
    public string Checked(string name, Func<string, bool> isOurs, string table) => isOurs(name) ? name
        : throw new EmbedEngineException(
            ErrorCode.Corrupt,
            $"{File}: damaged: table {table} names '{name}', which is no file of a store");

    /// <summary>A number that a row holds, if it can be one of a store's: no sum of them overflows.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names the table.</exception>
    public long Checked(long number, long least, string table) => number >= least && number <= Most ? number
        : throw new EmbedEngineException(
            ErrorCode.Corrupt, $"{File}: damaged: table {table} has a number {number}, which no store has");

    private const long Most = 1L << 48;

    /// <summary>First column of the first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string, object?)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        object? value = command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>Calls <paramref name="row"/> for each row of a query.</summary>
    public void Query(
        string sql, Action<SqliteDataReader> row, params ReadOnlySpan<(string, object?)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read()) row(reader);
    }

    /// <summary>Rows of a query, each made into what the table calls a row.</summary>
    public List<T> List<T>(
        string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string, object?)> parameters)
    {
        var rows = new List<T>();
        Query(sql, r => rows.Add(row(r)), parameters);
        return rows;
    }

    /// <summary>The statement that was made last is run many times.</summary>
    protected void BeginUnbounded() => (connection as CatalogSqlite)?.Begin(bounded: false);

    /// <summary>A statement with its parameters; the caller disposes of it.</summary>
    protected SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        (connection as CatalogSqlite)?.Begin(bounded: true);
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes constants; values go through parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
