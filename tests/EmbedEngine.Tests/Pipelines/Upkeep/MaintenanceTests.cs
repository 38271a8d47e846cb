// Aliases, lineage, differences, collection under leases, verification, and serving that fails open.

using EmbedEngine.Tests.Crash;

namespace EmbedEngine.Tests.Pipelines.Upkeep;

public sealed class MaintenanceTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private Engine Three()
    {
        _scratch.MakeTrained(200, 12);
        Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 2, name: "second"));
        engine.Train(StoreScratch.Tiny(seed: 3, name: "third"));
        return engine;
    }

    [Fact]
    public void Alias_SetMovedRemoved_ResolvesAndKeepsItsVersion()
    {
        using Engine engine = Three();
        engine.SetAlias("best", 1);
        engine.SetAlias("лучший", 2);
        Assert.Equal(1, engine.ResolveVersion("best"));
        Assert.Equal(2, engine.ResolveVersion("лучший"));
        Assert.Equal(2, engine.ResolveVersion("second"));
        Assert.Equal(2, engine.ResolveVersion("2"));
        Assert.Equal(3, engine.ResolveVersion("active"));
        engine.SetAlias("second", 1); // an alias goes before a name
        Assert.Equal(1, engine.ResolveVersion("second"));
        Assert.Empty(engine.Collect(0).Collected);
        engine.RemoveAlias("лучший");
        Assert.Equal([2L], engine.Collect(0).Collected);
        engine.SetAlias("best", 3);
        Assert.Equal(3, engine.Aliases()["best"]);
        using (Model model = engine.OpenModel(engine.ResolveVersion("best"))) Assert.Equal(
            3, model.Version.Number);
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.SetAlias("best", 2)).Code);
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.RemoveAlias("none")).Code);
        foreach (string text in (string[])["none", "9", "-1", "99999999999999999999999", "best "])
            Assert.Equal(ErrorCode.Unknown,
                Assert.Throws<EmbedEngineException>(() => engine.ResolveVersion(text)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("a\nb")]
    [InlineData("active")]
    public void Alias_BadName_IsMisuse(string name)
    {
        using Engine engine = Three();
        Assert.ThrowsAny<ArgumentException>(() => engine.SetAlias(name, 1));
        Assert.ThrowsAny<ArgumentException>(() => engine.RemoveAlias(name));
        Assert.ThrowsAny<ArgumentException>(() => engine.SetAlias(new string('x', 129), 1));
        engine.SetAlias(new string('x', 128), 1);
    }

    [Fact]
    public void Lineage_EndsWhereAParentWasCollected_AndDiffNamesWhatChanged()
    {
        using Engine engine = Three();
        Assert.Equal([3L, 2, 1], engine.Lineage(3));
        IReadOnlyList<ManifestDifference> differences = engine.Diff(2, 3);
        Assert.Contains(differences, d => d.Key == "configuration.seed" && d.A == "2" && d.B == "3");
        Assert.Contains(
            differences, d => d.Key.Contains("vectors-item2vec.digest", StringComparison.Ordinal));
        Assert.DoesNotContain(differences, d => d.Key.Contains("items.digest", StringComparison.Ordinal));
        Assert.Empty(engine.Diff(2, 2));
        engine.Collect(2);
        Assert.Equal([3L, 2], engine.Lineage(3));
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.Lineage(1)).Code);
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.Rollback(1)).Code);
    }

    [Fact]
    public void Collect_VersionOpenInAnotherProcess_StaysUntilThatProcessDies()
    {
        _scratch.MakeTrained(200, 12);
        using var reader = new ChildProcess("hold", _scratch.Store);
        reader.WaitForReady();
        string answer = reader.Ask("");
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 2));
        CollectReport report = engine.Collect(0);
        Assert.Empty(report.Collected);
        Assert.Equal([1L], report.Leased);
        Assert.Equal(answer, reader.Ask(""));
        reader.Kill();
        Assert.Equal([1L], engine.Collect(0).Collected);
        Assert.Empty(Directory.GetFiles(Path.Combine(_scratch.Store, "leases"), "*1.lease"));
    }

    [Fact]
    public void Collect_FilesGoneUnderAReader_AnswersStayTheSame()
    {
        _scratch.MakeTrained(200, 12);
        using var reader = new ChildProcess("hold", _scratch.Store);
        reader.WaitForReady();
        string answer = reader.Ask("");
        // As where no lease can be taken: the collector sees none.
        Directory.Delete(Path.Combine(_scratch.Store, "leases"), recursive: true);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 2));
        Assert.Equal([1L], engine.Collect(0).Collected);
        Assert.Equal(answer, reader.Ask(""));
        Assert.Equal(answer, reader.Ask(""));
    }

    [Fact]
    public void Collect_TheNewest_ItsNumberIsNeverUsedAgain()
    {
        _scratch.MakeTrained(120, 10);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(publish: false));
        Assert.Equal([2L], engine.Collect(0).Collected);
        Assert.Equal(3, engine.Train(StoreScratch.Tiny(publish: false)).Number);
        Assert.Equal([3L], engine.Collect(0).Collected);
        Assert.Equal(4, engine.Train(StoreScratch.Tiny()).Number);
    }

    [Fact]
    public void Verify_EachDamage_IsFoundAndNamed_AndASoundStoreIsSound()
    {
        using (Engine engine = Three()) Assert.Empty(engine.Verify(full: true).Faults);
        foreach (string file in Directory.GetFiles(_scratch.Store, "*.ee?", SearchOption.AllDirectories))
        {
            byte[] sound = File.ReadAllBytes(file);
            string name = Path.GetRelativePath(_scratch.Store, file);
            for (int at = 0; at < sound.Length; at += Math.Max(1, sound.Length / 7))
            {
                byte[] damaged = [.. sound];
                damaged[at] ^= 0x40;
                Expect(name, full: true, () => File.WriteAllBytes(file, damaged));
            }
            Expect(name, full: false, () => File.WriteAllBytes(file, sound[..^1]));
            Expect(name, full: false, () => File.WriteAllBytes(file, [.. sound, 0]));
            Expect(name, full: false, () => File.WriteAllBytes(file, []));
            Expect(name, full: false, () => File.Delete(file));
            File.WriteAllBytes(file, sound);
        }
        // A sound file of another version in its place.
        string[] versions = [.. Directory.GetDirectories(Path.Combine(_scratch.Store, "versions")).Order()];
        byte[] own = File.ReadAllBytes(Path.Combine(versions[1], "vectors-item2vec.eea"));
        Expect(
            Path.GetRelativePath(_scratch.Store, Path.Combine(versions[1], "vectors-item2vec.eea")),
            full: false,
            () => File.Copy(Path.Combine(versions[0], "vectors-item2vec.eea"),
                Path.Combine(versions[1], "vectors-item2vec.eea"), true));
        File.WriteAllBytes(Path.Combine(versions[1], "vectors-item2vec.eea"), own);
        using Engine sane = _scratch.Open();
        Assert.Empty(sane.Verify(full: true).Faults);
    }

    private void Expect(string file, bool full, Action damage)
    {
        damage();
        using Engine engine = _scratch.Open();
        Assert.Contains(engine.Verify(full).Faults, f => f.File == file && f.Problem.Length > 10);
    }

    [Fact]
    public void Open_ActiveVersionDamaged_TheNewestGoodOneAnswers_AndTheProblemIsNamed()
    {
        using (Engine engine = Three()) engine.SetAlias("good", 2);
        string file = Path.Combine(
            _scratch.Store, "versions", 3.ToString("D20"), "items.eea");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..5000]);
        using Engine open = _scratch.Open();
        Assert.Equal(2, open.RequireModel().Version.Number);
        Assert.Contains("items.eea", open.Problem!.Message, StringComparison.Ordinal);
        Assert.Throws<CorruptFileException>(() => open.Publish(3));
        Assert.Equal(2, open.Rollback());
        Assert.Null(open.Problem);
        Assert.Equal([3L], open.Collect(0).Collected.Take(1));
    }
}
