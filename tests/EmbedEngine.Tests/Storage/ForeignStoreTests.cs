// A store that came from elsewhere: links out of it, names of other files in its catalog, a schema that is
// not ours. Whatever is done with it, nothing outside is changed, and it ends in an error that names the
// part.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Tests.Storage;

public sealed class ForeignStoreTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly string _victim;
    private readonly SortedDictionary<string, string> _before;

    public ForeignStoreTests()
    {
        _scratch.MakeTrained(150, 10, StoreScratch.Least());
        _victim = Path.Combine(_scratch.Root, "victim");
        Directory.CreateDirectory(Path.Combine(_victim, "photos"));
        File.WriteAllText(Path.Combine(_victim, "photos", "a"), "keep");
        File.WriteAllText(Path.Combine(_victim, "000009.eel"), "keep");
        File.WriteAllText(Path.Combine(_victim, "b"), "keep");
        Directory.CreateDirectory(Path.Combine(_victim, StoreNames.Version(77)));
        _before = StoreScratch.Snapshot(_victim);
    }

    public void Dispose() => _scratch.Dispose();

    private string CatalogPath => Path.Combine(_scratch.Store, CatalogFile.FileName);

    [Theory]
    [InlineData("versions")]
    [InlineData("events")]
    [InlineData("leases")]
    public void Folder_ThatIsALink_IsRefused_AndWhatItLeadsToStays(string folder)
    {
        string path = Path.Combine(_scratch.Store, folder);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.CreateSymbolicLink(path, _victim);
        List<string> errors = DoEverything();
        Assert.Contains(errors, e => e.Contains(path, StringComparison.Ordinal)
            && e.Contains("symbolic link", StringComparison.Ordinal));
        Assert.Equal(_before, StoreScratch.Snapshot(_victim));
    }

    [Theory]
    [InlineData("LOCK")]
    [InlineData("catalog.db")]
    [InlineData("catalog.db-wal")]
    [InlineData("catalog.db-shm")]
    public void File_ThatIsALink_IsRefused_AndWhatItLeadsToStays(string name)
    {
        string path = Path.Combine(_scratch.Store, name);
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(_victim, "b"));
        List<string> errors = DoEverything();
        Assert.Contains(errors, e => e.Contains("symbolic link", StringComparison.Ordinal));
        Assert.Equal(_before, StoreScratch.Snapshot(_victim));
    }

    /// <summary>The whole store may lie behind a link: that one is the caller's.</summary>
    [Fact]
    public void Store_BehindALink_Works()
    {
        string link = Path.Combine(_scratch.Root, "link.ee");
        Directory.CreateSymbolicLink(link, _scratch.Store);
        using Engine engine = Engine.Open(link);
        engine.Train(StoreScratch.Least(seed: 2));
        Assert.Equal(2, engine.Versions().Count);
    }

    [Theory]
    [InlineData("UPDATE segment SET file = '../../victim/000009.eel'", "segment")]
    [InlineData("UPDATE segment SET file = '/etc/passwd'", "segment")]
    [InlineData("UPDATE segment SET file = ''", "segment")]
    [InlineData("UPDATE artifact SET file = '../../../victim/b' WHERE name = 'items'", "artifact")]
    [InlineData("UPDATE artifact SET file = '.tmp-x.eea' WHERE name = 'items'", "artifact")]
    public void CatalogRow_ThatNamesAForeignFile_IsDamage(string change, string table)
    {
        Change("UPDATE meta SET value = '1' WHERE key = 'format'", "DROP TABLE seal", change);
        using (Engine engine = _scratch.Open())
        {
            Assert.Contains(engine.Verify().Faults,
                f => f.Problem.Contains($"table {table} names", StringComparison.Ordinal));
        }
        List<string> errors = DoEverything();
        // Nobody but verify asks for an artifact's file name: versions open what they need by its own.
        if (table == "segment")
            Assert.Contains(errors, e => e.Contains("table segment names", StringComparison.Ordinal));
        Assert.Equal(_before, StoreScratch.Snapshot(_victim));
    }

    [Theory]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON segment BEGIN DELETE FROM version; END", "trigger 't'")]
    [InlineData("CREATE VIEW v AS SELECT 1", "view 'v'")]
    [InlineData("CREATE TABLE other (x)", "table 'other'")]
    [InlineData("CREATE INDEX i ON segment (file)", "index 'i'")]
    [InlineData("DROP TABLE alias | CREATE VIEW alias AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT "
        + "x + 1 FROM c) SELECT 'active' AS name, x AS version FROM c", "view 'alias'")]
    [InlineData("ALTER TABLE segment ADD COLUMN g AS (hex(zeroblob(1000)))", "table 'segment'")]
    public void Schema_ThatIsNotOurs_IsRefused_ByName(string change, string named)
    {
        Change(change.Split(" | "));
        List<string> errors = DoEverything();
        Assert.NotEmpty(errors);
        Assert.All(errors, e => Assert.Contains(named, e, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_ThatAreNotOurs_AreNeverSwept()
    {
        string[] foreign =
        [
            Path.Combine(_scratch.Store, "events", "notes.txt"),
            Path.Combine(_scratch.Store, "events", "12.eel"),
            Path.Combine(_scratch.Store, "versions", "readme"),
            Path.Combine(_scratch.Store, "mine"),
        ];
        foreach (string path in foreign) File.WriteAllText(path, "mine");
        string orphan = Path.Combine(_scratch.Store, "events", StoreNames.Segment(999));
        File.WriteAllText(orphan, "half");
        Assert.Empty(DoEverything());
        Assert.All(foreign, path => Assert.Equal("mine", File.ReadAllText(path)));
        Assert.False(File.Exists(orphan));
    }

    /// <summary>A failed first import used to remove all that lay in a directory called events.</summary>
    [Fact]
    public void Directory_WithSomebodysEvents_IsNoPlaceForAStore()
    {
        string directory = Path.Combine(_scratch.Root, "data");
        Directory.CreateDirectory(Path.Combine(directory, "events"));
        string log = Path.Combine(directory, "events", "monday.csv");
        File.WriteAllText(log, "session,item\n1,2\n1,3\n");
        using Engine engine = Engine.Open(directory);
        var e = Assert.Throws<EmbedEngineException>(() => engine.Import(EventSource.Csv(log)));
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
        Assert.Contains("events/monday.csv", e.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(log));
    }

    [Fact]
    public void LiveLog_ThatCannotBeRead_IsSetAsideAndNamed_AndWritesGoOn()
    {
        string name = $"{StoreNames.LiveLogPrefix}9-00{StoreNames.LiveLogExtension}";
        byte[] zeros = new byte[4096];
        File.WriteAllBytes(Path.Combine(_scratch.Store, "events", name), zeros);
        using Engine engine = _scratch.Open();
        Assert.Contains(engine.Verify().Faults, f => f.File == "events/" + name);
        engine.Observe("1", "2", timeMs: 1_700_000_000_000);
        Assert.Equal(1, engine.Import(EventSource.Csv(_scratch.Write("x.csv", "session,item\n1,2\n")))
            .AdoptedEvents);
        string aside = "events/damaged-" + name;
        Assert.Equal([aside], engine.Info().SetAside);
        Assert.Equal(zeros, File.ReadAllBytes(Path.Combine(_scratch.Store, aside)));
        Assert.Contains(engine.Verify().Faults, f => f.File == aside);
        engine.Train(StoreScratch.Least(seed: 3));
        File.Delete(Path.Combine(_scratch.Store, aside));
        Assert.Empty(engine.Verify().Faults);
    }

    /// <summary>Everything a caller may do with a store; the messages of what is refused.</summary>
    private List<string> DoEverything()
    {
        var errors = new List<string>();
        string more = _scratch.Write("more.csv", "session,item\n1,2\n1,3\n");
        void Try(Action<Engine> call)
        {
            try
            {
                using Engine engine = _scratch.Open();
                call(engine);
            }
            catch (EmbedEngineException e)
            {
                errors.Add(e.Message);
            }
        }
        var results = new RecommendedItem[3];
        Try(e => e.Info());
        Try(e => e.Recommend([new SessionEvent(1)], results));
        Try(e => e.Observe("1", "2"));
        Try(e => e.Import(EventSource.Csv(more)));
        Try(e => e.Train(StoreScratch.Least(seed: 9)));
        Try(e => e.Compact());
        Try(e => e.Collect(1));
        Try(e => e.ForgetUser("1"));
        return errors;
    }

    private void Change(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={CatalogPath};Pooling=False");
        connection.Open();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
