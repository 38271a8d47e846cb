// A small shop, trained once, served on a free port of this machine, and clients that ask it.

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EmbedEngine.Server;
using EmbedEngine.Server.Hosting;
using Microsoft.AspNetCore.Builder;

namespace EmbedEngine.Tests.Serving;

/// <summary>A host over a store, stopped when disposed.</summary>
internal sealed class ServedHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServedHost(WebApplication app, MemoryStream log)
    {
        (_app, Log) = (app, log);
        Address = new Uri(ServeHost.AddressOf(app));
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(100) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public MemoryStream Log { get; }

    public WebApplication App => _app;

    public static async Task<ServedHost> Start(
        string store, ServeOptions? options = null, ServeHostOptions? host = null)
    {
        var log = new MemoryStream();
        WebApplication app = ServeHost.Build(store, (host ?? new ServeHostOptions()) with
        {
            Port = 0, Serve = options ?? new ServeOptions(), Log = Stream.Synchronized(log),
        });
        await app.StartAsync();
        return new ServedHost(app, log);
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>The answer and its status.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json, HttpResponseMessage Reply)> Ask(
        string path, string? body = null, string? key = null, string? host = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is not null) request.Content = Json(body);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (host is not null) request.Headers.Host = host;
        HttpResponseMessage reply = await Client.SendAsync(request);
        string text = await reply.Content.ReadAsStringAsync();
        Assert.True(text.StartsWith('{'), $"{path}: {reply.StatusCode} '{text}'");
        using JsonDocument document = JsonDocument.Parse(text);
        return (reply.StatusCode, document.RootElement.Clone(), reply);
    }

    /// <summary>An answer that must be one.</summary>
    public async Task<JsonElement> Get(string path, string? body = null)
    {
        (HttpStatusCode status, JsonElement json, _) = await Ask(path, body);
        Assert.True((int)status is 200 or 202, $"{path}: {status} {json}");
        return json;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>One trained store for the tests of a class that only read it or observe into it.</summary>
public sealed class ServedShop : IAsyncLifetime
{
    internal StoreScratch Scratch { get; } = new();

    /// <summary>Under a name of its own: metrics tell stores of one process apart by their names.</summary>
    internal string Store { get; private set; } = "";

    internal string Name => Path.GetFileName(Store);

    internal ServedHost Host { get; private set; } = null!;

    internal Engine Open() => Engine.Open(Store);

    public async ValueTask InitializeAsync()
    {
        Scratch.MakeTrained(1200, 50);
        Store = Path.Combine(Scratch.Root, $"served-{Guid.NewGuid():N}.ee");
        Directory.Move(Scratch.Store, Store);
        using (Engine engine = Open())
        {
            engine.SetAttributes(new ItemColumns
            {
                Items = new long[] { 1, 2, 3 },
                Columns = [ItemColumn.OfTexts("title", ["One <b>", "Two", "Three"])],
            });
        }
        Host = await ServedHost.Start(Store);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Scratch.Dispose();
    }
}
