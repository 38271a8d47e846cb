// One table of requests, asked at every door: RequestJson itself, a line of a batch, and the command line.

using System.Text;
using System.Text.Json;
using EmbedEngine.Tests.Cli;

namespace EmbedEngine.Tests.Reports;

public sealed class RequestJsonTests : IDisposable
{
    /// <summary>Request → its events as "item action time" ("?" = an item no version knows).</summary>
    private static readonly (string Request, string Events)[] Good =
    [
        ("[]", ""),
        ("[1,2]", "1 0 0;2 0 0"),
        ("""["1",2,99999]""", "1 0 0;2 0 0;99999 0 0"),
        ("""{"session":[1]}""", "1 0 0"),
        ("""{"session_id":"x","items":[1,{"item":2}]}""", "1 0 0;2 0 0"),
        ("""{"session":7,"events":[{"aid":3,"ts":1700000000000,"type":"carts"}]}""", "3 1 1700000000000"),
        ("""{"session":null,"items":3,"events":[4]}""", "4 0 0"),
        ("""[{"item":3,"action":"carts","time_ms":5}]""", "3 1 5"),
        ("""[{"item":"3","aid":4,"action":"view","type":"orders","time_ms":6,"ts":7}]""", "3 0 6"),
        ("""[{"item":null,"aid":4,"action":null,"type":"orders","time_ms":null,"ts":7}]""", "4 2 7"),
        ("""[{"item":3,"action":null,"time_ms":null}]""", "3 0 0"),
        ("""[{"item":3,"time":8},{"item":3,"time":null},{"item":3,"time":9,"ts":7}]""", "3 0 8;3 0 0;3 0 7"),
        ("""[{"item":3,"time":"1970-01-01T00:00:01.5Z"}]""", "3 0 1500"),
        ("""[{"item":3,"time":"1970-01-02T00:00:01.5"}]""", "3 0 86401500"),
        ("""[{"item":3,"time":"1970-01-02T02:00:01.5+02:00"}]""", "3 0 86401500"),
        ("""[{"item":3,"action":""}]""", "3 0 0"),
        ("""[{"item":3,"action":2},{"item":3,"action":"purchase"}]""", "3 2 0;3 2 0"),
        ("""[{"item":3,"price":[1,{"a":2}],"time_ms":-1}]""", "3 0 -1"),
    ];

    /// <summary>Request → its events, and what was ignored of it as "event field".</summary>
    private static readonly (string Request, string Events, string Ignored)[] Odd =
    [
        ("""[1,"GIFT-CARD"]""", "1 0 0;? 0 0", "1 item"),
        ("[1.5,2]", "? 0 0;2 0 0", "0 item"),
        ("""[1,{"aid":"x","ts":9}]""", "1 0 0;? 0 9", "1 aid"),
        ("""{"session":[1,{"item":2,"action":"wishlist"},3]}""", "1 0 0;? 0 0;3 0 0", "1 action"),
        ("""[{"item":2,"type":77,"ts":4}]""", "? 0 4", "0 type"),
        ("""[{"item":2,"type":-1},{"item":2,"action":1.5}]""", "? 0 0;? 0 0", "0 type;1 action"),
    ];

    /// <summary>Request → what its error says.</summary>
    private static readonly (string Request, string[] Says)[] Bad =
    [
        ("{", ["not JSON"]),
        ("[1,2", ["not JSON"]),
        ("3", ["an array of events"]),
        ("null", ["an array of events"]),
        ("""{"session_id":1}""", ["\"session\"", "\"items\"", "\"events\""]),
        ("""{"items":{"item":1}}""", ["\"items\""]),
        ("[1,null]", ["event 1", "null"]),
        ("[1,[2]]", ["event 1", "array"]),
        ("[true]", ["event 0", "true"]),
        ("""[1,2,{"action":"carts"}]""", ["event 2", "\"item\""]),
        ("""[{"item":null}]""", ["event 0", "\"item\""]),
        ("""[1,{"aid":{"a":1}}]""", ["event 1", "\"aid\"", "object"]),
        ("""[1,{"item":1,"action":["carts"]}]""", ["event 1", "\"action\"", "array"]),
        ("""[{"item":1,"type":false}]""", ["event 0", "\"type\"", "false"]),
        ("""[1,{"item":1,"ts":"late"}]""", ["event 1", "\"ts\"", "late"]),
        ("""[1,{"item":1,"time":"late"}]""", ["event 1", "\"time\"", "late"]),
        ("""[1,{"item":1,"time_ms":1.5}]""", ["event 1", "\"time_ms\"", "1.5"]),
        ("""[1,{"item":1,"time_ms":"5"}]""", ["event 1", "\"time_ms\""]),
        ("""[1,{"item":1,"time_ms":99999999999999999999}]""", ["event 1", "\"time_ms\""]),
        ("""[1,{"item":"\ud800"}]""", ["event 1"]),
    ];

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public RequestJsonTests()
    {
        _scratch.MakeTrained(600, 20);
        _engine = _scratch.Open();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private Model Model => _engine.RequireModel();

    private RequestSession Read(string request) => RequestJson.Read(Model, Encoding.UTF8.GetBytes(request));

    private string Events(RequestSession session) => string.Join(';', session.Events.Select(e =>
    {
        bool known = Model.TryGetRow(e.Item, out _) || e.Item == 99999;
        return $"{(known ? e.Item : "?")} {e.Action} {e.TimeMs}";
    }));

    private static string Ignored(IEnumerable<IgnoredEvent> ignored) =>
        string.Join(';', ignored.Select(e => $"{e.Event} {e.Field}"));

    [Fact]
    public void Read_EveryShape_IsItsEvents()
    {
        foreach ((string request, string events) in Good)
        {
            RequestSession session = Read(request);
            Assert.True(events == Events(session), $"{request}: {Events(session)}");
            Assert.Empty(session.Ignored);
        }
    }

    [Fact]
    public void Read_EventsTheVersionCannotPlace_AreIgnoredAndNamed()
    {
        foreach ((string request, string events, string ignored) in Odd)
        {
            RequestSession session = Read(request);
            Assert.True(events == Events(session), $"{request}: {Events(session)}");
            Assert.True(ignored == Ignored(session.Ignored), $"{request}: {Ignored(session.Ignored)}");
        }
        IgnoredEvent odd = Assert.Single(Read("""[{"item":2,"action":"wishlist"}]""").Ignored);
        Assert.Contains("wishlist", odd.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatIsNoRequest_NamesEventAndField()
    {
        foreach ((string request, string[] says) in Bad)
        {
            var e = Assert.Throws<EmbedEngineException>(() => Read(request));
            Assert.Equal(ErrorCode.BadInput, e.Code);
            Assert.All(says, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Read_TextKeys_TakesNumbersAsTheyStand()
    {
        string lines = _scratch.Write("text.jsonl", string.Concat(Enumerable.Range(0, 40).Select(
            i => $"{{\"session\":{i},\"items\":[\"a\",\"45\",\"b{i % 3}\"]}}\n")));
        using Engine engine = Engine.Open(Path.Combine(_scratch.Root, "text.ee"));
        engine.Import(EventSource.SessionsJsonl(lines));
        engine.Train(StoreScratch.Tiny());
        Model model = engine.RequireModel();
        RequestSession session = RequestJson.Read(model, """[45,"45",45.0,"nobody"]"""u8.ToArray());
        Assert.True(model.TryGetItem("45", out long item));
        Assert.Equal([item, item], session.Events[..2].Select(e => e.Item));
        Assert.Empty(session.Ignored);
        var results = new RecommendedItem[2];
        Assert.Equal(2, model.Recommend(session.Events, results).UnknownItems);
    }

    [Fact]
    public void Read_OfAClosedModel_IsRefused()
    {
        Model model = Model;
        _engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => RequestJson.Read(model, "[1]"u8.ToArray()));
    }

    /// <summary>Ignored events count as unknown items do, and the others are answered as if alone.</summary>
    [Fact]
    public void Batch_AnswersWhatReadReads_LineByLine()
    {
        string[] requests = [.. Good.Select(g => g.Request), .. Odd.Select(o => o.Request)];
        JsonElement[] answers = Batch(requests);
        var results = new RecommendedItem[3];
        for (int i = 0; i < requests.Length; i++)
        {
            RequestSession session = Read(requests[i]);
            RecommendResult answer = Model.Recommend(session.Events, results);
            Assert.Equal(results[..answer.Count].Select(r => $"{r.Item}"), Items(answers[i]));
            Assert.Equal(answer.UnknownItems, answers[i].GetProperty("unknown_items").GetInt32());
            Assert.Equal(Ignored(session.Ignored), Ignored(answers[i]));
        }
        JsonElement[] pair = Batch("""[1,{"item":2,"action":"wishlist"},3]""", "[1,3]");
        Assert.Equal(Items(pair[1]), Items(pair[0]));
        JsonElement[] errors = Batch([.. Bad.Select(b => b.Request), "[1]"]);
        for (int i = 0; i < Bad.Length; i++)
        {
            string error = errors[i].GetProperty("error").GetString()!;
            Assert.All(Bad[i].Says, part => Assert.Contains(part, error, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void CommandLine_AnswersAndRefusesAsTheBatchDoes()
    {
        foreach (string request in new[] { Good[6].Request, Good[9].Request, Odd[0].Request, Odd[3].Request })
        {
            JsonElement line = Batch(request)[0];
            JsonElement one = CliProcess.Run(
                "recommend", _scratch.Store, "--session-json", request, "--k", "3", "--json").Json();
            Assert.Equal(Items(line), Items(one));
            foreach (string field in (string[])["fallback", "unknown_items", "ignored"])
                Assert.Equal(line.GetProperty(field).GetRawText(), one.GetProperty(field).GetRawText());
        }
        foreach ((string request, string[] says) in new[] { Bad[1], Bad[9], Bad[14] })
        {
            CliProcess.Run("recommend", _scratch.Store, "--session-json", request)
                .Fails(2, ["--session-json", .. says]);
        }
    }

    private static IEnumerable<string> Items(JsonElement answer) =>
        answer.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("item").GetRawText());

    private static string Ignored(JsonElement answer) => string.Join(
        ';', answer.GetProperty("ignored").EnumerateArray().Select(
            e => $"{e.GetProperty("event").GetInt32()} {e.GetProperty("field").GetString()}"));

    private JsonElement[] Batch(params string[] requests)
    {
        string input = _scratch.Write("in.jsonl", string.Join('\n', requests) + "\n");
        string output = Path.Combine(_scratch.Root, "out.jsonl");
        Model.RecommendFile(input, output, new RecommendFileOptions { K = 3 });
        return [.. File.ReadAllLines(output).Select(l => JsonDocument.Parse(l).RootElement)];
    }
}
