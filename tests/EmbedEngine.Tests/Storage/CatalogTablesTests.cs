// The list of tables is what the database holds, and a change to a dictionary is sealed whoever makes it.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Tests.Storage;

public sealed class CatalogTablesTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Make()
    {
        var store = new Store(FileSystem.Real, _scratch.Store);
        using WriteSession write = store.BeginWrite();
        write.Commit(_ => { });
        return store.Path;
    }

    private static void CheckAll(string store) => CatalogFile.Read(store, c =>
    {
        CatalogSeals.Check(c, CatalogTables.All);
        return 0;
    });

    /// <summary>
    /// The bound is for statements over a file from elsewhere; what a caller has to write has none, however
    /// much it is.
    /// </summary>
    [Fact]
    public void Bound_EndsAStatementThatDoesNotEnd_AndNoManyTimesRepeatedOne()
    {
        using var connection = new CatalogSqlite("Data Source=:memory:;Pooling=False");
        connection.Open();
        connection.Bound(1_000_000);
        var writer = new CatalogWriter(connection);
        writer.Run("CREATE TABLE t (x)");
        using (SqliteCommand insert = writer.Prepare("INSERT INTO t VALUES (1)"))
        {
            for (int i = 0; i < 300_000; i++) insert.ExecuteNonQuery();
        }
        // Each statement has its own: 500 of them take more steps than one may.
        for (int i = 0; i < 500; i++)
            Assert.Equal(1000L, writer.Scalar("SELECT sum(x) FROM t WHERE rowid <= 1000"));
        var e = Assert.Throws<SqliteException>(() => writer.Scalar(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"));
        Assert.Equal(9, e.SqliteErrorCode);
    }

    /// <summary>The text is part of the format: SQLite keeps it in the file.</summary>
    [Fact]
    public void Schema_IsTheListAndTheSeals_InOrder()
    {
        List<(string Name, string Sql)> made = CatalogFile.Read(
            Make(), c => c.List(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid",
                r => (r.GetString(0), r.GetString(1))));
        Assert.Equal(
            ["meta", "item_key", "user_key", "import", "segment", "version", "artifact", "live_log", "alias",
                "seal"],
            made.Select(t => t.Name));
        Assert.Equal(CatalogTables.All.Select(t => t.Create.TrimEnd(';')), made[..^1].Select(t => t.Sql));
    }

    /// <summary>A column that a seal forgets is a column that anything may change.</summary>
    [Fact]
    public void Seals_CoverEveryColumn()
    {
        string store = Make();
        foreach (CatalogTable table in CatalogTables.All)
        {
            List<string> columns = CatalogFile.Read(store, c => c.List(
                "SELECT name FROM pragma_table_info($t)", r => r.GetString(0), ("$t", table.Name)));
            Assert.Equal(table.Columns, string.Join(", ", columns));
        }
    }

    [Fact]
    public void Dictionaries_AnyChange_IsSealedByTheCommitItself()
    {
        string store = Make();
        long[] many = [.. Enumerable.Range(0, 9000).Select(i => (long)i), 20_000];
        CatalogFile.Write(store, c => ItemKeyTable.Keys.AddNumbers(c, many, o => 7 * o));
        CheckAll(store);
        CatalogFile.Write(store, c => UserKeyTable.Keys.AddTexts(c, [0, 5000], o => [(byte)(o % 251)]));
        CheckAll(store);
        CatalogFile.Write(store, c =>
        {
            c.Run("UPDATE item_key SET category = 'shoes' WHERE ordinal = 4097");
            c.MarkChanged(ItemKeyTable.Table, 4097);
        });
        CheckAll(store);
        CatalogFile.Write(store, c => ItemKeyTable.Keys.Delete(c, 20_000)); // the only one of its block
        CheckAll(store);
        CatalogFile.Write(store, c => UserKeyTable.Keys.Delete(c, 0));
        CheckAll(store);
        Assert.Equal((9000L, 1L), CatalogFile.Read(
            store, c => (ItemKeyTable.Keys.Count(c), UserKeyTable.Keys.Count(c))));
        var read = new List<(long, long)>();
        CatalogFile.Read(store, c =>
        {
            ItemKeyTable.Keys.ReadNumbers(c, (ordinal, key) => read.Add((ordinal, key)));
            return 0;
        });
        Assert.Equal(many[..^1].Select(o => (o, 7 * o)), read);
        var labels = new List<(object, ItemLabelRow)>();
        CatalogFile.Read(store, c =>
        {
            ItemKeyTable.ReadLabels(c, (key, label) => labels.Add((key, label)));
            return 0;
        });
        Assert.Equal([(7L * 4097, new ItemLabelRow("shoes", null))], labels);
    }

    [Fact]
    public void Dictionaries_AChangeThatIsNotMarked_IsFound()
    {
        string store = Make();
        CatalogFile.Write(store, c => ItemKeyTable.Keys.AddNumbers(c, [0, 1], o => o));
        CatalogFile.Write(store, c => c.Run("UPDATE item_key SET key = 9 WHERE ordinal = 1"));
        var e = Assert.Throws<EmbedEngineException>(() => CheckAll(store));
        Assert.Contains("item_key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Meta_Raise_NeverLowers()
    {
        string store = Make();
        long?[] seen = [.. new long[] { 9, 10, 3 }.Select(n =>
        {
            CatalogFile.Write(store, c => MetaTable.Raise(c, MetaTable.LastVersion, n));
            return CatalogFile.Read(store, c => MetaTable.Number(c, MetaTable.LastVersion));
        })];
        Assert.Equal([9, 10, 10], seen);
    }
}
