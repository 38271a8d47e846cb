using System.Text.Json;

namespace EmbedEngine.Tests.Pipelines.Replay;

public sealed class RecommendFileTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public RecommendFileTests()
    {
        _scratch.MakeTrained(events: 3000, items: 80);
        _engine = _scratch.Open();
    }

    private Model Model => _engine.Model!;

    private string Out => Path.Combine(_scratch.Root, "out.jsonl");

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private JsonElement[] Lines() =>
        [.. File.ReadAllLines(Out).Select(l => JsonDocument.Parse(l).RootElement)];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void RecommendFile_AnyThreads_AnswersInOrderAsSingleRequestsDo(int threads)
    {
        // More lines than one block holds.
        long[][] sessions = [.. Enumerable.Range(0, 9000).Select(i => (long[])[i % 80, i % 7, i % 13])];
        string input = _scratch.Write("in.jsonl", string.Concat(sessions.Select((s, i) =>
            $"{{\"session_id\":{i},\"session\":[{string.Join(',', s)}]}}\n")));
        long last = 0, total = 0;
        RecommendFileReport report = Model.RecommendFile(
            input, Out, new RecommendFileOptions { K = 3, Threads = threads },
            (in ProgressReport p) => (last, total) = (p.Done, p.Total));
        Assert.Equal((9000L, 0L), (report.Sessions, report.Rejected));
        Assert.Equal((9000L, 9000L), (last, total));
        JsonElement[] lines = Lines();
        Assert.Equal(9000, lines.Length);
        var results = new RecommendedItem[3];
        for (int i = 0; i < lines.Length; i += 97)
        {
            Assert.Equal(i, lines[i].GetProperty("session_id").GetInt32());
            int n = Model.Recommend([.. sessions[i].Select(item => new SessionEvent(item))], results).Count;
            Assert.Equal(
                results[..n].Select(r => r.Item),
                lines[i].GetProperty("items").EnumerateArray().Select(e => e.GetProperty("item").GetInt64()));
        }
    }

    [Fact]
    public void RecommendFile_BadLines_AreLocatedCountedAndAnswerWithTheirError()
    {
        string input = _scratch.Write("in.jsonl", """
            {"session":[1,2]}
            {"session":[1,

            {"items":[true]}
            3
            {"items":[{"item":3,"action":"carts","time_ms":17},{"aid":4,"ts":"late"}]}
            {"items":[{"item":3,"action":"carts","time_ms":17},{"aid":4,"type":"orders","ts":5}],"id":"last"}
            {"items":[]}
            """);
        RecommendFileReport report = Model.RecommendFile(input, Out);
        Assert.Equal((3L, 4L), (report.Sessions, report.Rejected));
        Assert.Equal([2L, 4L, 5L, 6L], report.FirstErrors.Select(e => e.Line));
        JsonElement[] lines = Lines();
        Assert.Equal(7, lines.Length);
        Assert.All(lines, l => Assert.Equal(JsonValueKind.Array, l.GetProperty("items").ValueKind));
        Assert.StartsWith(input + ":4: ", lines[2].GetProperty("error").GetString());
        Assert.Equal("last", lines[5].GetProperty("id").GetString());
        Assert.Equal(20, lines[5].GetProperty("items").GetArrayLength());
        Assert.NotNull(lines[6].GetProperty("fallback").GetString());
    }

    [Fact]
    public void RecommendFile_TooManyBadLines_WritesNothing()
    {
        string bad = _scratch.Write("bad.jsonl", "{\"session\":[1]}\nx\ny\n");
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => Model.RecommendFile(bad, Out, new RecommendFileOptions { MaxErrors = 1 }));
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains("bad.jsonl:3", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.BadInput, Assert.Throws<EmbedEngineException>(
            () => Model.RecommendFile(_scratch.Write("none.jsonl", "x\n"), Out)).Code);
        Assert.Equal(ErrorCode.BadInput, Assert.Throws<EmbedEngineException>(
            () => Model.RecommendFile(_scratch.Write("empty.jsonl", ""), Out)).Code);
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<EmbedEngineException>(
            () => Model.RecommendFile(Path.Combine(_scratch.Root, "absent.jsonl"), Out)).Code);
        Assert.Empty(Directory.GetFiles(_scratch.Root, "out.jsonl*"));
    }

    [Fact]
    public void RecommendFile_Cancelled_LeavesWhatWasThere()
    {
        File.WriteAllText(Out, "old");
        string input =
            _scratch.Write("in.jsonl", string.Concat(Enumerable.Repeat("{\"session\":[1,2]}\n", 20_000)));
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => Model.RecommendFile(input, Out, cancellation: cancel.Token));
        Assert.Equal("old", File.ReadAllText(Out));
        Assert.Single(Directory.GetFiles(_scratch.Root, "out.jsonl*"));
    }

    [Fact]
    public void RecommendFile_RulesAndReasons()
    {
        string input = _scratch.Write("in.jsonl", "{\"session\":[1,2,3]}\n");
        using var stream = new MemoryStream();
        RecommendFileReport report = Model.RecommendFile(
            input, stream,
            new RecommendFileOptions { K = 5, Explain = true, Allow = [4, 5, 6, 7], Deny = [5] });
        Assert.Equal(("-", 1L), (report.Output, report.Sessions));
        JsonElement[] items =
            [.. JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("items").EnumerateArray()];
        Assert.Equal([4, 6, 7], items.Select(i => i.GetProperty("item").GetInt64()).Order());
        Assert.All(items, i =>
            Assert.True(i.TryGetProperty("because", out _) && i.GetProperty("reasons").GetArrayLength() > 0));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Model.RecommendFile(
            input, Out, new RecommendFileOptions { Request = new RecommendOptions { Diversity = 2 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Model.RecommendFile(input, Out, new RecommendFileOptions { K = 0 }));
    }
}
