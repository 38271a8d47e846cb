// The contract of the command line: names, JSON keys, exit codes, one line for a failure.

using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class CommandTests : IDisposable
{
    private static readonly string[] Metrics =
    [
        "recall", "recall_ci", "ndcg", "ndcg_ci", "map", "map_ci", "mrr", "mrr_ci", "hit_rate", "hit_rate_ci",
        "coverage",
    ];

    private static readonly string[] TinyTrain =
    [
        "--preset", "fast", "--set", "dimensions=8", "--set", "epochs=2", "--set", "m=4", "--set",
        "ef_construction=16",
        "--threads", "1",
    ];

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static void HasKeys(JsonElement json, params string[] keys)
    {
        foreach (string key in keys) Assert.True(json.TryGetProperty(key, out _), $"no '{key}' in {json}");
    }

    private static void HasSources(JsonElement sources)
    {
        foreach (string source in (string[])["popularity", "self", "covisitation", "item2vec",
            "item2vec_similar",
            "hybrid_default", "hybrid"])
        {
            HasKeys(sources.GetProperty(source), Metrics);
            Assert.Equal(2, sources.GetProperty(source).GetProperty("recall_ci").GetArrayLength());
        }
    }

    [Fact]
    public void MainJob_EveryCommand_PrintsItsJson()
    {
        string log = Path.Combine(_scratch.Root, "log.jsonl");
        JsonElement generated = CliProcess.Run(
            "generate", log, "--events", "1500", "--items", "60", "--seed", "3", "--json").Json();
        HasKeys(generated, "file", "items_file", "sessions");
        Assert.StartsWith(
            "item,category,title,price,brand,stock,tags\n", File.ReadAllText(log + ".items.csv"));

        JsonElement imported = CliProcess.Run("import", _scratch.Store, log, "--json").Json();
        HasKeys(imported, "events", "sessions", "items", "rejected", "first_errors", "seconds");
        Assert.Equal(
            generated.GetProperty("sessions").GetInt64(), imported.GetProperty("sessions").GetInt64());
        Assert.Equal(0, imported.GetProperty("first_errors").GetArrayLength());

        JsonElement trained =
            CliProcess.Run(["train", _scratch.Store, "--name", "beh_v9", "--json", .. TinyTrain]).Json();
        HasKeys(trained, "version", "name", "seconds", "stages", "metrics");
        Assert.Equal((1, "beh_v9"),
            (trained.GetProperty("version").GetInt32(), trained.GetProperty("name").GetString()));
        Assert.True(trained.GetProperty("stages").GetProperty("item2vec").GetDouble() >= 0);
        HasSources(trained.GetProperty("metrics"));

        JsonElement stored = CliProcess.Run("evaluate", _scratch.Store, "--json").Json();
        HasKeys(stored, "k", "cases", "sources", "p50_us", "p99_us");
        HasSources(stored.GetProperty("sources"));
        Assert.Equal(20, stored.GetProperty("k").GetInt32());

        string test = _scratch.Write("test.jsonl", """
            {"items":[1,2],"target":3}
            {"items":[4],"target":5}
            {"items":[999999],"target":5}

            """);
        JsonElement evaluated = CliProcess.Run(
            "evaluate", _scratch.Store, "--test", test, "--k", "5", "--sources", "popularity,hybrid",
            "--json").Json();
        Assert.Equal(
            (5, 3), (evaluated.GetProperty("k").GetInt32(), evaluated.GetProperty("cases").GetInt32()));
        Assert.Equal(
            ["popularity", "hybrid"], evaluated.GetProperty("sources").EnumerateObject().Select(p => p.Name));

        JsonElement answer = CliProcess.Run(
            "recommend", _scratch.Store, "--session", "3:clicks,5:carts", "--k", "4", "--explain", "--json")
            .Json();
        HasKeys(answer, "items", "model_version", "fallback", "latency_us");
        Assert.Equal(4, answer.GetProperty("items").GetArrayLength());
        HasKeys(answer.GetProperty("items")[0], "item", "score", "reasons", "because", "by");
        Assert.NotEqual(0, answer.GetProperty("items")[0].GetProperty("reasons").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("fallback").ValueKind);
        JsonElement empty = CliProcess.Run("recommend", _scratch.Store, "--session", "", "--json").Json();
        Assert.Contains("empty", empty.GetProperty("fallback").GetString(), StringComparison.Ordinal);
        JsonElement same = CliProcess.Run(
            "recommend", _scratch.Store, "--session-json",
            """[{"item":3,"action":"clicks"},{"item":5,"action":"carts"}]""", "--k", "4", "--explain",
            "--json").Json();
        Assert.Equal(answer.GetProperty("items").GetRawText(), same.GetProperty("items").GetRawText());

        JsonElement similar =
            CliProcess.Run("similar", _scratch.Store, "--item", "3", "--k", "4", "--json").Json();
        Assert.Equal(4, similar.GetProperty("items").GetArrayLength());
        HasKeys(similar.GetProperty("items")[0], "item", "score");

        CliProcess.Run(["train", _scratch.Store, "--seed", "2", "--no-publish", "--json", .. TinyTrain])
            .Json();
        JsonElement versions =
            CliProcess.Run("versions", _scratch.Store, "--json").Json().GetProperty("versions");
        Assert.Equal(
            [true, false], versions.EnumerateArray().Select(v => v.GetProperty("active").GetBoolean()));
        CliProcess.Run("publish", _scratch.Store, "2", "--json").Json();
        JsonElement back = CliProcess.Run("rollback", _scratch.Store, "--json").Json();
        Assert.Equal(1, back.GetProperty("active_version").GetInt32());
        JsonElement info = CliProcess.Run("info", _scratch.Store, "--json").Json();
        Assert.Equal(
            (2, 1), (info.GetProperty("versions").GetInt32(), info.GetProperty("active_version").GetInt32()));
        HasKeys(info, "path", "format", "item_keys", "items", "events", "sessions", "imports");
    }

    [Fact]
    public void Recommend_TextKeys_ThroughSessionJsonAndBatch()
    {
        string lines = string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{{\"session_id\":\"s{i}\",\"items\":[\"a:b\",\"c,d\",\"e{i % 4}\"]}}\n"));
        Assert.Equal(0, CliProcess.RunWith(lines, "import", _scratch.Store, "-", "--json").ExitCode);
        CliProcess.Run(["train", _scratch.Store, "--json", .. TinyTrain]).Json();
        JsonElement answer = CliProcess.Run(
            "recommend", _scratch.Store, "--session-json", """[{"item":"a:b","action":"carts"},"nobody"]""",
            "--k", "3", "--json").Json();
        Assert.Equal(1, answer.GetProperty("unknown_items").GetInt32());
        Assert.Contains("c,d", answer.GetProperty("items").EnumerateArray().Select(
            i => i.GetProperty("item").GetString()));

        string batch = _scratch.Write("in.jsonl", """
            {"session_id":"x","items":["a:b"]}

            {"session":7,"events":[{"aid":"c,d","ts":1700000000000,"type":"carts"}]}
            {"items":[]}

            """);
        string output = Path.Combine(_scratch.Root, "out.jsonl");
        Assert.Equal(
            0, CliProcess.Run("recommend", _scratch.Store, "--batch", batch, "--out", output, "--k", "2",
                "--json").ExitCode);
        JsonElement[] answers = [.. File.ReadAllLines(output).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(3, answers.Length);
        Assert.Equal("x", answers[0].GetProperty("session_id").GetString());
        Assert.Equal(7, answers[1].GetProperty("session").GetInt32());
        Assert.All(answers, a => Assert.Equal(2, a.GetProperty("items").GetArrayLength()));

        string bad = _scratch.Write("bad.jsonl", """
            {"items":["a:b"]}
            {"events":[{"aid":"a:b","ts":"late"}]}
            """);
        CliProcess.Run("recommend", _scratch.Store, "--batch", bad, "--out", output + "2", "--max-errors",
            "0").Fails(1, "bad.jsonl:2");
        Assert.Empty(Directory.GetFiles(_scratch.Root, "out.jsonl2*"));
    }

    [Fact]
    public void Import_BadRows_AreListedWithFileLineAndReason()
    {
        string csv =
            _scratch.Write("a.csv", "session,item,ts\n1,5,1700000000\n1,,1700000001\n1,6,1700000002\n");
        JsonElement json = CliProcess.Run("import", _scratch.Store, csv, "--json").Json();
        Assert.Equal(
            (2, 1), (json.GetProperty("events").GetInt32(), json.GetProperty("rejected").GetInt32()));
        JsonElement error = json.GetProperty("first_errors")[0];
        Assert.Equal((csv, 3), (error.GetProperty("file").GetString(), error.GetProperty("line").GetInt32()));
        Assert.NotEmpty(error.GetProperty("reason").GetString()!);
        CliProcess.Run(
            "import", _scratch.Store, _scratch.Write("b.csv", File.ReadAllText(csv) + "2,,5\n"), "--strict")
            .Fails(1, "b.csv");
    }

    [Fact]
    public void Failures_AreOneLineWithTheRightExitCode()
    {
        string store = _scratch.Store;
        CliProcess.Run("train", store, "--json").Fails(1, store, "import");
        CliProcess.Run("info", store).Fails(1, store);
        CliProcess.Run("recommend", store, "--session", "1").Fails(1, store);
        CliProcess.Run("import", store, Path.Combine(_scratch.Root, "nowhere.csv")).Fails(1, "nowhere.csv");
        Assert.False(Directory.Exists(store));
        CliProcess.Run("import").Fails(2);
        CliProcess.Run("trian", store).Fails(2);
        CliProcess.Run("train", store, "--bogus").Fails(2, "--bogus");
        CliProcess.Run("import", store, "x.csv", "--format", "xml").Fails(2, "xml", "otto");
        CliProcess.Run("evaluate", store, "--protocol", "all").Fails(2, "all", "next");
        CliProcess.Run("evaluate", store).Fails(1, store);

        _scratch.MakeTrained(200, 12);
        CliProcess.Run("recommend", store, "--session", "1", "--k", "0").Fails(2, "--k");
        CliProcess.Run("recommend", store, "--session", "1", "--k", "many").Fails(2, "many");
        CliProcess.Run("recommend", store).Fails(2, "--session");
        CliProcess.Run("recommend", store, "--session", "1", "--source", "magic").Fails(
            2, "magic", "popularity");
        CliProcess.Run("recommend", store, "--session", "1:stares").Fails(1, "stares", "clicks");
        CliProcess.Run("recommend", store, "--session", "abc").Fails(2, "abc");
        CliProcess.Run("recommend", store, "--session-json", "{").Fails(2, "--session-json");
        CliProcess.Run("recommend", store, "--session-json", """[{"item":1,"ts":"x"}]""")
            .Fails(2, "--session-json");
        CliProcess.Run("recommend", store, "--session-json", """[{"item":1,"ts":1.5}]""")
            .Fails(2, "--session-json");
        CliProcess.Run("train", store, "--set", "dimensions=0").Fails(2, "1 to 4096");
        CliProcess.Run("train", store, "--set", "colour=red").Fails(2, "colour");
        CliProcess.Run("train", store, "--until", "tomorrow").Fails(2, "tomorrow");
        CliProcess.Run("similar", store, "--item", "-5").Fails(1, "-5");
        CliProcess.Run("rollback", store).Fails(1, "parent");
        CliProcess.Run("publish", store, "7").Fails(1, "version", "7'");
        CliProcess.Run("evaluate", store, "--k", "0").Fails(2, "k is 0");
    }

    [Fact]
    public void Settings_ListsEveryOne()
    {
        JsonElement listed = CliProcess.Run("settings", "--json").Json().GetProperty("settings");
        Assert.Equal(
            SettingTable.All.Select(s => s.Name),
            listed.EnumerateArray().Select(s => s.GetProperty("name").GetString()!));
        JsonElement epochs =
            listed.EnumerateArray().Single(s => s.GetProperty("name").GetString() == "epochs");
        Assert.Equal("1 to 100000", epochs.GetProperty("values").GetString());
        Assert.Equal("30", epochs.GetProperty("default").GetProperty("best").GetString());
        Assert.Contains("  dimensions=64 (best 128): 1 to 4096", CliProcess.Run("settings").Output);
    }
}
