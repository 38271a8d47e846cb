// Checksums of what the catalog says. SQLite's pages carry none: a flipped bit in a number would be believed.
// So every table is sealed by a crc32c over its rows, in the commit that changes them: small tables whole,
// key dictionaries in blocks, and the seals themselves by one more for each of the two kinds. Checked before
// anything of a table is believed, and before a table is changed, so that damage never gets a fresh seal.
// Must never repair: a damaged catalog comes back from a backup.

using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage.Catalog;

/// <summary>Makes and checks the seals of the catalog's tables (store format 2).</summary>
internal static class CatalogSeals
{
    public const string TableName = "seal";

    public const string Schema = """
        CREATE TABLE seal (
            name TEXT NOT NULL, block INTEGER NOT NULL, rows INTEGER NOT NULL, crc INTEGER NOT NULL,
            PRIMARY KEY (name, block)) WITHOUT ROWID;
        """;

    private const int BlockBits = 12;
    private const string Root = "";
    private const string KeyRoot = "keys";

    /// <summary>The block of a dictionary that holds an ordinal.</summary>
    public static long BlockOf(long ordinal) => ordinal >> BlockBits;

    /// <summary>
    /// Rows of a table as its seals count them; null in a store of format 1, which has no seals.
    /// </summary>
    public static long? Rows(CatalogReader catalog, CatalogTable table) => !Has(catalog) ? null
        : (long)(catalog.Scalar(
            "SELECT coalesce(sum(rows), 0) FROM seal WHERE name = $n", ("$n", table.Name)) ?? 0L);

    /// <summary>
    /// Throws unless the tables hold what was committed; a store of format 1 has no seals and passes.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names the catalog and the
    /// table.</exception>
    public static void Check(CatalogReader catalog, params ReadOnlySpan<CatalogTable> tables) =>
        Check(catalog, keyCounts: false, tables);

    /// <summary>
    /// As <see cref="Check(CatalogReader, ReadOnlySpan{CatalogTable})"/> of all small tables, and of the
    /// seals that say how many keys there are; no key is read.
    /// </summary>
    public static void CheckForCounts(CatalogReader catalog) =>
        Check(catalog, keyCounts: true, CatalogTables.Small);

    private static void Check(CatalogReader catalog, bool keyCounts, ReadOnlySpan<CatalogTable> tables)
    {
        if (!Has(catalog)) return;
        string reading = "seal";
        try
        {
            Dictionary<(string Name, long Block), (long Rows, long Crc)> seals =
                ReadChecked(catalog, Root);
            foreach (CatalogTable table in tables) keyCounts |= table.InBlocks;
            // Opening a version asks for small tables only, and must not cost more where there are more keys.
            if (keyCounts)
            {
                foreach ((var name, var seal) in ReadChecked(catalog, KeyRoot)) seals[name] = seal;
            }
            foreach (CatalogTable table in tables)
            {
                reading = table.Name;
                Check(catalog, table, seals);
            }
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or InvalidOperationException)
        {
            throw Damage(catalog, reading);
        }
    }

    private static Dictionary<(string Name, long Block), (long Rows, long Crc)> ReadChecked(
        CatalogReader catalog, string root)
    {
        Dictionary<(string Name, long Block), (long Rows, long Crc)> seals = Read(catalog, root);
        if (!seals.Remove((root, 0), out (long Rows, long Crc) seal) || seal != SealOf(seals))
            throw Damage(catalog, "seal");
        return seals;
    }

    private static void Check(
        CatalogReader catalog, CatalogTable table,
        Dictionary<(string Name, long Block), (long Rows, long Crc)> seals)
    {
        var found = new Dictionary<(string, long), (long, long)>();
        Scan(catalog, table, Everything, found);
        int expected = seals.Keys.Count(k => k.Name == table.Name);
        if (found.Count != expected
            || found.Any(f => !seals.TryGetValue(f.Key, out var seal) || seal != f.Value))
            throw Damage(catalog, table.Name);
    }

    /// <summary>Seals the small tables as they are; at the end of a transaction.</summary>
    public static void SealSmall(CatalogWriter catalog)
    {
        if (!Has(catalog)) return;
        foreach (CatalogTable table in CatalogTables.Small) Seal(catalog, table, Everything);
        SealRoot(catalog, Root);
    }

    /// <summary>Seals the blocks of dictionaries that this transaction has changed; at its end.</summary>
    public static void SealChanged(CatalogWriter catalog)
    {
        if (!Has(catalog)) return;
        bool changed = false;
        foreach (CatalogTable table in CatalogTables.Dictionaries)
        {
            foreach (long block in catalog.ChangedBlocks(table))
            {
                changed = true;
                // A block that lost its last key has no seal.
                catalog.Run(
                    "DELETE FROM seal WHERE name = $n AND block = $b", ("$n", table.Name), ("$b", block));
                Seal(catalog, table, (block << BlockBits, (block + 1) << BlockBits));
            }
        }
        if (changed) SealRoot(catalog, KeyRoot);
    }

    /// <summary>Seals everything; when a store of format 1 is upgraded.</summary>
    public static void SealAll(CatalogWriter catalog)
    {
        foreach (CatalogTable table in CatalogTables.Dictionaries) Seal(catalog, table, Everything);
        SealRoot(catalog, KeyRoot);
        SealSmall(catalog);
    }

    private static (long From, long To) Everything => (long.MinValue, long.MaxValue);

    private static bool Has(CatalogReader catalog) => MetaTable.Get(catalog, MetaTable.Format) != "1";

    private static void Seal(CatalogWriter catalog, CatalogTable table, (long From, long To) range)
    {
        var found = new Dictionary<(string Name, long Block), (long Rows, long Crc)>();
        Scan(catalog, table, range, found);
        foreach (((string name, long block), (long rows, long crc)) in found)
        {
            catalog.Run(
                "INSERT OR REPLACE INTO seal VALUES ($n, $b, $r, $c)", ("$n", name), ("$b", block),
                ("$r", rows), ("$c", crc));
        }
    }

    private static void SealRoot(CatalogWriter catalog, string root)
    {
        Dictionary<(string, long), (long, long)> seals = Read(catalog, root);
        seals.Remove((root, 0));
        (long rows, long crc) = SealOf(seals);
        catalog.Run(
            "INSERT OR REPLACE INTO seal VALUES ($n, 0, $r, $c)", ("$n", root), ("$r", rows), ("$c", crc));
    }

    /// <summary>The seals of the small tables, or of the dictionaries, each with its root.</summary>
    private static Dictionary<(string Name, long Block), (long Rows, long Crc)> Read(
        CatalogReader catalog, string root)
    {
        var seals = new Dictionary<(string, long), (long, long)>();
        string of = root == KeyRoot ? "IN" : "NOT IN";
        IEnumerable<string> names = CatalogTables.Dictionaries.Select(t => t.Name).Prepend(KeyRoot);
        string dictionaries = string.Join(", ", names.Select(n => $"'{n}'"));
        catalog.Query(
            $"SELECT name, block, rows, crc FROM seal WHERE name {of} ({dictionaries}) ORDER BY name, block",
            r => seals[(r.GetString(0), r.GetInt64(1))] = (r.GetInt64(2), r.GetInt64(3)));
        return seals;
    }

    private static (long Rows, long Crc) SealOf(
        Dictionary<(string Name, long Block), (long Rows, long Crc)> seals)
    {
        uint crc = Start;
        foreach (((string name, long block), (long rows, long value)) in seals)
            crc = Add(Add(Add(Add(crc, name), block), rows), value);
        return (seals.Count, ~crc);
    }

    /// <summary>Rows and checksum of each block; a small table is one block, also an empty one.</summary>
    private static void Scan(
        CatalogReader catalog, CatalogTable table, (long From, long To) range,
        Dictionary<(string Name, long Block), (long Rows, long Crc)> found)
    {
        bool blocks = table.InBlocks;
        string where =
            blocks && range != Everything ? "WHERE ordinal >= $f AND ordinal < $t" : "WHERE $f < $t";
        (long block, long rows, uint crc) = (0, 0, Start);
        string sql = $"SELECT {table.Columns} FROM {table.Name} {where} ORDER BY {table.Order}";
        catalog.Query(sql, row =>
        {
            if (blocks && BlockOf(row.GetInt64(0)) is long next && (rows == 0 || next != block))
            {
                if (rows > 0) found[(table.Name, block)] = (rows, ~crc);
                (block, rows, crc) = (next, 0, Start);
            }
            rows++;
            for (int i = 0; i < row.FieldCount; i++) crc = AddField(crc, row, i);
        }, ("$f", range.From), ("$t", range.To));
        if (rows > 0 || !blocks) found[(table.Name, block)] = (rows, ~crc);
    }

    private const uint Start = 0xFFFFFFFF;

    /// <summary>The kind first: 1, "1" and x'31' are three different values.</summary>
    private static uint AddField(uint crc, SqliteDataReader row, int i) => row.GetValue(i) switch
    {
        long number => Add(Crc32C.Update(crc, [1]), number),
        string text => Add(Crc32C.Update(crc, [2]), text),
        byte[] bytes => Crc32C.Update(Add(Crc32C.Update(crc, [3]), bytes.LongLength), bytes),
        double real => Add(Crc32C.Update(crc, [4]), BitConverter.DoubleToInt64Bits(real)),
        _ => Crc32C.Update(crc, [0]),
    };

    private static uint Add(uint crc, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Crc32C.Update(crc, bytes);
    }

    private static uint Add(uint crc, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Crc32C.Update(Add(crc, bytes.LongLength), bytes);
    }

    private static EmbedEngineException Damage(CatalogReader catalog, string table) => new(
        ErrorCode.Corrupt,
        $"{catalog.File}: damaged: table '{table}' is not what its checksum says; restore a backup");
}
