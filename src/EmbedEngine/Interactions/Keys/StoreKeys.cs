// The store's dictionaries in the catalog: item and user keys, action table. Read whole by a writer, never on
// a query.

using System.Globalization;
using System.Text;
using EmbedEngine.Storage;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Interactions.Keys;

/// <summary>Key dictionaries and action table of a store.</summary>
internal sealed class StoreKeys
{
    private const int KeysAStatement = 4096;
    private const string ItemKind = "item_keys";
    private const string UserKind = "user_keys";
    private const string ActionsKey = "actions";
    private const string ItemCount = "item_count";
    private const string UserCount = "user_count";

    public KeyDictionary Items { get; private init; } = new();

    public KeyDictionary Users { get; private init; } = new();

    public ActionTable Actions { get; private init; } = new();

    public static StoreKeys Load(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Meta, CatalogSeals.ItemKey, CatalogSeals.UserKey);
        string? actions = Meta(connection, ActionsKey);
        var loaded = new StoreKeys
        {
            Items = LoadKeys(
                connection, "SELECT ordinal, key FROM item_key ORDER BY ordinal", Meta(connection, ItemKind)),
            Users = LoadKeys(
            connection, "SELECT ordinal, key FROM user_key ORDER BY ordinal", Meta(connection, UserKind)),
            Actions = actions is null ? new ActionTable() : ActionTable.FromJson(actions),
        };
        // An ordinal is permanent: also that of a forgotten last key is never given out again.
        loaded.Items.Reserve(Number(connection, ItemCount));
        loaded.Users.Reserve(Number(connection, UserCount));
        return loaded;
    });

    /// <summary>Kinds of the item and user keys, without reading the keys.</summary>
    public static (KeyKind Items, KeyKind Users) Kinds(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Meta);
        return (KindOf(Meta(connection, ItemKind)), KindOf(Meta(connection, UserKind)));
    });

    /// <summary>Writes what was added since the marks; call inside a transaction.</summary>
    public void SaveNew(SqliteConnection connection, long itemMark, long userMark)
    {
        SaveMeta(connection, ItemKind, KindName(Items.Kind));
        SaveMeta(connection, UserKind, KindName(Users.Kind));
        SaveMeta(connection, ActionsKey, Actions.ToJson());
        SaveMeta(connection, ItemCount, $"{Items.Count}");
        SaveMeta(connection, UserCount, $"{Users.Count}");
        SaveKeys(connection, "INSERT INTO item_key (ordinal, key) VALUES ($o, $k)", Items, itemMark);
        SaveKeys(connection, "INSERT INTO user_key (ordinal, key) VALUES ($o, $k)", Users, userMark);
        CatalogSeals.SealKeys(connection, CatalogSeals.ItemKey, Items.NewSince(itemMark));
        CatalogSeals.SealKeys(connection, CatalogSeals.UserKey, Users.NewSince(userMark));
    }

    private static long Number(SqliteConnection connection, string key) =>
        long.TryParse(Meta(connection, key), CultureInfo.InvariantCulture, out long n) ? n : 0;

    private static string? Meta(SqliteConnection connection, string key) =>
        Catalog.Scalar(connection, "SELECT value FROM meta WHERE key = $k", ("$k", key)) as string;

    private static void SaveMeta(SqliteConnection connection, string key, string value) => Catalog.Run(
        connection, "INSERT INTO meta VALUES ($k, $v) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        ("$k", key), ("$v", value));

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

    private static KeyDictionary LoadKeys(SqliteConnection connection, string sql, string? kind)
    {
        var keys = new KeyDictionary(KindOf(kind));
        Catalog.Query(connection, sql, row =>
        {
            if (keys.Kind == KeyKind.Int64) keys.Load(row.GetInt64(0), row.GetInt64(1));
            else keys.Load(row.GetInt64(0), row.GetFieldValue<byte[]>(1));
        });
        return keys;
    }

    private static void SaveKeys(SqliteConnection connection, string sql, KeyDictionary keys, long mark)
    {
        if (!keys.IsNewSince(mark)) return;
        if (keys.Kind == KeyKind.Int64)
        {
            SaveNumbers(connection, sql, keys, mark);
            return;
        }
        using SqliteCommand command = Command(connection, sql);
        SqliteParameter ordinal = command.Parameters.Add("$o", SqliteType.Integer);
        SqliteParameter key = command.Parameters.Add("$k", SqliteType.Blob);
        command.Prepare();
        foreach (long o in keys.NewSince(mark))
        {
            ordinal.Value = o;
            key.Value = keys.TextKey(o).ToArray();
            command.ExecuteNonQuery();
        }
    }

    /// <summary>
    /// Some thousands of numbers in one statement: a call a key costs more than all the rest of an import. A
    /// run of ordinals goes as its first one and a JSON array of the keys.
    /// </summary>
    private static void SaveNumbers(SqliteConnection connection, string sql, KeyDictionary keys, long mark)
    {
        int values = sql.IndexOf("VALUES", StringComparison.Ordinal);
        using SqliteCommand command = Command(
            connection, string.Concat(sql.AsSpan(0, values), "SELECT $o + key, value FROM json_each($k)"));
        SqliteParameter first = command.Parameters.Add("$o", SqliteType.Integer);
        SqliteParameter array = command.Parameters.Add("$k", SqliteType.Text);
        command.Prepare();
        var json = new StringBuilder();
        long begin = mark;
        long next = mark;
        foreach (long o in keys.NewSince(mark))
        {
            if (o != next || o - begin == KeysAStatement)
            {
                Send();
                begin = o;
            }
            json.Append(json.Length == 0 ? '[' : ',').Append(
                CultureInfo.InvariantCulture, $"{keys.Int64Key(o)}");
            next = o + 1;
        }
        Send();

        void Send()
        {
            if (json.Length == 0) return;
            first.Value = begin;
            array.Value = json.Append(']').ToString();
            command.ExecuteNonQuery();
            json.Clear();
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Made of constants only.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
