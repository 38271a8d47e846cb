// The store's dictionaries in the catalog: item and user keys, action table. Read whole by a writer, never on
// a query.

using System.Globalization;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Keys;

/// <summary>Key dictionaries and action table of a store.</summary>
internal sealed class StoreKeys
{
    public KeyDictionary Items { get; private init; } = new();

    public KeyDictionary Users { get; private init; } = new();

    public ActionTable Actions { get; private init; } = new();

    public static StoreKeys Load(Store store) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, MetaTable.Table, ItemKeyTable.Table, UserKeyTable.Table);
        string? actions = MetaTable.Get(catalog, MetaTable.Actions);
        var loaded = new StoreKeys
        {
            Items = LoadKeys(catalog, ItemKeyTable.Keys, MetaTable.ItemKeys),
            Users = LoadKeys(catalog, UserKeyTable.Keys, MetaTable.UserKeys),
            Actions = actions is null ? new ActionTable() : ActionTable.FromJson(actions, catalog.File),
        };
        // An ordinal is permanent: also that of a forgotten last key is never given out again.
        loaded.Items.Reserve(Number(catalog, MetaTable.ItemCount));
        loaded.Users.Reserve(Number(catalog, MetaTable.UserCount));
        return loaded;
    });

    /// <summary>Kinds of the item and user keys, and the actions, without reading the keys.</summary>
    public static (KeyKind Items, KeyKind Users, ActionTable Actions) Kinds(Store store) =>
        store.ReadCatalog(catalog =>
        {
            CatalogSeals.Check(catalog, MetaTable.Table);
            return (KindOf(MetaTable.Get(catalog, MetaTable.ItemKeys)),
                KindOf(MetaTable.Get(catalog, MetaTable.UserKeys)),
                MetaTable.Get(catalog, MetaTable.Actions) is string actions
                    ? ActionTable.FromJson(actions, catalog.File) : new ActionTable());
        });

    /// <summary>Writes what was added since the marks; call inside a transaction.</summary>
    public void SaveNew(CatalogWriter catalog, long itemMark, long userMark)
    {
        MetaTable.Set(catalog, MetaTable.ItemKeys, KindName(Items.Kind));
        MetaTable.Set(catalog, MetaTable.UserKeys, KindName(Users.Kind));
        MetaTable.Set(catalog, MetaTable.Actions, Actions.ToJson());
        MetaTable.Set(catalog, MetaTable.ItemCount, $"{Items.Count}");
        MetaTable.Set(catalog, MetaTable.UserCount, $"{Users.Count}");
        SaveKeys(catalog, ItemKeyTable.Keys, Items, itemMark);
        SaveKeys(catalog, UserKeyTable.Keys, Users, userMark);
    }

    private static long Number(CatalogReader catalog, string key) =>
        long.TryParse(MetaTable.Get(catalog, key), CultureInfo.InvariantCulture, out long n) ? n : 0;

    private static string KindName(KeyKind kind) => kind switch
    {
        KeyKind.Int64 => "int64",
        KeyKind.Text => "text",
        _ => "unset",
    };

    private static KeyKind KindOf(string? name) => name switch
    {
        "int64" => KeyKind.Int64,
        "text" => KeyKind.Text,
        _ => KeyKind.Unset,
    };

    private static KeyDictionary LoadKeys(CatalogReader catalog, KeyTable table, string kindKey)
    {
        var keys = new KeyDictionary(KindOf(MetaTable.Get(catalog, kindKey)));
        if (keys.Kind == KeyKind.Int64) table.ReadNumbers(catalog, keys.Load);
        else table.ReadTexts(catalog, (ordinal, key) => keys.Load(ordinal, key));
        return keys;
    }

    private static void SaveKeys(CatalogWriter catalog, KeyTable table, KeyDictionary keys, long mark)
    {
        if (!keys.IsNewSince(mark)) return;
        IEnumerable<long> added = keys.NewSince(mark);
        if (keys.Kind == KeyKind.Int64) table.AddNumbers(catalog, added, keys.Int64Key);
        else table.AddTexts(catalog, added, o => keys.TextKey(o).ToArray());
    }
}
