namespace EmbedEngine.Storage.Catalog;

/// <summary>The dictionary of users.</summary>
internal static class UserKeyTable
{
    public static readonly CatalogTable Table = new(
        "user_key", "CREATE TABLE user_key (ordinal INTEGER PRIMARY KEY, key NOT NULL);",
        "ordinal, key", "ordinal", InBlocks: true);

    /// <summary>The keys.</summary>
    public static readonly KeyTable Keys = new(Table);
}
