// The contract of the commands that keep a store: the exact fields of --json, exit codes, one line for a
// failure; on a missing store, a damaged one, one that another process writes to, and for versions and files
// that are not there.

using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class StoreCommandTests : IDisposable
{
    private const string VersionFields = "version name created_at active seconds metrics evaluations";

    private const string InfoFields =
        "path format item_keys items users catalogue_items attributes events sessions imports segments "
        + "log_bytes versions active_version "
        + "artifact_bytes problem serving_version swept_orphans cut_bytes unfit_events set_aside "
        + "last_recovery engine simd answer_logs answer_bytes answers_recorded answers_missed answer_problem";

    private readonly StoreScratch _scratch = new();

    private string Store => _scratch.Store;

    public void Dispose() => _scratch.Dispose();

    private string At(string name) => Path.Combine(_scratch.Root, name);

    private static JsonElement Ask(params string[] arguments) =>
        CliProcess.Run([.. arguments, "--json"]).Json();

    private static void HasExactly(string fields, JsonElement json) => Assert.Equal(
        fields.Split(' ').Order(StringComparer.Ordinal),
        json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    /// <summary>A store with two versions, the second active.</summary>
    private void MakeTwoVersions()
    {
        _scratch.MakeTrained(200, 12);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 2, name: "second"));
    }

    private string Artifact(long version, string name) =>
        Path.Combine(Store, "versions", version.ToString("D20"), name + ".eea");

    private static void CutInHalf(string file)
    {
        // A mapping of this process that was not finalized yet still holds the file: only a sharing handle
        // opens it.
        using var stream =
            new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        stream.SetLength(stream.Length / 2);
    }

    [Fact]
    public void FilesOut_And_In_PrintTheirFields()
    {
        MakeTwoVersions();
        string vectors = At("v.npy");
        JsonElement exported = Ask("export", Store, "--what", "vectors", "--out", vectors);
        // Standard output by any of its names holds the file, and no report.
        Ask("export", Store, "--what", "popularity", "--out", At("pop.csv"));
        foreach (string name in (string[])["-", "/dev/stdout"])
        {
            Assert.Equal(
                File.ReadAllText(At("pop.csv")),
                CliProcess.Run("export", Store, "--what", "popularity", "--out", name, "--json").Output);
        }
        HasExactly("version rows dimensions files", exported);
        Assert.Equal(
            [vectors, vectors + ".ids.npy"],
            exported.GetProperty("files").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal((2, 8),
            (exported.GetProperty("version").GetInt32(), exported.GetProperty("dimensions").GetInt32()));
        foreach ((string what, string format) in new[] {
            ("manifest", "json"), ("popularity", "csv"), ("neighbors", "jsonl") })
        {
            JsonElement other = Ask(
                "export", Store, "--what", what, "--format", format, "--name", "1", "--out", At(what));
            HasExactly("version rows dimensions files", other);
            Assert.Equal((1, 0),
                (other.GetProperty("version").GetInt32(), other.GetProperty("dimensions").GetInt32()));
            Assert.True(new FileInfo(At(what)).Length > 0);
        }

        JsonElement imported = Ask("import-vectors", Store, vectors, "--space", "own", "--name", "with-own");
        HasExactly(
            "version space dimensions items missing waiting new_items unknown rejected "
            + "first_errors", imported);
        Assert.Equal((3, "own"),
            (imported.GetProperty("version").GetInt32(), imported.GetProperty("space").GetString()));

        JsonElement bundled = Ask("bundle", Store, At("shop.eeb"), "--spaces", "own");
        HasExactly("path version bytes artifacts", bundled);
        Assert.Equal(new FileInfo(At("shop.eeb")).Length, bundled.GetProperty("bytes").GetInt64());
        HasExactly("path version name item_keys items spaces bytes", Ask("info", At("shop.eeb")));
        JsonElement similar = Ask("similar", At("shop.eeb"), "--item", "1", "--space", "own", "--k", "3");
        Assert.Equal(3, similar.GetProperty("items").GetArrayLength());

        JsonElement copied = Ask("backup", Store, At("copy.ee"));
        HasExactly("path versions files bytes attempts", copied);
        Assert.Equal(
            (3, 1), (copied.GetProperty("versions").GetInt32(), copied.GetProperty("attempts").GetInt32()));
        Assert.True(Ask("verify", At("copy.ee"), "--full").GetProperty("sound").GetBoolean());
    }

    [Fact]
    public void Versions_And_Log_PrintTheirFields()
    {
        MakeTwoVersions();
        JsonElement versions = Ask("versions", Store).GetProperty("versions");
        Assert.Equal(2, versions.GetArrayLength());
        HasExactly(VersionFields, versions[1]);
        JsonElement aliases = Ask("alias", Store, "stable", "second").GetProperty("aliases");
        Assert.Equal(
            (2, 2), (aliases.GetProperty("stable").GetInt32(), aliases.GetProperty("active").GetInt32()));
        JsonElement diff = Ask("diff", Store, "1", "stable");
        HasExactly("a b differences", diff);
        Assert.Equal((1, 2), (diff.GetProperty("a").GetInt32(), diff.GetProperty("b").GetInt32()));
        Assert.All(diff.GetProperty("differences").EnumerateArray(), d => HasExactly("key a b", d));
        Assert.NotEqual(0, diff.GetProperty("differences").GetArrayLength());
        JsonElement back = Ask("rollback", Store);
        HasExactly("active_version", back);
        Assert.Equal(1, back.GetProperty("active_version").GetInt32());
        Assert.Equal(2, Ask("rollback", Store, "--to", "stable").GetProperty("active_version").GetInt32());
        Assert.False(
            Ask("alias", Store, "--remove", "stable").GetProperty("aliases").TryGetProperty("stable", out _));
        JsonElement collected = Ask("collect", Store, "--keep", "0");
        HasExactly("collected leased", collected);
        Assert.Equal([1], collected.GetProperty("collected").EnumerateArray().Select(v => v.GetInt32()));

        JsonElement observed = Ask(
            "observe", Store, "--user", "900001", "--item", "3", "--action", "carts", "--time",
            "2024-01-01T00:00:00Z");
        HasExactly("time_ms", observed);
        Assert.Equal(1_704_067_200_000, observed.GetProperty("time_ms").GetInt64());
        long events = Ask("info", Store).GetProperty("events").GetInt64();
        JsonElement compacted = Ask("compact", Store);
        HasExactly("segments_before segments_after bytes_before bytes_after removed_events removed_sessions",
            compacted);
        JsonElement info = Ask("info", Store);
        HasExactly(InfoFields, info);
        Assert.Equal(events + 1, info.GetProperty("events").GetInt64());
        Assert.Equal(JsonValueKind.Null, info.GetProperty("problem").ValueKind);
        JsonElement forgotten = Ask("forget", Store, "--user", "900001");
        HasExactly(
            "removed_events removed_sessions versions_before open_live_logs new_version removed_answers",
            forgotten);
        Assert.Equal(1, forgotten.GetProperty("removed_events").GetInt32());
        JsonElement verified = Ask("verify", Store, "--full");
        HasExactly("sound files bytes faults", verified);
        Assert.True(verified.GetProperty("sound").GetBoolean());
    }

    /// <summary>Every command on a store, with arguments that are in order.</summary>
    private string[][] Commands(string store, string vectors) =>
    [
        ["export", store, "--what", "manifest", "--out", At("m.json")], ["versions", store], ["info", store],
        ["verify", store], ["diff", store, "1", "2"], ["alias", store], ["bundle", store, At("b.eeb")],
        ["backup", store, At("b.ee")], ["observe", store, "--user", "1", "--item", "1"],
        .. Writes(store, vectors),
    ];

    private static string[][] Writes(string store, string vectors) =>
    [
        ["import-vectors", store, vectors, "--space", "s"], ["compact", store],
        ["forget", store, "--item", "1"],
        ["collect", store], ["rollback", store, "--to", "1"], ["publish", store, "1"],
        ["alias", store, "a", "1"],
        ["alias", store, "--remove", "old"],
    ];

    [Fact]
    public void MissingStore_IsOneLineAndLeavesNothing()
    {
        string vectors = _scratch.Write("v.w2v", "1 2\n1 0.5 0.5\n");
        foreach (string[] command in Commands(Store, vectors))
            CliProcess.Run([.. command, "--json"]).Fails(1, Store);
        Assert.Equal([vectors], Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void DamagedCatalog_IsOneLineThatNamesIt()
    {
        MakeTwoVersions();
        string vectors = _scratch.Write("v.w2v", "1 2\n1 0.5 0.5\n");
        string catalog = Path.Combine(Store, "catalog.db");
        File.WriteAllBytes(catalog, [.. Enumerable.Repeat((byte)0xA5, 8192)]);
        foreach (string[] command in Commands(Store, vectors))
            CliProcess.Run([.. command, "--json"]).Fails(1, catalog);
    }

    [Fact]
    public void LockedStore_WritersNameTheOwner_ReadersGoOn()
    {
        MakeTwoVersions();
        using (Engine engine = _scratch.Open()) engine.SetAlias("old", 1);
        string vectors = _scratch.Write("v.w2v", "1 2\n1 0.5 0.5\n");
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using (var held = new FileStream(
            Path.Combine(Store, "LOCK"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None,
            bufferSize: 0))
        {
            held.Write("pid 4711, since noon"u8);
            foreach (string[] command in Writes(Store, vectors))
                CliProcess.Run([.. command, "--json"]).Fails(1, Store, "another process", "pid 4711");
            foreach (string[] command in Commands(Store, vectors).SkipLast(Writes(Store, vectors).Length))
                Ask(command);
            held.SetLength(0);
        }
        SortedDictionary<string, string> after = _scratch.Snapshot();
        foreach (string file in after.Keys.Where(k => k.Contains("live-") || k.StartsWith("leases"))
            .ToArray()) after.Remove(file);
        foreach (string file in before.Keys.Where(k => k.StartsWith("leases")).ToArray()) before.Remove(file);
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(before["catalog.db"], after["catalog.db"]);
    }

    [Fact]
    public void DamagedVersion_IsNamed_AndAnotherOneAnswers()
    {
        MakeTwoVersions();
        CutInHalf(Artifact(2, "vectors-item2vec"));
        CliProcess.Result exported =
            CliProcess.Run("export", Store, "--what", "manifest", "--out", At("m"), "--json");
        Assert.Equal(1, exported.Json().GetProperty("version").GetInt32());
        string warning = Assert.Single(exported.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("embedengine: warning: ", warning);
        Assert.Contains("vectors-item2vec.eea", warning, StringComparison.Ordinal);
        Assert.Contains("vectors-item2vec.eea", Ask("info", Store).GetProperty("problem").GetString()!,
            StringComparison.Ordinal);
        CliProcess.Run("export", Store, "--what", "manifest", "--name", "2", "--out", At("n")).Fails(
            1, "vectors-item2vec.eea");
        CliProcess.Run("bundle", Store, At("b.eeb"), "--version", "second").Fails(1, "vectors-item2vec.eea");
        CliProcess.Run("publish", Store, "2").Fails(1, "vectors-item2vec.eea");
        Assert.False(File.Exists(At("n")) || File.Exists(At("b.eeb")));

        CliProcess.Result verified = CliProcess.Run("verify", Store, "--json");
        Assert.Equal(1, verified.ExitCode);
        Assert.StartsWith("embedengine: ", Assert.Single(
            verified.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        using JsonDocument json = JsonDocument.Parse(verified.Output);
        Assert.False(json.RootElement.GetProperty("sound").GetBoolean());
        JsonElement fault = Assert.Single(json.RootElement.GetProperty("faults").EnumerateArray());
        HasExactly("file problem", fault);
        Assert.EndsWith(
            "vectors-item2vec.eea", fault.GetProperty("file").GetString(), StringComparison.Ordinal);

        CutInHalf(Artifact(1, "items"));
        CliProcess.Run("export", Store, "--what", "manifest", "--out", At("m2")).Fails(
            1, "vectors-item2vec.eea");
        CliProcess.Run("bundle", Store, At("b.eeb")).Fails(1, "vectors-item2vec.eea");
        Assert.Equal(2, Ask("versions", Store).GetProperty("versions").GetArrayLength());
        Assert.Equal(2, Ask("info", Store).GetProperty("active_version").GetInt32());
    }

    [Fact]
    public void UnknownNamesAndFiles_AreFailures()
    {
        MakeTwoVersions();
        CliProcess.Run("export", Store, "--what", "manifest", "--name", "ninth", "--out", At("m")).Fails(
            1, "ninth");
        CliProcess.Run("export", Store, "--what", "vectors", "--space", "own", "--out", At("m")).Fails(
            1, "own", "item2vec");
        CliProcess.Run("export", Store, "--what", "manifest", "--out", At("no/m")).Fails(1, At("no"));
        CliProcess.Run("bundle", Store, At("b.eeb"), "--version", "9").Fails(1, "9");
        CliProcess.Run("bundle", Store, At("b.eeb"), "--spaces", "own").Fails(1, "own");
        CliProcess.Run("bundle", Store, At("no/b.eeb")).Fails(1, At("no"));
        CliProcess.Run("info", At("absent.eeb")).Fails(1, "absent.eeb");
        CliProcess.Run("info", _scratch.Write("not.eeb", "no bundle")).Fails(1, "not.eeb");
        CliProcess.Run("import-vectors", Store, At("absent.npy"), "--space", "s").Fails(1, "absent.npy");
        CliProcess.Run("import-vectors", Store, _scratch.Write("bad.npy", "no vectors"), "--space", "s")
            .Fails(1, "bad.npy");
        CliProcess.Run("backup", Store, At("no/b.ee")).Fails(1, At("no"));
        CliProcess.Run("rollback", Store, "--to", "ninth").Fails(1, "ninth");
        CliProcess.Run("diff", Store, "1", "ninth").Fails(1, "ninth");
        CliProcess.Run("alias", Store, "stable", "9").Fails(1, "9");
        CliProcess.Run("alias", Store, "--remove", "stable").Fails(1, "stable");
        CliProcess.Run("forget", Store, "--user", "900001").Fails(1, "900001");
        CliProcess.Run("observe", Store, "--user", "1", "--item", "shoe").Fails(1, "shoe", "int64");
        Assert.False(Directory.Exists(At("no")));
    }

    [Fact]
    public void WrongUsage_IsExitCode2()
    {
        MakeTwoVersions();
        string vectors = _scratch.Write("v.w2v", "1 2\n1 0.5 0.5\n");
        CliProcess.Run("export", Store, "--out", At("m")).Fails(2, "--what");
        CliProcess.Run("export", Store, "--what", "everything", "--out", At("m")).Fails(
            2, "everything", "neighbors");
        CliProcess.Run("export", Store, "--what", "manifest", "--format", "npy", "--out", At("m")).Fails(
            2, "Npy");
        CliProcess.Run("export", Store, "--what", "vectors", "--format", "xml", "--out", At("m")).Fails(
            2, "xml", "w2v");
        CliProcess.Run("import-vectors", Store, vectors).Fails(2, "--space");
        CliProcess.Run("import-vectors", Store, vectors, "--space", "item2vec").Fails(2, "item2vec");
        CliProcess.Run("import-vectors", Store, vectors, "--space", "a b").Fails(2, "a b");
        CliProcess.Run("backup", Store).Fails(2);
        CliProcess.Run("backup", Store, _scratch.Root).Fails(2, _scratch.Root, "empty");
        CliProcess.Run("backup", Store, Path.Combine(Store, "inside")).Fails(2, "inside");
        CliProcess.Run("bundle", Store).Fails(2);
        CliProcess.Run("compact", Store, "--keep-days", "-1").Fails(2, "--keep-days");
        CliProcess.Run("forget", Store).Fails(2, "--user", "--item");
        CliProcess.Run("forget", Store, "--user", "1", "--item", "1").Fails(2, "--user", "--item");
        CliProcess.Run("observe", Store, "--user", "1").Fails(2, "--item");
        CliProcess.Run("observe", Store, "--user", "1", "--item", "1", "--time", "noon").Fails(2, "noon");
        CliProcess.Run("alias", Store, "stable").Fails(2, "stable", "VERSION");
        CliProcess.Run("alias", Store, "12", "1").Fails(2, "number", "alias");
        CliProcess.Run("diff", Store, "1").Fails(2);
        CliProcess.Run("collect", Store, "--keep", "-1").Fails(2, "-1");
        CliProcess.Run("collect", Store, "--keep", "few").Fails(2, "few");
        CliProcess.Run("verify", Store, "--deep").Fails(2, "--deep");
        CliProcess.Run("rollback", Store, "--to").Fails(2, "--to");
        CliProcess.Run("versions").Fails(2);
        CliProcess.Run("info", Store, "extra").Fails(2, "extra");
    }
}
