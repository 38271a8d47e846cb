// What must not be passed over or stop anything: logs that cannot be written, a store that cannot be
// followed, slow readers, one bad request among good ones, paths and times that are nearly right.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EmbedEngine.Server;
using EmbedEngine.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbedEngine.Tests.Serving;

public sealed class MendTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private sealed class FullDisk(Exception error) : MemoryStream
    {
        public int Tries { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Tries++;
            throw error;
        }
    }

    private ServedStore Serve(ServeOptions options) =>
        new(shop.Open(), options, NullLogger.Instance, ownsEngine: true);

    [Fact]
    public void Log_ThatCannotBeWritten_StopsNothing()
    {
        // ENOSPC, and EFBIG as the framework has it.
        foreach (Exception error in (Exception[])[new IOException(), new ArgumentOutOfRangeException()])
        {
            using var disk = new FullDisk(error);
            using var log = new JsonLog(disk);
            ILogger logger = log.CreateLogger("EmbedEngine.Server");
            ServeLog.Moved(logger, 1, "a");
            ServeLog.Moved(logger, 2, "b");
            Assert.Equal(2, disk.Tries);
        }
    }

    [Fact]
    public async Task Look_ThatFails_IsTold_WithoutTheServersDirectories()
    {
        ServedStore store = Serve(new ServeOptions());
        store.Look();
        Assert.Null(store.Failure);
        store.Engine.Dispose();
        store.Look(); // ObjectDisposedException, which is nothing the store says of itself
        Assert.NotNull(store.Failure);
        Assert.Equal("CURRENT: torn", store.Told(new IOException($"{store.Engine.Path}/CURRENT: torn")));
        Assert.Equal("gone", store.Told(new IOException($"{store.Engine.Path}: gone")));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task LongAnswers_ThatWait_AreBoundedTogether_AndShortOnesAreNot()
    {
        await using ServedStore store = Serve(new ServeOptions { MaxUnsentBytes = 1 << 20 });
        Assert.True(store.TryHold(1 << 20));
        Assert.Equal((429, 0L), await Ask(100_000));
        Assert.Equal((200, 1000L), await Ask(1000));
        store.Unhold(1 << 20);
        Assert.Equal((200, 100_000L), await Ask(100_000));
        Assert.True(store.TryHold(1 << 20)); // all of it was given back

        async Task<(int Status, long Length)> Ask(int bytes)
        {
            var http = new DefaultHttpContext();
            using var body = new MemoryStream();
            http.Response.Body = body;
            await new RequestGuard(store).Run(http, new Route("GET", "/x", call =>
            {
                call.Write(new byte[bytes], "text/plain");
                return ValueTask.CompletedTask;
            }));
            return (http.Response.StatusCode, http.Response.StatusCode == 200 ? body.Length : 0);
        }
    }

    [Fact]
    public async Task Metrics_TakeNoPlace()
    {
        await using ServedStore store = Serve(new ServeOptions { MaxConcurrency = 1 });
        Assert.True(store.TryEnter());
        var http = new DefaultHttpContext();
        await new RequestGuard(store).Run(http, Route.All.Single(r => r.Path == "/metrics"));
        Assert.Equal(200, http.Response.StatusCode);
        store.Leave();
    }

    [Fact]
    public async Task Batch_OneBadRequest_HasItsErrorInItsPlace()
    {
        string longId = new('s', 4097);
        JsonElement json = await shop.Host.Get("/v1/recommend/batch", $$"""
            {"limit":2,"record":true,"requests":[{"session_id":"","events":[3]},
             {"session_id":"{{longId}}","events":[3]},{"events":[3],"items":[5]},
             {"user":"{{new string('u', 5000)}}","events":[3]},{"events":[5]}]}
            """);
        JsonElement[] answers = [.. json.GetProperty("answers").EnumerateArray()];
        Assert.Equal(5, answers.Length);
        foreach (int good in (int[])[0, 4])
            Assert.Equal(2, answers[good].GetProperty("recommendations").GetArrayLength());
        Assert.Contains("'session_id' has 4097 bytes", answers[1].GetProperty("error").GetString());
        Assert.Contains("'events' and 'items'", answers[2].GetProperty("error").GetString());
        Assert.DoesNotContain("arameter", answers[3].ToString(), StringComparison.Ordinal);
        string requests = string.Join(",", Enumerable.Repeat("""{"items":[1]}""", 400));
        (HttpStatusCode status, json, _) = await shop.Host.Ask(
            "/v1/recommend/batch", $$"""{"limit":300,"requests":[{{requests}}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("100000", json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("\"10:00\"", false)]
    [InlineData("\"03/04/2026\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("\"2026-03-04T05:06:07Z\"", true)]
    [InlineData("\"2026-03-04T05:06:07+02:00\"", true)]
    [InlineData("\"2026-03-04\"", true)]
    public async Task Times_OfEvents_AreIso8601(string time, bool taken)
    {
        (HttpStatusCode status, JsonElement json, _) =
            await shop.Host.Ask("/v1/events", $$"""{"user":"9","item":2,"time":{{time}}}""");
        Assert.True(taken == (status == HttpStatusCode.Accepted), json.ToString());
        if (!taken) Assert.Contains("ISO 8601", json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/v1/users/x/y/../profile")]
    [InlineData("/v1/users/%2e%2e/profile")]
    [InlineData("/v1/users/x/./profile")]
    [InlineData("/v1/users/%c3%28/recommend")]
    [InlineData("/v1/users/7/recommend?source=%c3%28")]
    [InlineData("/v1/users/%zz/recommend")]
    public async Task Paths_ThatAreNotWhatTheySeem_AreRefused(string path)
    {
        string answer = await Send($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n", shop.Host.Address);
        Assert.True(
            answer.Contains(" 400 ", StringComparison.Ordinal)
            || answer.Contains(" 404 ", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task SlowBodies_AreNoDefect_InTheLog()
    {
        await using ServedHost host = await ServedHost.Start(
            shop.Store, new ServeOptions { BodyTimeout = TimeSpan.FromSeconds(1) });
        string answer = await Send(
            "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{", host.Address);
        Assert.Contains(" 408 ", answer, StringComparison.Ordinal);
        Assert.Equal("", Encoding.UTF8.GetString(host.Log.ToArray()));
    }

    [Fact]
    public void Filters_OfTwoVersions_DoNotUndoEachOther()
    {
        using Engine a = shop.Open(), b = shop.Open();
        ItemFilter one = RequestRules.Filter("price > 1", a.RequireModel());
        ItemFilter other = RequestRules.Filter("price > 1", b.RequireModel());
        Assert.NotSame(one, other);
        Assert.Same(one, RequestRules.Filter("price > 1", a.RequireModel()));
    }

    [Theory]
    [InlineData("shop.internal:8080")]
    [InlineData("http://shop.internal")]
    [InlineData("")]
    public void AllowedHosts_AreNamesWithoutAPort(string name)
    {
        var options = new ServeHostOptions { AllowedHosts = [name] };
        Assert.Contains("without a port", Assert.Throws<ArgumentException>(options.Validate).Message);
        (options with { AllowedHosts = ["shop.internal", "[::1]"] }).Validate();
    }

    /// <summary>Sends bytes as they are, and reads the first that come back.</summary>
    private static async Task<string> Send(string request, Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        int n = await stream.ReadAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, n);
    }
}
