using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>What imports of older builds said of an item; null = not said.</summary>
internal readonly record struct ItemLabelRow(string? Category, string? Title);

/// <summary>The dictionary of items, with the categories and titles of older builds.</summary>
internal static class ItemKeyTable
{
    public static readonly CatalogTable Table = new(
        "item_key",
        "CREATE TABLE item_key (ordinal INTEGER PRIMARY KEY, key NOT NULL, category TEXT, title TEXT);",
        "ordinal, key, category, title", "ordinal", InBlocks: true);

    /// <summary>The keys.</summary>
    public static readonly KeyTable Keys = new(Table);

    /// <summary>Key (a long, or bytes of text) and label of every item that has one, by ordinal.</summary>
    public static void ReadLabels(CatalogReader catalog, Action<object, ItemLabelRow> label) => catalog.Query(
        "SELECT key, category, title FROM item_key WHERE category <> '' OR title <> '' ORDER BY ordinal",
        row => label(row.GetValue(0), new ItemLabelRow(Text(row, 1), Text(row, 2))));

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
