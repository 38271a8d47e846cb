using System.Text.Json;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Indexing;
using EmbedEngine.Tests.Pipelines.People;

namespace EmbedEngine.Tests.Cli;

public sealed class BenchCommandTests
{
    [Fact]
    public void Svd_OnALog_PrintsTheContractsKeysAndWritesVectors()
    {
        using var scratch = new StoreScratch();
        string log = scratch.Shop("shop.jsonl", 20_000, 500), prefix = Path.Combine(scratch.Root, "svd");
        JsonElement json = CliProcess.Run(
            "bench", "svd", "--input", log, "--window", "5", "--k", "16", "--out", prefix, "--json").Json();
        foreach (string key in (string[])["count_s", "ppmi_s", "svd_s", "svd_cpu_s", "sum_sq", "residual",
            "nnz"])
            Assert.True(json.GetProperty(key).GetDouble() > 0, key);
        NpyMatrix vectors = NpyFile.ReadMatrix(prefix + ".npy");
        Assert.Equal(16, vectors.Columns);
        Assert.Equal(vectors.Rows, NpyFile.ReadInt64(prefix + ".ids.npy").Distinct().Count());
        Assert.Equal(json.GetProperty("items").GetInt32(), vectors.Rows);
        JsonElement all = CliProcess.Run(
            "bench", "svd", "--input", log, "--k", "16", "--holdout", "0", "--fast", "--json").Json();
        Assert.True(all.GetProperty("nnz_counts").GetInt64() > json.GetProperty("nnz_counts").GetInt64());
    }

    [Fact]
    public void Sgns_OnATokenFile_WritesBothMatricesAndFrequentItemsFirst()
    {
        using var scratch = new StoreScratch();
        string tokens =
            scratch.Write("tokens.txt", string.Concat(Enumerable.Repeat("7 -3 7\n7 -3 12\n\n", 40)) + "99\n");
        string prefix = Path.Combine(scratch.Root, "v");
        string[] command =
            ["bench", "sgns", "--input", tokens, "--dim", "9", "--epochs", "2", "--deterministic", "--json"];
        JsonElement json = CliProcess.Run([.. command, "--out", prefix, "--threads", "1"]).Json();
        foreach (string key in (string[])["tokens_per_s", "train_s", "peak_rss_mb"])
            Assert.True(json.GetProperty(key).GetDouble() > 0, key);
        Assert.True(json.GetProperty("train_cpu_s").GetDouble() >= 0);
        Assert.Equal(3, json.GetProperty("vocab").GetInt32()); // 99 is seen once
        Assert.Equal(241, json.GetProperty("tokens").GetInt32());
        Assert.Equal([7, -3, 12], NpyFile.ReadInt64(prefix + ".ids.npy"));
        Assert.Equal(9, NpyFile.ReadMatrix(prefix + ".npy").Columns);
        Assert.Equal(3, NpyFile.ReadMatrix(prefix + ".out.npy").Rows);
        CliProcess.Run([.. command, "--out", prefix + "3", "--threads", "3"]).Json();
        Assert.Equal(File.ReadAllBytes(prefix + ".npy"), File.ReadAllBytes(prefix + "3.npy"));
    }

    [Fact]
    public void Walks_OnALog_WritesOneWalkALine()
    {
        using var scratch = new StoreScratch();
        string log = scratch.Shop("shop.jsonl", 5_000, 200), walks = Path.Combine(scratch.Root, "walks.txt");
        JsonElement json = CliProcess.Run(
            "bench", "walks", "--input", log, "--walks", "3", "--length", "7", "--out", walks, "--json")
            .Json();
        string[] lines = File.ReadAllLines(walks);
        Assert.Equal(json.GetProperty("walks").GetInt32(), lines.Length);
        Assert.Equal(3 * json.GetProperty("nodes").GetInt32(), lines.Length);
        Assert.All(lines, l => Assert.Equal(7, l.Split(' ').Length));
        Assert.True(json.GetProperty("steps_per_cpu_s").GetDouble() >= 0);
    }

    [Fact]
    public void Ann_EveryMetric_PrintsTheContractsKeys_AndExactIsExact()
    {
        using var scratch = new StoreScratch();
        string vectors = Path.Combine(scratch.Root, "b.npy"), queries = Path.Combine(scratch.Root, "q.npy");
        WriteClustered(vectors, 2500, 20, 1);
        WriteClustered(queries, 100, 20, 2);
        foreach (string metric in (string[])["l2", "cosine", "ip"])
        {
            string[] command = ["bench", "ann", "--base", vectors, "--queries", queries, "--metric", metric,
                "--ef", "20,400", "--json"];
            JsonElement json = CliProcess.Run(command).Json();
            foreach (string key in (string[])["build_s", "index_bytes", "vector_bytes", "exact_qps",
                "default_qps"])
                Assert.True(json.GetProperty(key).GetDouble() > 0, key);
            Assert.True(json.GetProperty("build_cpu_s").GetDouble() >= 0);
            Assert.Equal(1, json.GetProperty("exact_recall").GetDouble(), 0.002); // near ties
            JsonElement[] points = [.. json.GetProperty("points").EnumerateArray()];
            Assert.Equal([20, 400], points.Select(p => p.GetProperty("ef").GetInt32()));
            Assert.True(points[1].GetProperty("recall").GetDouble() >= 0.95, metric);
            Assert.All(points, p =>
                Assert.True(p.GetProperty("qps").GetDouble() > 0 && p.GetProperty("p50_us").GetDouble() > 0));
        }
        CliProcess.Result table = CliProcess.Run(
            "bench", "ann", "--base", vectors, "--queries", queries, "--quantize", "off", "--ef", "10");
        Assert.Contains("recall", table.Output, StringComparison.Ordinal);
        CliProcess.Run("bench", "ann", "--base", vectors, "--queries", queries, "--ef", "ten").Fails(
            2, "ten");
        CliProcess.Run("bench", "ann", "--base", vectors, "--queries", queries, "--m", "1").Fails(
            2, "setting m ");
        WriteClustered(queries, 10, 19, 2);
        CliProcess.Run("bench", "ann", "--base", vectors, "--queries", queries).Fails(1, "19");
        CliProcess.Run("bench", "ann", "--base", vectors, "--queries", scratch.Root + "/none.npy").Fails(
            1, "none.npy");
    }

    private static void WriteClustered(string path, int rows, int dims, ulong seed)
    {
        using var data = TestMatrix.Clustered(rows, dims, seed: seed);
        using var file = new OutputFile(path);
        file.Write(NpyFile.Header("<f4", rows, dims));
        for (int row = 0; row < rows; row++)
            file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(data.Matrix[row]));
        file.Commit();
    }

    [Fact]
    public void Nmf_OnAMatrixAndOnALog_PrintsTheContractsKeysAndWritesFactors()
    {
        using var scratch = new StoreScratch();
        string log = scratch.Shop("shop.jsonl", 20_000, 500), prefix = Path.Combine(scratch.Root, "nmf");
        JsonElement sparse =
            CliProcess.Run("bench", "nmf", "--input", log, "--k", "5", "--out", prefix, "--json").Json();
        NpyMatrix w = NpyFile.ReadMatrix(prefix + ".w.npy"), h = NpyFile.ReadMatrix(prefix + ".h.npy");
        Assert.Equal((sparse.GetProperty("n").GetInt32(), 5), (w.Rows, w.Columns));
        Assert.Equal((5, sparse.GetProperty("d").GetInt32()), (h.Rows, h.Columns));
        Assert.Equal(w.Rows, NpyFile.ReadMatrix(prefix + ".nnls.npy").Rows);
        // W is a matrix too.
        string[] command = ["bench", "nmf", "--input", prefix + ".w.npy", "--k", "3", "--max-iter", "40",
            "--threads", "1", "--json"];
        JsonElement dense = CliProcess.Run(command).Json();
        foreach (JsonElement json in (JsonElement[])[sparse, dense])
        {
            foreach (string key in (string[])["seconds", "iterations", "nnls_us_per_row", "peak_rss_mb",
                "threads"])
                Assert.True(json.GetProperty(key).GetDouble() > 0, key);
            Assert.True(json.GetProperty("cpu_s").GetDouble() >= 0);
            Assert.InRange(json.GetProperty("relative_error").GetDouble(), 0.001, 0.999);
        }
        Assert.Equal((w.Rows, 5), (dense.GetProperty("n").GetInt32(), dense.GetProperty("d").GetInt32()));
        CliProcess.Run([.. command, "--shift"]).Json();
        CliProcess.Run("bench", "nmf", "--input", prefix + ".w.npy", "--k", "6").Fails(2, "rank");
        CliProcess.Run("bench", "nmf", "--input", log, "--shift").Fails(2, "shift");
        CliProcess.Run("bench", "nmf", "--input", prefix + ".no.npy").Fails(1, ".no.npy");
    }

    [Fact]
    public void Covis_OnALog_PrintsTheContractsKeys_TheSameAtAnyThreads()
    {
        using var scratch = new StoreScratch();
        string log = scratch.Shop("shop.jsonl", 20_000, 500);
        JsonElement one = CliProcess.Run("bench", "covis", "--input", log, "--threads", "1", "--json").Json();
        foreach (string key in (string[])["import_s", "covis_s", "popularity_s", "rows", "weight_sum",
            "peak_rss_mb"])
            Assert.True(one.GetProperty(key).GetDouble() > 0, key);
        foreach (string key in (string[])["import_cpu_s", "covis_cpu_s", "popularity_cpu_s"])
            Assert.True(one.GetProperty(key).GetDouble() >= 0, key);
        JsonElement three =
            CliProcess.Run("bench", "covis", "--input", log, "--threads", "3", "--json").Json();
        foreach (string key in (string[])["rows", "weight_sum", "best_popularity"])
            Assert.Equal(one.GetProperty(key).GetDouble(), three.GetProperty(key).GetDouble());
        JsonElement serving =
            CliProcess.Run("bench", "covis", "--input", log, "--rule", "serving", "--json").Json();
        Assert.NotEqual(
            one.GetProperty("weight_sum").GetDouble(), serving.GetProperty("weight_sum").GetDouble());
    }

    [Fact]
    public void Recommend_OnAStore_PrintsTheContractsKeys_AndAllocatesNothing()
    {
        using var scratch = new StoreScratch();
        string log = scratch.Shop("shop.jsonl", 6_000, 200), store = Path.Combine(scratch.Root, "store");
        CliProcess.Run("import", store, log, "--json").Json();
        CliProcess.Run("bench", "recommend", store, "--test", log).Fails(1, "train");
        CliProcess.Run("train", store, "--preset", "fast", "--set", "ranker=0", "--set",
            "covisitation_rule=classic", "--json").Json();
        JsonElement json = CliProcess.Run(
            "bench", "recommend", store, "--test", log, "--source", "hybrid_default", "--max-requests",
            "2000", "--json").Json();
        foreach (string key in (string[])["p50_us", "p99_us", "requests_per_s", "index_p50_us", "ann_recall"])
            Assert.True(json.GetProperty(key).GetDouble() > 0, key);
        Assert.Equal(2000, json.GetProperty("requests").GetInt32());
        Assert.Equal(20, json.GetProperty("k").GetInt32());
        // A request that allocates does so every time. A few times a second one looks for what other
        // processes have observed: the oftener, the longer the rest takes on a machine that is held.
        Assert.True(json.GetProperty("allocated_bytes").GetInt64() >= 0);
        Assert.InRange(json.GetProperty("allocating_share").GetDouble(), 0, 0.5);
        CliProcess.Run("bench", "recommend", store, "--test", log, "--k", "0").Fails(2, "k");
        CliProcess.Run("bench", "recommend", store, "--test", log, "--source", "none").Fails(2, "none");
    }

    [Fact]
    public void Users_OnAStore_PrintsTheContractsKeys_AndLeavesTheStoreAlone()
    {
        using var scratch = new StoreScratch();
        PeopleShop.Make(scratch);
        SortedDictionary<string, string> before = scratch.Snapshot();
        string[] small = ["--users", "5000", "--observes", "500"];
        JsonElement json = CliProcess.Run(["bench", "users", scratch.Store, .. small, "--json"]).Json();
        foreach (string key in (string[])["session_p50_us", "session_p99_us", "user_p50_us", "user_p99_us",
            "ratio", "observe_p50_us", "observe_p99_us", "open_ms", "read_p50_us", "history_events"])
            Assert.True(json.GetProperty(key).GetDouble() > 0, key);
        Assert.Equal(60, json.GetProperty("sessions").GetInt32());
        Assert.InRange(json.GetProperty("past_events").GetDouble(), 3, 100);
        Assert.Equal(0, json.GetProperty("allocated_bytes").GetInt64());
        Assert.InRange(json.GetProperty("allocating_share").GetDouble(), 0, 0.9);
        Assert.Equal(5000, json.GetProperty("users").GetInt32());
        long bytes = json.GetProperty("history_bytes").GetInt64();
        if (OperatingSystem.IsLinux())
            Assert.InRange(json.GetProperty("touched_bytes").GetInt64(), 1, bytes);
        Assert.Equal(before, scratch.Snapshot());
        if (TestScale.Full) // trains a shop of its own
        {
            json = CliProcess.Run("bench", "users", "--users", "0", "--observes", "100", "--json").Json();
            Assert.True(json.GetProperty("sessions").GetInt32() > 500);
            Assert.False(json.TryGetProperty("users", out _));
        }
        CliProcess.Result table = CliProcess.Run(["bench", "users", scratch.Store, .. small]);
        Assert.Contains("with the user's history", table.Output, StringComparison.Ordinal);
        CliProcess.Run("bench", "users", scratch.Store, "--users", "-1").Fails(2, "users");
        CliProcess.Run("bench", "users", scratch.Store, "--source", "none").Fails(2, "none");
    }

    [Fact]
    public void Users_OnALogThatNamesNone_SaysSo()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained();
        CliProcess.Run("bench", "users", scratch.Store).Fails(1, "no user");
        CliProcess.Run("bench", "users", scratch.Store + ".no").Fails(1, "shop.ee.no");
    }

    [Fact]
    public void Bench_BadInput_FailsInOneLine()
    {
        using var scratch = new StoreScratch();
        CliProcess.Run("bench", "svd", "--json").Fails(2, "--input");
        CliProcess.Run("bench", "svd", "--input", Path.Combine(scratch.Root, "no.jsonl")).Fails(
            1, "no.jsonl");
        string log = scratch.Shop("shop.jsonl", 2_000, 100);
        CliProcess.Run("bench", "svd", "--input", log, "--k", "0").Fails(2, "rank");
        CliProcess.Run("bench", "walks", "--input", log, "--length", "1").Fails(2, "length");
        string words = scratch.Write("words.txt", "1 2\n3 x\n");
        CliProcess.Run("bench", "sgns", "--input", words).Fails(1, "line 2");
        CliProcess.Run("bench", "sgns", "--input", words + ".no").Fails(1, "words.txt.no");
        CliProcess.Run("bench", "sgns", "--input", words, "--dim", "0").Fails(2, "dimensions");
        string text = scratch.Write("text.jsonl", "{\"session_id\":1,\"items\":[\"a\",\"b\"]}\n");
        CliProcess.Run("bench", "svd", "--input", text).Fails(1, "text.jsonl");
    }
}
