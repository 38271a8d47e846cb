// Stores that somebody has made to do harm: rows, schema, links, live logs, segments and artifacts changed at
// random and sealed again. Whatever is asked of them ends in an answer or in an error of ours, soon, and
// nothing outside the store is touched.

using System.Diagnostics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Tests.Storage;

public sealed class HostileStoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static int Mutants => TestScale.Count("EMBEDENGINE_HOSTILE_STORES", 150, 5_000);

    private static readonly string[] Texts =
    [
        "../../victim/b", "../victim", "/etc/passwd", "", ".", "..", "a/b", "\0", "000001.eel", "items.eea",
        "live-9-00.eev", "{}", "[]", "null", "9999999999999999999", "active", new string('x', 300),
    ];

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "2147483648", "4096", "NULL", "1e300",
    ];

    private static readonly string[] Objects =
    [
        "CREATE TRIGGER t AFTER INSERT ON import BEGIN DELETE FROM version; END",
        "CREATE VIEW v AS SELECT * FROM meta",
        "CREATE TABLE extra (x)",
        "CREATE INDEX i ON segment (file)",
        "DROP TABLE live_log",
        "DROP TABLE segment",
        "DROP TABLE artifact",
    ];

    [Fact]
    public void Mutants_TouchNothingOutside_AndEndSoon()
    {
        _scratch.MakeTrained(120, 10, StoreScratch.Least());
        using (Engine engine = _scratch.Open())
        {
            engine.Observe("1", "2", timeMs: 1_700_000_000_000);
            engine.ImportCatalog(_scratch.Write("i.csv", "item,price,tags,title\n1,5,a|b,one\n2,6,b,two\n"));
            SetStock(engine);
            engine.SetExperiment("a=active:50,b=active:50");
            RecordAndObserve(engine);
        }
        string victim = Path.Combine(_scratch.Root, "victim");
        Directory.CreateDirectory(Path.Combine(victim, StoreNames.Version(5)));
        File.WriteAllText(Path.Combine(victim, "b"), "keep");
        File.WriteAllText(Path.Combine(victim, StoreNames.Segment(9)), "keep");
        SortedDictionary<string, string> before = StoreScratch.Snapshot(victim);
        int seed = TestScale.Seed("EMBEDENGINE_HOSTILE_STORES"), errors = 0;
        long slowest = 0;
        for (int m = 0; m < Mutants; m++)
        {
            var random = new Random(seed + m);
            string store = Path.Combine(_scratch.Root, $"m{m}.ee");
            Copy(_scratch.Store, store);
            for (int change = random.Next(1, 4); change > 0; change--) Mutate(store, victim, random);
            long began = Stopwatch.GetTimestamp();
            try
            {
                errors += DoEverything(store, random);
                Assert.Equal(before, StoreScratch.Snapshot(victim));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, mutant {m}: {e}");
            }
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(began).Ticks);
            Directory.Delete(store, recursive: true);
        }
        Assert.True(errors > 0);
        // Printed, not judged: other work may hold the machine. What hangs never comes here.
        output.WriteLine($"seed {seed}: {errors} errors, slowest mutant {TimeSpan.FromTicks(slowest)}");
    }

    private static int DoEverything(string store, Random random)
    {
        int errors = 0;
        var files = new WatchingFileSystem(store);
        string more = Path.Combine(store, "..", "more.csv");
        if (!File.Exists(more)) File.WriteAllText(more, "session,item\n1,2\n1,3\n");
        string items = Path.Combine(store, "..", "more-items.csv");
        if (!File.Exists(items)) File.WriteAllText(items, "item,price\n1,2\n9,3\n");
        ItemFilter filter = ItemFilter.Parse("price > 1 and not tags has 'c' or title starts with 'o'");
        var results = new RecommendedItem[3];
        Action<Engine>[] calls =
        [
            e => e.Info(),
            e => e.Verify(full: true),
            e => e.Recommend([new SessionEvent(1), new SessionEvent(2)], results),
            e => e.Similar(1, results),
            e => e.Versions(),
            e => e.Observe("1", "2", timeMs: 1_700_000_000_000),
            e => e.Import(EventSource.Csv(more)),
            e => e.Compact(),
            e => e.Collect(1),
            e => e.ForgetUser("1"),
            e => e.Rollback(),
            e => e.Train(StoreScratch.Least(seed: 4)),
            e => e.Upgrade(),
            e => e.Attributes(),
            e => e.AttributesOf("1"),
            SetStock,
            e => e.ImportCatalog(items),
            e => e.Recommend([new SessionEvent(1)], results, default, new RecommendRules { Filter = filter }),
            RecordAndObserve,
            e => e.EvaluateOnline(),
            e => e.SetExperiment("a=active:40,b=active:60"),
            e => e.Explore(),
            e => e.Health(),
            e => e.Drift(),
        ];
        // Training is the dearest: one mutant in five.
        foreach (Action<Engine> call in calls)
        {
            if (call == calls[11] && random.Next(5) != 0) continue;
            try
            {
                using Engine engine = Engine.OpenOn(files, store, new EngineOptions());
                call(engine);
            }
            catch (EmbedEngineException e) when (e.Code != ErrorCode.Internal)
            {
                errors++;
            }
        }
        return errors;
    }

    private static void SetStock(Engine engine) => engine.SetAttributes(new ItemColumns
    {
        Items = new long[] { 1, 3 }, Columns = [ItemColumn.OfNumbers("stock", new double[] { 2, 4 })],
    });

    private static void RecordAndObserve(Engine engine)
    {
        var items = new RecommendedItem[3];
        Model model = engine.ModelFor("7");
        RecommendResult answer = model.Recommend([new SessionEvent(1)], items);
        AnswerId id = engine.RecordAnswer(model, answer, items, "7");
        engine.Observe("7", "2", "clicks", 1_700_000_000_000, id.ToString(), out _);
    }

    private static void Mutate(string store, string victim, Random random)
    {
        // Once there is a link, the mutations themselves would follow it.
        bool linked = Directory.EnumerateFileSystemEntries(store, "*", SearchOption.AllDirectories)
            .Any(StoreLinks.IsLink);
        switch (linked ? random.Next(6) : random.Next(10))
        {
            case < 5:
                ChangeRow(store, random);
                break;
            case 5:
                Sql(store, Objects[random.Next(Objects.Length)]);
                break;
            case 6:
                Link(store, victim, random);
                break;
            case 7:
                byte[] bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                File.WriteAllBytes(
                    Path.Combine(store, "events", $"live-{random.Next(9)}-{random.Next(9)}.eev"), bytes);
                break;
            default:
                ChangeFile(store, random);
                break;
        }
    }

    private static void ChangeRow(string store, Random random)
    {
        CatalogTable table = CatalogTables.All[random.Next(CatalogTables.All.Length)];
        string[] columns = table.Columns.Split(", ");
        string column = columns[random.Next(columns.Length)];
        string value = random.Next(2) == 0 ? Numbers[random.Next(Numbers.Length)]
            : $"'{Texts[random.Next(Texts.Length)]}'";
        Sql(store, random.Next(4) == 0 ? $"DELETE FROM {table.Name} WHERE rowid % 2 = 0 OR {column} = {value}"
            : $"UPDATE OR IGNORE {table.Name} SET {column} = {value}");
        if (random.Next(4) > 0) Seal(store);
    }

    private static void Link(string store, string victim, Random random)
    {
        string[] parts =
        [
            "events", "versions", "leases", "LOCK", "catalog.db-wal", "events/000001.eel", "attributes",
            "LOCK-attributes", "attributes/000002.eea", "attributes/000002.eec",
        ];
        string part = Path.Combine(store, parts[random.Next(parts.Length)]);
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        else File.Delete(part);
        if (Directory.Exists(Path.GetDirectoryName(part)))
            File.CreateSymbolicLink(part, random.Next(2) == 0 ? victim : Path.Combine(victim, "b"));
    }

    private static void ChangeFile(string store, Random random)
    {
        string[] files = Directory.GetFiles(store, "*", SearchOption.AllDirectories);
        string file = files[random.Next(files.Length)];
        byte[] bytes = File.ReadAllBytes(file);
        if (bytes.Length == 0) return;
        if (random.Next(5) == 0) bytes = bytes[..random.Next(bytes.Length)];
        for (int n = random.Next(4); n > 0 && bytes.Length > 0; n--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (file.EndsWith(".eea", StringComparison.Ordinal) && bytes.Length > 4200)
            BundleMutantTests.Seal(bytes);
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>
    /// A statement as somebody else's program would run it; what SQLite refuses changes nothing.
    /// </summary>
    private static void Sql(string store, string statement)
    {
        try
        {
            using SqliteConnection connection = Connect(store);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // Damaged before, or no such column here.
        }
    }

    /// <summary>The seals over what the tables hold now.</summary>
    private static void Seal(string store)
    {
        try
        {
            using SqliteConnection connection = Connect(store);
            CatalogSeals.SealAll(new CatalogWriter(connection));
        }
        catch (Exception e) when (e is SqliteException or EmbedEngineException or InvalidCastException
            or FormatException or InvalidOperationException)
        {
            // Half sealed then: that is a mutant too.
        }
    }

    private static SqliteConnection Connect(string store)
    {
        var connection = new SqliteConnection(
            $"Data Source={Path.Combine(store, CatalogFile.FileName)};Mode=ReadWrite;Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Copy(string from, string to)
    {
        string[] inside = Directory.GetDirectories(from, "*", SearchOption.AllDirectories);
        foreach (string directory in inside.Append(from))
            Directory.CreateDirectory(to + directory[from.Length..]);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, to + file[from.Length..]);
    }
}
