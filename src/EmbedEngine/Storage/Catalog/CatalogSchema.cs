namespace EmbedEngine.Storage.Catalog;

/// <summary>
/// What may be in the catalog's file: the tables of <see cref="CatalogTables"/>, made by their own
/// statements, and nothing else. A view, a trigger or a computed column of somebody else would run when ours
/// are asked.
/// </summary>
internal static class CatalogSchema
{
    private static readonly Dictionary<string, string> Expected = CatalogTables.All
        .Select(table => (table.Name, table.Create))
        .Append((CatalogSeals.TableName, CatalogSeals.Schema))
        .ToDictionary(t => t.Item1, t => Plain(t.Item2), StringComparer.Ordinal);

    /// <summary>Throws unless the schema is that of a store.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names what is odd.</exception>
    public static void Check(CatalogReader catalog)
    {
        string? odd = null;
        catalog.Query("SELECT type, name, sql FROM sqlite_schema", row =>
        {
            (string type, string name) = (row.GetString(0), row.GetString(1));
            // What SQLite makes itself for a primary key.
            if (type == "index" && row.IsDBNull(2)
                && name.StartsWith("sqlite_autoindex_", StringComparison.Ordinal)) return;
            if (type == "table" && Expected.TryGetValue(name, out string? sql) && !row.IsDBNull(2)
                && Plain(row.GetString(2)) == sql) return;
            odd ??= $"{type} '{name}'";
        });
        if (odd is null) return;
        throw new EmbedEngineException(
            ErrorCode.Corrupt,
            $"{catalog.File}: damaged or made by something else: its {odd} is not part of a store's "
            + "catalog");
    }

    private static string Plain(string sql) => string.Join(
        ' ',
        sql.TrimEnd().TrimEnd(';')
            .Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
