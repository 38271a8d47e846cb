// The endpoints in a host of the user's own: under a group, with the host's logging and lifetime.

using System.Text.Json;
using EmbedEngine.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Tests.Serving;

public sealed class OwnHostTests(ServedShop shop) : IClassFixture<ServedShop>
{
    [Fact]
    public async Task MapEmbedEngine_UnderAGroup_AnswersThere_AndTheHostDecidesTheRest()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();
        using Engine engine = shop.Open();
        app.MapGroup("/shop").MapEmbedEngine(engine, new ServeOptions { Playground = false, MaxLimit = 5 });
        app.MapGet("/", () => Results.Text("mine"));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal("mine", await client.GetStringAsync("/"));
        using JsonDocument answer = JsonDocument.Parse(
            await client.GetStringAsync("/shop/v1/users/a%2Fb/recommend?limit=2"));
        Assert.Equal(2, answer.RootElement.GetProperty("recommendations").GetArrayLength());
        using HttpResponseMessage far = await client.GetAsync("/shop/v1/users/7/recommend?limit=6");
        Assert.Equal(400, (int)far.StatusCode);
        await app.StopAsync();
        // The engine is the caller's: it goes on.
        Assert.Equal(1, engine.RequireModel().Version.Number);
    }
}
