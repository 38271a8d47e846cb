// Every path, asked over a socket, against what the engine answers in this process.

using System.Net;
using System.Text.Json;

namespace EmbedEngine.Tests.Serving;

public sealed class EndpointTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private ServedHost Host => shop.Host;

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(p => p.Name)];

    private static long[] Items(JsonElement json, string list) =>
        [.. json.GetProperty(list).EnumerateArray().Select(i => i.GetProperty("item").GetInt64())];

    private long[] InProcess(SessionEvent[] session, int k, in RecommendRules rules = default)
    {
        using Engine engine = shop.Open();
        var results = new RecommendedItem[k];
        int n = engine.Recommend(session, results, default, rules).Count;
        return [.. results.Take(n).Select(r => r.Item)];
    }

    [Fact]
    public async Task Recommend_SeedsShape_IsWhatTheEngineAnswers()
    {
        JsonElement answer = await Host.Get("/v1/recommend", """
            {"session_id":"s-1","events":[{"item":3,"action":"clicks","time":"2026-01-02T03:04:05Z"},
             {"item":"5","action":"carts","time":1767323045000}],"limit":7}
            """);
        Assert.Equal(
            ["session_id", "recommendations", "model_version", "fallback", "unknown_items", "padded",
                "explored", "latency_us", "ignored"], Names(answer));
        Assert.Equal("s-1", answer.GetProperty("session_id").GetString());
        long[] expected =
            InProcess([new SessionEvent(3, 1767323045000), new SessionEvent(5, 1767323045000, 1)], 7);
        Assert.Equal(7, expected.Length);
        Assert.Equal(expected, Items(answer, "recommendations"));
        Assert.Equal(["item", "score"], Names(answer.GetProperty("recommendations")[0]));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("fallback").ValueKind);
    }

    [Fact]
    public async Task Recommend_Recorded_HasAnId_ThatAnEventLeadsBackTo()
    {
        JsonElement answer = await Host.Get(
            "/v1/recommend", """{"user":"7","events":[3,5],"limit":3,"record":true}""");
        string id = answer.GetProperty("id").GetString()!;
        Assert.Equal(32, id.Length);
        long first = Items(answer, "recommendations")[0];
        JsonElement taken = await Host.Get(
            "/v1/events", $$"""
            {"events":[{"user":"7","item":{{first}},"request":"{{id}}"},{"user":"7","item":5,"request":"no"},
             {"user":"7","item":5,"request":"{{new string('1', 32)}}"}]}
            """);
        Assert.Equal(3, taken.GetProperty("accepted").GetInt32());
        Assert.Equal(
            ["1 malformed", "2 unknown"], taken.GetProperty("requests_ignored").EnumerateArray()
                .Select(r => $"{r.GetProperty("event")} {r.GetProperty("reason").GetString()}"));
        JsonElement many = await Host.Get(
            "/v1/recommend/batch",
            """{"requests":[{"session_id":"s","events":[3]},{"events":[5]}],"limit":2,"record":true}""");
        Assert.Equal(2, many.GetProperty("answers").EnumerateArray()
            .Select(a => a.GetProperty("id").GetString()).Distinct().Count());
        using Engine engine = shop.Open();
        OnlineReport report = engine.EvaluateOnline();
        Assert.Equal((3L, 1L), (report.Arms.Sum(a => a.Answers), report.Arms.Sum(a => a.Clicks)));
    }

    [Fact]
    public async Task Recommend_Explained_SaysReasons()
    {
        JsonElement answer = await Host.Get(
            "/v1/recommend", """{"events":[3,5],"limit":3,"explain":true}""");
        JsonElement first = answer.GetProperty("recommendations")[0];
        Assert.Equal(["item", "score", "reasons", "because", "by"], Names(first));
        Assert.NotEmpty(first.GetProperty("reasons").EnumerateArray());
    }

    [Fact]
    public async Task Recommend_Rules_AreKept()
    {
        JsonElement answer = await Host.Get("/v1/recommend", """
            {"events":[3,5],"limit":5,"rules":{"deny":[1,2,"3"],"pins":[{"item":9,"place":2}]}}
            """);
        long[] expected = InProcess(
            [new SessionEvent(3), new SessionEvent(5)], 5,
            new RecommendRules { Deny = [1, 2, 3], Pins = [new ItemPin(9, 2)] });
        Assert.Equal(expected, Items(answer, "recommendations"));
        Assert.Equal(9, Items(answer, "recommendations")[1]);
        answer = await Host.Get(
            "/v1/recommend", """{"events":[3],"filter":"title in ('Two','Three')","limit":9}""");
        Assert.Equal([2, 3], Items(answer, "recommendations").Order());
    }

    [Fact]
    public async Task Batch_AnswersEach_AndTellsWhichIsNone()
    {
        JsonElement json = await Host.Get("/v1/recommend/batch", """
            {"limit":4,"requests":[{"session_id":1,"events":[3]},{"events":7},{"user":"7"},{"evnts":[]}]}
            """);
        JsonElement[] answers = [.. json.GetProperty("answers").EnumerateArray()];
        Assert.Equal(4, answers.Length);
        Assert.Equal(InProcess([new SessionEvent(3)], 4), Items(answers[0], "recommendations"));
        Assert.Equal(1, answers[0].GetProperty("session_id").GetInt32());
        Assert.Contains("'events' is no array", answers[1].GetProperty("error").GetString());
        Assert.Equal(4, answers[2].GetProperty("recommendations").GetArrayLength());
        Assert.Contains("'evnts' is not known", answers[3].GetProperty("error").GetString());
    }

    [Fact]
    public async Task ItemPaths_AnswerAsTheEngine()
    {
        using Engine engine = shop.Open();
        Model model = engine.RequireModel();
        var results = new RecommendedItem[5];
        int n = model.Similar(3, results);
        JsonElement similar = await Host.Get("/v1/similar", """{"item":3,"limit":5}""");
        Assert.Equal(results.Take(n).Select(r => r.Item), Items(similar, "items"));
        n = model.BoughtTogether([3, 5], results, out CandidateSourceKind source);
        JsonElement basket =
            await Host.Get("/v1/bought-together", """{"items":[3,"5",123456789],"limit":5}""");
        Assert.Equal(results.Take(n).Select(r => r.Item), Items(basket, "items"));
        Assert.Equal(SourceNames.NameOf(source), basket.GetProperty("source").GetString());
        Assert.Equal(1, basket.GetProperty("unknown_items").GetInt32());
        float[] vector = model.Vectors()[0].ToArray();
        n = model.Search(vector, results);
        JsonElement found = await Host.Get(
            "/v1/search", $"{{\"vector\":{JsonSerializer.Serialize(vector)},\"limit\":5}}");
        Assert.Equal(results.Take(n).Select(r => r.Item), Items(found, "items"));
        JsonElement items = await Host.Get("/v1/items", """{"query":"two"}""");
        Assert.Equal("Two", items.GetProperty("items")[0].GetProperty("attributes")
            .GetProperty("title").GetString());
        JsonElement named = await Host.Get("/v1/items", """{"items":["1",99999]}""");
        Assert.True(named.GetProperty("items")[0].GetProperty("known").GetBoolean());
        Assert.False(named.GetProperty("items")[1].GetProperty("known").GetBoolean());
    }

    [Fact]
    public async Task Users_ByTheirPath_AreAskedAbout()
    {
        await Host.Get("/v1/events", """
            {"events":[{"user":"4711","item":"7"},{"user":"4711","item":8,"action":"carts"}]}
            """);
        JsonElement profile = await Host.Get("/v1/users/4711/profile");
        Assert.Equal("4711", profile.GetProperty("user").ToString());
        Assert.Equal(2, profile.GetProperty("events").GetInt32());
        JsonElement alone = await Host.Get("/v1/users/4711/recommend?limit=5&explain=true");
        Assert.Equal(5, alone.GetProperty("recommendations").GetArrayLength());
        JsonElement going = await Host.Get("/v1/users/4711/recommend", """{"events":[3],"limit":6}""");
        Assert.Equal(6, going.GetProperty("recommendations").GetArrayLength());
    }

    [Fact]
    public async Task Events_AreAcknowledgedOnceTheyAreInTheLog()
    {
        (HttpStatusCode status, JsonElement json, _) = await Host.Ask("/v1/events", """
            {"events":[{"user":"1","item":2,"action":"clicks","time":"2026-03-04T05:06:07.089Z"},
             {"user":2,"item":"3","action":"wishes","time_ms":1772600767089}]}
            """);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(2, json.GetProperty("accepted").GetInt32());
        Assert.Equal("wishes", json.GetProperty("new_actions")[0].GetString());
        // Of a request that is none nothing is taken; where only the store can tell, what was before it is.
        (status, json, _) = await Host.Ask(
            "/v1/events", """{"events":[{"user":"1","item":2},{"user":"1"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.False(json.TryGetProperty("accepted", out _));
        (status, json, _) = await Host.Ask(
            "/v1/events", """{"events":[{"user":"1","item":2},{"user":"1","item":"gift"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("EE_E_KEY_KIND", json.GetProperty("code").GetString());
        Assert.Equal(1, json.GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Store_Health_Versions_Page_AreThere()
    {
        JsonElement versions = await Host.Get("/v1/versions");
        Assert.Equal(1, versions.GetProperty("serving_version").GetInt64());
        Assert.True(versions.GetProperty("versions")[0].GetProperty("active").GetBoolean());
        Assert.Equal("live", (await Host.Get("/health/live")).GetProperty("status").GetString());
        Assert.Equal(1, (await Host.Get("/health/ready")).GetProperty("model_version").GetInt64());
        using HttpResponseMessage page = await Host.Client.GetAsync("/");
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        string html = await page.Content.ReadAsStringAsync();
        foreach (string name in (string[])["playground.js", "playground.css"])
        {
            Assert.Contains($"\"{name}\"", html, StringComparison.Ordinal);
            html += await Host.Client.GetStringAsync("/" + name);
        }
        // All of it comes from here.
        Assert.DoesNotContain("//cdn", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/recommend", "", 400, "the body is empty")]
    [InlineData("/v1/recommend", "{\"events\":[}", 400, "not JSON")]
    [InlineData("/v1/recommend", "[]", 400, "must be a JSON object")]
    [InlineData("/v1/recommend", "{\"events\":[],\"limt\":3}", 400, "'limt' is not known")]
    [InlineData("/v1/recommend", "{\"events\":[],\"limit\":0}", 400, "'limit' is 0; it must be 1 to 1000")]
    [InlineData("/v1/recommend", "{\"events\":[],\"limit\":1.5}", 400, "'limit' is no whole number")]
    [InlineData("/v1/recommend", "{\"events\":[],\"source\":\"magic\"}", 400, "sources are")]
    [InlineData("/v1/recommend", "{\"events\":[{\"item\":1,\"time\":\"x\"}]}", 400, "event 0: \"time\"")]
    [InlineData("/v1/recommend", "{\"events\":[],\"filter\":\"price >\"}", 400, "column")]
    [InlineData("/v1/recommend", "{\"events\":[],\"user\":\"\\ud800\"}", 400, "half a character")]
    [InlineData("/v1/recommend", "{}", 400, "a session needs")]
    [InlineData("/v1/similar", "{\"item\":123456}", 404, "item '123456' is not known")]
    [InlineData("/v1/similar", "{\"item\":1,\"rules\":{\"bury\":\"x = 1\"}}", 400, "'bury' is not known")]
    [InlineData("/v1/search", "{\"vector\":[1,2]}", 400, "")]
    [InlineData("/v1/events", "{\"user\":\"1\",\"item\":1,\"time_ms\":1700000000}", 400, "seconds")]
    [InlineData("/nothing", "{}", 404, "there is no path /nothing")]
    [InlineData("/v1/versions", "{}", 405, "has no method POST")]
    public async Task Errors_AreProblems_InOurWords(string path, string body, int expected, string says)
    {
        (HttpStatusCode status, JsonElement json, HttpResponseMessage reply) = await Host.Ask(path, body);
        Assert.True(expected == (int)status, json.ToString());
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected, json.GetProperty("status").GetInt32());
        Assert.Contains(says, json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("urn:embedengine:error:", json.GetProperty("type").GetString());
    }
}
