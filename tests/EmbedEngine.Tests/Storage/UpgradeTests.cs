// A store of the first format opens and answers as it is, and becomes one of today's with the first
// write, in one commit: whatever call fails on the way, it is of the old format or of the new one, whole.

using System.Runtime.CompilerServices;

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

public sealed class UpgradeTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Golden([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(source)))!, "Fixtures",
            "golden.ee");

    private string Copy(string name)
    {
        string to = Path.Combine(_scratch.Root, name);
        foreach (string directory in Directory.GetDirectories(Golden(), "*", SearchOption.AllDirectories)
            .Prepend(Golden()))
            Directory.CreateDirectory(directory.Replace(Golden(), to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(Golden(), "*", SearchOption.AllDirectories))
            File.Copy(file, file.Replace(Golden(), to, StringComparison.Ordinal));
        return to;
    }

    [Fact]
    public void Golden_OpensReadOnly_WithoutUpgrade()
    {
        string store = Copy("golden.ee");
        SortedDictionary<string, string> before = StoreScratch.Snapshot(store);
        using (Engine engine =
            Engine.Open(store, new EngineOptions { ReadOnly = true, Verify = VerifyLevel.Full }))
        {
            Assert.Equal(1, engine.Info().Format);
            Assert.Empty(engine.Verify(full: true).Faults);
            Assert.NotEmpty(StoreScratch.Answers(engine));
            Assert.Equal(
                ErrorCode.ReadOnly, Assert.Throws<EmbedEngineException>(() => engine.Upgrade()).Code);
        }
        Assert.Equal(before, StoreScratch.Snapshot(store));
    }

    [Fact]
    public void Golden_Upgrades_AndAnswersTheSame()
    {
        using Engine engine = Engine.Open(Copy("golden.ee"));
        string answers = StoreScratch.Answers(engine);
        StoreInfo before = engine.Info();
        Assert.Equal(new UpgradeReport { From = 1, To = 2 }, engine.Upgrade());
        Assert.Equal(before with { Format = 2 }, engine.Info());
        Assert.Equal(new UpgradeReport { From = 2, To = 2 }, engine.Upgrade());
        Assert.Empty(engine.Verify(full: true).Faults);
        using Engine again = Engine.Open(engine.Path);
        Assert.Equal(answers, StoreScratch.Answers(again));
        Assert.Equal(2, again.Train(StoreScratch.Tiny()).Number);
        Assert.Empty(again.Verify(full: true).Faults);
    }

    [Fact]
    public void FirstWrite_Upgrades()
    {
        using Engine engine = Engine.Open(Copy("golden.ee"));
        engine.SetAlias("mine", 1);
        Assert.Equal(2, engine.Info().Format);
        Assert.Empty(engine.Verify(full: true).Faults);
    }

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Torn)]
    public void AnyCallFails_TheStoreIsOfOneFormatOrTheOther(FaultKind kind)
    {
        int index = 0;
        for (bool hit = true; hit; index++)
        {
            string store = Copy($"{kind}-{index}.ee");
            File.WriteAllText(Path.Combine(store, "events", "orphan.eel"), "of a killed writer");
            var files = new FaultFileSystem(index, kind);
            try
            {
                using Engine engine = Engine.OpenOn(files, store, new EngineOptions());
                engine.Upgrade();
            }
            catch (EmbedEngineException e)
            {
                Assert.Equal(ErrorCode.Io, e.Code);
            }
            hit = files.Hit is not null;
            using Engine after = Engine.Open(store);
            Assert.Null(after.Problem);
            Assert.InRange(after.Info().Format, 1, 2);
            Assert.NotEmpty(StoreScratch.Answers(after));
            Assert.Equal(2, after.Upgrade().To);
            Assert.Empty(after.Verify(full: true).Faults);
        }
        Assert.InRange(index, 3, 100);
    }

    [Fact]
    public void UnknownFormat_IsRefused_NamingFoundAndSupported()
    {
        string store = Copy("golden.ee");
        using (var c = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(store, CatalogFile.FileName)};Pooling=False"))
        {
            c.Open();
            using var command = c.CreateCommand();
            command.CommandText = "UPDATE meta SET value = '7' WHERE key = 'format'";
            command.ExecuteNonQuery();
        }
        var e = Assert.Throws<EmbedEngineException>(() => Engine.Open(store));
        Assert.Equal(ErrorCode.Format, e.Code);
        Assert.Contains("format 7", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 2", e.Message, StringComparison.Ordinal);
    }
}
