using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// Titles and categories of a store's items, looked up one by one and kept. For people: never on a query.
/// </summary>
internal sealed class ItemLabels(Store store)
{
    private readonly Dictionary<long, (string? Category, string? Title)> _known = [];

    /// <summary>Looks up what is not known yet.</summary>
    public void Load(IEnumerable<long> ordinals)
    {
        long[] missing = [.. ordinals.Where(o => !_known.ContainsKey(o)).Distinct()];
        if (missing.Length == 0) return;
        store.ReadCatalog(connection =>
        {
            foreach (long ordinal in missing)
            {
                _known[ordinal] = (null, null);
                Catalog.Query(
                    connection, "SELECT category, title FROM item_key WHERE ordinal = $o",
                    row => _known[ordinal] = (Text(row, 0), Text(row, 1)), ("$o", ordinal));
            }
            return 0;
        });
    }

    /// <summary>Category and title of an ordinal that was loaded; (null, null) for others.</summary>
    public (string? Category, string? Title) Of(long ordinal) => _known.GetValueOrDefault(ordinal);

    private static string? Text(Microsoft.Data.Sqlite.SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
