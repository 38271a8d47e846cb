using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>What imports say of an item for people; null = not said.</summary>
internal readonly record struct ItemLabelRow(string? Category, string? Title);

/// <summary>The dictionary of items, with their categories and titles.</summary>
internal static class ItemKeyTable
{
    public static readonly CatalogTable Table = new(
        "item_key",
        "CREATE TABLE item_key (ordinal INTEGER PRIMARY KEY, key NOT NULL, category TEXT, title TEXT);",
        "ordinal, key, category, title", "ordinal", InBlocks: true);

    /// <summary>The keys.</summary>
    public static readonly KeyTable Keys = new(Table);

    /// <summary>Ordinal and category of every item that has one, by ordinal.</summary>
    public static void ReadCategories(CatalogReader catalog, Action<long, string> category) => catalog.Query(
        "SELECT ordinal, category FROM item_key WHERE category <> '' ORDER BY ordinal",
        row => category(row.GetInt64(0), row.GetString(1)));

    /// <summary>What is known of an item; nothing of one that is not there.</summary>
    public static ItemLabelRow Label(CatalogReader catalog, long ordinal)
    {
        ItemLabelRow label = default;
        catalog.Query(
            "SELECT category, title FROM item_key WHERE ordinal = $o",
            row => label = new ItemLabelRow(Text(row, 0), Text(row, 1)), ("$o", ordinal));
        return label;
    }

    /// <summary>Sets what is not null of an item's label; the rest stays.</summary>
    public static void SetLabel(CatalogWriter catalog, long ordinal, ItemLabelRow label)
    {
        catalog.Run(
            "UPDATE item_key SET category = coalesce($c, category), title = coalesce($t, title) WHERE "
            + "ordinal = $o",
            ("$o", ordinal), ("$c", label.Category), ("$t", label.Title));
        catalog.MarkChanged(Table, ordinal);
    }

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
