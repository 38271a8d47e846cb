// Who may ask, how much, how long: limits, keys, names of the host, slow and endless requests, a stop.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EmbedEngine.Server;
using EmbedEngine.Server.Hosting;

namespace EmbedEngine.Tests.Serving;

public sealed class GuardTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private const string Key = "0123456789abcdef";
    private const string Asks = """{"events":[3,5]}""";

    [Fact]
    public async Task Keys_AreAskedFor_ButNotOfHealth()
    {
        await using ServedHost host = await ServedHost.Start(
            shop.Store, new ServeOptions { Keys = ["another-key-of-16", Key] });
        (HttpStatusCode status, JsonElement json, HttpResponseMessage reply) =
            await host.Ask("/v1/recommend", Asks);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("Bearer", json.GetProperty("detail").GetString());
        Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Ask("/v1/recommend", Asks, Key + "x")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("/v1/recommend", Asks, Key)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Ask("/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("/health/live")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/versions");
        request.Headers.Add("X-API-Key", Key);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("localhost:1", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("shop.example", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.2", 421)]
    public async Task Host_OfAnotherName_IsNotAnswered(string name, int expected)
    {
        await using ServedHost host = await ServedHost.Start(
            shop.Store, null, new ServeHostOptions { AllowedHosts = ["shop.example"] });
        (HttpStatusCode status, JsonElement json, _) =
            await host.Ask("/v1/recommend", Asks, host: name);
        Assert.True(expected == (int)status, json.ToString());
    }

    [Fact]
    public void OpenAddress_WithoutKey_IsRefused()
    {
        var options = new ServeHostOptions { Address = IPAddress.Any };
        Assert.Contains("--key-file", Assert.Throws<ArgumentException>(options.Validate).Message);
        (options with { Serve = new ServeOptions { Keys = [Key] } }).Validate();
        Assert.Throws<ArgumentException>(new ServeOptions { Keys = ["short"] }.Validate);
    }

    [Fact]
    public async Task LargeBodies_AreRefused_KnownLengthOrNot()
    {
        string large = $"{{\"events\":[{new string(' ', 1 << 20)}]}}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/recommend")
        {
            Content = ServedHost.Json(large),
        };
        // Sent without a question, the body may meet a connection that was closed on it.
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage reply = await shop.Host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        Assert.Contains("1048576", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Two gigabytes that are only announced, and chunks without an end.
        string head = "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        Assert.Contains(" 413 ", await Raw($"{head}Content-Length: 2147483648\r\n\r\n{{"));
        string chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        Assert.Contains(" 413 ", await Raw(
            $"{head}Transfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Repeat(chunk, 20))));
    }

    [Fact]
    public async Task OtherMediaTypes_AreRefused()
    {
        using HttpResponseMessage reply = await shop.Host.Client.PostAsync(
            "/v1/recommend", new StringContent(Asks, Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
    }

    [Fact]
    public async Task SlowBodies_AreEnded_AndOthersAnsweredMeanwhile()
    {
        await using ServedHost host = await ServedHost.Start(
            shop.Store, new ServeOptions { BodyTimeout = TimeSpan.FromSeconds(1), MaxConcurrency = 1 });
        string head = "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{";
        Task<string>[] slow = [.. Enumerable.Range(0, 5).Select(_ => Raw(head, host.Address))];
        // A body that does not come takes no place.
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("/v1/recommend", Asks)).Status);
        foreach (string answer in await Task.WhenAll(slow)) Assert.Contains(" 408 ", answer);
    }

    [Fact]
    public async Task Buffers_AreBoundedTogether()
    {
        await using var store = new ServedStore(
            shop.Open(), new ServeOptions { MaxBodyBytes = 1024, MaxBufferedBytes = 2048 },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, ownsEngine: true);
        Assert.True(store.TryBuffer(2000));
        Assert.False(store.TryBuffer(49));
        store.Unbuffer(2000);
        Assert.True(store.TryBuffer(2048));
    }

    [Fact]
    public async Task TooMuchAtOnce_IsToldToComeAgain()
    {
        await using var store = new ServedStore(
            shop.Open(), new ServeOptions { MaxConcurrency = 1 },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, ownsEngine: true);
        var guard = new RequestGuard(store);
        var route = new Route("GET", "/x", StoreCalls.Live);
        Assert.True(store.TryEnter());
        Assert.Equal(429, await Ask());
        store.Leave();
        Assert.Equal(200, await Ask());
        Assert.Equal(0, store.InFlight);

        async Task<int> Ask()
        {
            var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            await guard.Run(http, route);
            if (http.Response.StatusCode == 429)
                Assert.Equal("1", http.Response.Headers.RetryAfter.ToString());
            return http.Response.StatusCode;
        }
    }

    [Fact]
    public async Task Stop_FinishesWhatWasBegun_AndClosesTheStore()
    {
        ServedHost host = await ServedHost.Start(shop.Store);
        Task<(HttpStatusCode Status, JsonElement, HttpResponseMessage)>[] asked =
            [.. Enumerable.Range(0, 20).Select(_ => host.Ask("/v1/recommend", Asks))];
        await Task.WhenAll(asked);
        await host.DisposeAsync();
        string[] lines = Encoding.UTF8.GetString(host.Log.ToArray()).Split('\n');
        // Each line is one object.
        string[] events = [.. lines.Where(l => l.Length > 0).Select(
            l => JsonDocument.Parse(l).RootElement.GetProperty("event").GetString()!)];
        Assert.Equal(["stopping", "stopped"], events);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host.Address.Host, host.Address.Port);
        });
    }

    private Task<string> Raw(string request) => Raw(request, shop.Host.Address);

    /// <summary>Sends bytes as they are, and reads what comes until the other side closes, or its head.
    /// </summary>
    private static async Task<string> Raw(string request, Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = client.GetStream();
        var buffer = new byte[4096];
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        }
        catch (IOException)
        {
            // The answer may come, and the connection go, before all is sent.
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        int n = await stream.ReadAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, n);
    }
}
