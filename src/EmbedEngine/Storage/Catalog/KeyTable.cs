// What the two dictionaries have in common. A change names the ordinals it touches to the writer, which
// reseals their blocks in the same transaction.

using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>A dictionary of the catalog: keys, numbers or bytes of text, by permanent ordinal.</summary>
internal sealed class KeyTable(CatalogTable table)
{
    private const int KeysAStatement = 4096;

    /// <summary>What it is for seals and schema.</summary>
    public CatalogTable Table => table;

    /// <summary>Keys, as the seals count them: without reading them where there are seals.</summary>
    public long Count(CatalogReader catalog) => CatalogSeals.Rows(catalog, table)
        ?? (long)catalog.Scalar($"SELECT count(*) FROM {table.Name}")!;

    /// <summary>Every key of a dictionary of numbers, by ordinal.</summary>
    public void ReadNumbers(CatalogReader catalog, Action<long, long> key) =>
        catalog.Query(KeysInOrder, row => key(row.GetInt64(0), row.GetInt64(1)));

    /// <summary>Every key of a dictionary of texts, UTF-8, by ordinal.</summary>
    public void ReadTexts(CatalogReader catalog, Action<long, byte[]> key) =>
        catalog.Query(KeysInOrder, row => key(row.GetInt64(0), row.GetFieldValue<byte[]>(1)));

    /// <summary>Key of an ordinal, a long or bytes of text; null where there is none.</summary>
    public object? Find(CatalogReader catalog, long ordinal) =>
        catalog.Scalar($"SELECT key FROM {table.Name} WHERE ordinal = $o", ("$o", ordinal));

    private string KeysInOrder => $"SELECT ordinal, key FROM {table.Name} ORDER BY ordinal";

    /// <summary>Adds text keys.</summary>
    public void AddTexts(CatalogWriter catalog, IEnumerable<long> ordinals, Func<long, byte[]> keyOf)
    {
        using SqliteCommand command =
            catalog.Prepare($"INSERT INTO {table.Name} (ordinal, key) VALUES ($o, $k)");
        SqliteParameter ordinal = command.Parameters.Add("$o", SqliteType.Integer);
        SqliteParameter key = command.Parameters.Add("$k", SqliteType.Blob);
        command.Prepare();
        foreach (long o in ordinals)
        {
            ordinal.Value = o;
            key.Value = keyOf(o);
            command.ExecuteNonQuery();
            catalog.MarkChanged(table, o);
        }
    }

    /// <summary>
    /// Adds number keys, some thousands in one statement: a call a key costs more than all the rest of an
    /// import. A run of ordinals goes as its first one and a JSON array of the keys.
    /// </summary>
    /// <param name="catalog">The transaction.</param>
    /// <param name="ordinals">Ascending.</param>
    /// <param name="keyOf">Key of an ordinal.</param>
    public void AddNumbers(CatalogWriter catalog, IEnumerable<long> ordinals, Func<long, long> keyOf)
    {
        using SqliteCommand command = catalog.Prepare(
            $"INSERT INTO {table.Name} (ordinal, key) SELECT $o + key, value FROM json_each($k)");
        SqliteParameter first = command.Parameters.Add("$o", SqliteType.Integer);
        SqliteParameter array = command.Parameters.Add("$k", SqliteType.Text);
        command.Prepare();
        var json = new StringBuilder();
        long begin = -1;
        long next = -1;
        foreach (long o in ordinals)
        {
            if (o != next || o - begin == KeysAStatement)
            {
                Send();
                begin = o;
            }
            json.Append(json.Length == 0 ? '[' : ',').Append(CultureInfo.InvariantCulture, $"{keyOf(o)}");
            next = o + 1;
            catalog.MarkChanged(table, o);
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

    /// <summary>Removes a key; its ordinal is not given out again.</summary>
    public void Delete(CatalogWriter catalog, long ordinal)
    {
        catalog.Run($"DELETE FROM {table.Name} WHERE ordinal = $o", ("$o", ordinal));
        catalog.MarkChanged(table, ordinal);
    }
}
