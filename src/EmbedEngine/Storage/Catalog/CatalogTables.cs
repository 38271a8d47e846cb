namespace EmbedEngine.Storage.Catalog;

/// <summary>The one list of tables: schema, seals and verification follow from it.</summary>
internal static class CatalogTables
{
    /// <summary>Every table, in the order they are made; the seals' own comes after them.</summary>
    public static readonly CatalogTable[] All =
    [
        MetaTable.Table, ItemKeyTable.Table, UserKeyTable.Table, ImportTable.Table, SegmentTable.Table,
        VersionTable.Table, ArtifactTable.Table, LiveLogTable.Table, VersionAliasTable.Table,
    ];

    /// <summary>Tables that are sealed whole, by name: the order in which they are checked.</summary>
    public static readonly CatalogTable[] Small =
        [.. All.Where(t => !t.InBlocks).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Dictionaries, sealed in blocks of 4096 ordinals.</summary>
    public static readonly CatalogTable[] Dictionaries =
        [.. All.Where(t => t.InBlocks).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Statements that make all of them.</summary>
    public static string Schema => string.Join('\n', All.Select(t => t.Create));
}
