// Checksums of what the catalog says. SQLite's pages carry none: a flipped bit in a number would be believed.
// So every table is sealed by a crc32c over its rows, in the commit that changes them: small tables whole,
// key dictionaries in blocks, and the seals themselves by one more for each of the two kinds. Checked before
// anything of a table is believed, and before a table is changed, so that damage never gets a fresh seal.
// Must never repair: a damaged catalog comes back from a backup.

using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Storage;

/// <summary>Makes and checks the seals of the catalog's tables (store format 2).</summary>
internal static class CatalogSeals
{
    public const string Meta = "meta";
    public const string Import = "import";
    public const string Segment = "segment";
    public const string Version = "version";
    public const string Artifact = "artifact";
    public const string LiveLog = "live_log";
    public const string Alias = "alias";
    public const string ItemKey = "item_key";
    public const string UserKey = "user_key";

    public const string Schema = """
        CREATE TABLE seal (
            name TEXT NOT NULL, block INTEGER NOT NULL, rows INTEGER NOT NULL, crc INTEGER NOT NULL,
            PRIMARY KEY (name, block)) WITHOUT ROWID;
        """;

    private const int BlockBits = 12;
    private const string Root = "";
    private const string KeyRoot = "keys";

    /// <summary>Not a table: how many keys there are, from the seals alone.</summary>
    public const string KeyCounts = "key counts";

    /// <summary>Tables that are sealed whole.</summary>
    public static string[] SmallTables => [Alias, Artifact, Import, LiveLog, Meta, Segment, Version];

    /// <summary>Dictionaries, sealed in blocks of 4096 ordinals.</summary>
    public static string[] KeyTables => [ItemKey, UserKey];

    /// <summary>
    /// Rows of a table as its seals count them; null in a store of format 1, which has no seals.
    /// </summary>
    public static long? Rows(SqliteConnection connection, string table) => !Has(connection) ? null
        : (long)(Catalog.Scalar(
            connection, "SELECT coalesce(sum(rows), 0) FROM seal WHERE name = $n", ("$n", table)) ?? 0L);

    /// <summary>
    /// Throws unless the tables hold what was committed; a store of format 1 has no seals and passes.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: names the catalog and the
    /// table.</exception>
    public static void Check(SqliteConnection connection, params ReadOnlySpan<string> tables)
    {
        if (!Has(connection)) return;
        string reading = "seal";
        try
        {
            Dictionary<(string Name, long Block), (long Rows, long Crc)> seals =
                ReadChecked(connection, Root);
            // Opening a version asks for small tables only, and must not cost more where there are more keys.
            if (tables.ContainsAny(KeyTables) || tables.Contains(KeyCounts))
            {
                foreach ((var name, var seal) in ReadChecked(connection, KeyRoot)) seals[name] = seal;
            }
            foreach (string table in tables)
            {
                reading = table;
                if (table == KeyCounts) continue;
                Check(connection, table, seals);
            }
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or InvalidOperationException)
        {
            throw Damage(connection, reading);
        }
    }

    private static Dictionary<(string Name, long Block), (long Rows, long Crc)> ReadChecked(
        SqliteConnection connection, string root)
    {
        Dictionary<(string Name, long Block), (long Rows, long Crc)> seals = Read(connection, root);
        if (!seals.Remove((root, 0), out (long Rows, long Crc) seal) || seal != SealOf(seals))
            throw Damage(connection, "seal");
        return seals;
    }

    private static void Check(
        SqliteConnection connection, string table,
        Dictionary<(string Name, long Block), (long Rows, long Crc)> seals)
    {
        var found = new Dictionary<(string, long), (long, long)>();
        Scan(connection, table, Everything, found);
        int expected = seals.Keys.Count(k => k.Name == table);
        if (found.Count != expected
            || found.Any(f => !seals.TryGetValue(f.Key, out var seal) || seal != f.Value))
            throw Damage(connection, table);
    }

    /// <summary>Seals the small tables as they are; at the end of a transaction.</summary>
    public static void SealSmall(SqliteConnection connection)
    {
        if (!Has(connection)) return;
        foreach (string table in SmallTables) Seal(connection, table, Everything);
        SealRoot(connection, Root);
    }

    /// <summary>
    /// Seals the blocks of a dictionary that hold these ordinals; in the transaction that changed them.
    /// </summary>
    public static void SealKeys(SqliteConnection connection, string table, IEnumerable<long> ordinals)
    {
        if (!Has(connection)) return;
        foreach (long block in ordinals.Select(o => o >> BlockBits).Distinct().ToArray())
        {
            Catalog.Run(
                connection, "DELETE FROM seal WHERE name = $n AND block = $b", ("$n", table), ("$b", block));
            Seal(connection, table, (block << BlockBits, (block + 1) << BlockBits));
        }
        SealRoot(connection, KeyRoot);
    }

    /// <summary>Seals everything; when a store of format 1 is upgraded.</summary>
    public static void SealAll(SqliteConnection connection)
    {
        foreach (string table in KeyTables) Seal(connection, table, Everything);
        SealRoot(connection, KeyRoot);
        SealSmall(connection);
    }

    private static (long From, long To) Everything => (long.MinValue, long.MaxValue);

    private static bool Has(SqliteConnection connection) =>
        Catalog.Scalar(connection, "SELECT value FROM meta WHERE key = 'format'") as string != "1";

    private static void Seal(SqliteConnection connection, string table, (long From, long To) range)
    {
        var found = new Dictionary<(string Name, long Block), (long Rows, long Crc)>();
        Scan(connection, table, range, found);
        foreach (((string name, long block), (long rows, long crc)) in found)
        {
            Catalog.Run(
                connection, "INSERT OR REPLACE INTO seal VALUES ($n, $b, $r, $c)", ("$n", name),
                ("$b", block), ("$r", rows),
                ("$c", crc));
        }
    }

    private static void SealRoot(SqliteConnection connection, string root)
    {
        Dictionary<(string, long), (long, long)> seals = Read(connection, root);
        seals.Remove((root, 0));
        (long rows, long crc) = SealOf(seals);
        Catalog.Run(
            connection, "INSERT OR REPLACE INTO seal VALUES ($n, 0, $r, $c)", ("$n", root), ("$r", rows),
            ("$c", crc));
    }

    /// <summary>The seals of the small tables, or of the dictionaries, each with its root.</summary>
    private static Dictionary<(string Name, long Block), (long Rows, long Crc)> Read(
        SqliteConnection connection, string root)
    {
        var seals = new Dictionary<(string, long), (long, long)>();
        string of = root == KeyRoot ? "IN" : "NOT IN";
        Catalog.Query(
            connection,
            $"SELECT name, block, rows, crc FROM seal WHERE name {of} ('{KeyRoot}', '{ItemKey}', "
            + $"'{UserKey}') ORDER BY name, block",
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
        SqliteConnection connection, string table, (long From, long To) range,
        Dictionary<(string Name, long Block), (long Rows, long Crc)> found)
    {
        (string columns, string order) = table switch
        {
            Meta => ("key, value", "key"),
            Import => ("id, source, fingerprint, created_at, report", "id"),
            Segment => ("id, import_id, file, length, events, sessions", "id"),
            Version => ("number, parent, name, created_at, manifest", "number"),
            Artifact => ("version, name, kind, file, length, header_crc, digest", "version, name"),
            LiveLog => ("file, adopted", "file"),
            Alias => ("name, version", "name"),
            ItemKey => ("ordinal, key, category, title", "ordinal"),
            UserKey => ("ordinal, key", "ordinal"),
            _ => throw new EmbedEngineException(ErrorCode.Internal, $"no seal for table {table}"),
        };
        bool blocks = table is ItemKey or UserKey;
        string where =
            blocks && range != Everything ? "WHERE ordinal >= $f AND ordinal < $t" : "WHERE $f < $t";
        (long block, long rows, uint crc) = (0, 0, Start);
        Catalog.Query(connection, $"SELECT {columns} FROM {table} {where} ORDER BY {order}", row =>
        {
            if (blocks && row.GetInt64(0) >> BlockBits is long next && (rows == 0 || next != block))
            {
                if (rows > 0) found[(table, block)] = (rows, ~crc);
                (block, rows, crc) = (next, 0, Start);
            }
            rows++;
            for (int i = 0; i < row.FieldCount; i++) crc = AddField(crc, row, i);
        }, ("$f", range.From), ("$t", range.To));
        if (rows > 0 || !blocks) found[(table, block)] = (rows, ~crc);
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

    private static EmbedEngineException Damage(SqliteConnection connection, string table) => new(
        ErrorCode.Corrupt,
        $"{FileOf(connection)}: damaged: table '{table}' is not what its checksum says; restore a backup");

    private static string FileOf(SqliteConnection connection)
    {
        string source = connection.DataSource;
        return source.StartsWith("file:", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(source[5..].Split('?')[0]) : source;
    }
}
