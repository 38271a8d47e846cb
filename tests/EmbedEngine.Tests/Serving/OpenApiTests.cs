// The description against the server: the same paths and methods, the members that requests may have, and
// answers that have what is promised and nothing else.

using System.Text.Json;
using EmbedEngine.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EmbedEngine.Tests.Serving;

public sealed class OpenApiTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private static readonly JsonElement s_document = JsonDocument.Parse(File.ReadAllText(Path.Combine(
        Architecture.SourceRulesTests.Root, "src", "EmbedEngine.Server", "openapi.json"))).RootElement;

    private static JsonElement Schema(string name) =>
        s_document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static string[] Members(JsonElement schema) =>
        [.. schema.GetProperty("properties").EnumerateObject().Select(p => p.Name)
            .Order(StringComparer.Ordinal)];

    [Fact]
    public void Paths_AreThoseThatAreMapped()
    {
        string[] mapped = [.. shop.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>().SelectMany(e => e.Metadata.OfType<IHttpMethodMetadata>().Single()
                .HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}"))
            .Where(r => !r.Contains("/playground.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] described = [.. s_document.GetProperty("paths").EnumerateObject().SelectMany(
            p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}"))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(described, mapped);
    }

    [Fact]
    public async Task Served_IsTheCommittedFile() => Assert.Equal(
        s_document.ToString(), (await shop.Host.Get("/v1/openapi.json")).ToString());

    [Fact]
    public void Requests_HaveTheMembersThatAreRead()
    {
        (string Schema, string[] Read)[] all =
        [
            ("Recommend", RecommendCalls.OfOne), ("RecommendMany", RecommendCalls.OfMany),
            ("RecommendUser", [.. RecommendCalls.OfOne.Except(["user"])]),
            ("Similar", ItemCalls.OfSimilar), ("BoughtTogether", ItemCalls.OfBasket),
            ("Search", ItemCalls.OfSearch), ("Items", ItemCalls.OfItems), ("Observed", EventCalls.OfEvent),
            ("Rules", RequestRules.All), ("Sets", RequestRules.Sets),
        ];
        foreach ((string name, string[] read) in all)
        {
            Assert.Equal(read.Order(StringComparer.Ordinal), Members(Schema(name)));
            Assert.False(Schema(name).GetProperty("additionalProperties").GetBoolean(), name);
        }
        Assert.Equal(
            SourceNames.All.Select(SourceNames.NameOf).Order(StringComparer.Ordinal),
            Schema("Source").GetProperty("enum").EnumerateArray().Select(e => e.GetString()!)
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Answer", "/v1/recommend", """{"session_id":1,"events":[1,"x"],"explain":true,"rules":"""
        + """{"explore":0.5,"explore_seed":3}}""")]
    [InlineData("Answers", "/v1/recommend/batch", """{"requests":[{"events":[]}]}""")]
    [InlineData("Found", "/v1/similar", """{"item":3}""")]
    [InlineData("Found", "/v1/bought-together", """{"items":[3]}""")]
    [InlineData("ItemList", "/v1/items", "{}")]
    [InlineData("Accepted", "/v1/events", """{"user":1,"item":1}""")]
    [InlineData("Profile", "/v1/users/1/profile", null)]
    [InlineData("Answer", "/v1/users/1/recommend", null)]
    [InlineData("Versions", "/v1/versions", null)]
    [InlineData("Live", "/health/live", null)]
    [InlineData("Ready", "/health/ready", null)]
    [InlineData("Problem", "/v1/nothing", null)]
    public async Task Answers_AreAsDescribed(string schema, string path, string? body)
    {
        (_, JsonElement answer, _) = await shop.Host.Ask(path, body);
        string[] has = [.. answer.EnumerateObject().Select(p => p.Name)];
        Assert.Empty(has.Except(Members(Schema(schema))));
        string[] required = [.. Schema(schema).GetProperty("required").EnumerateArray()
            .Select(r => r.GetString()!)];
        Assert.Empty(required.Except(has));
        if (schema != "Answer" || body is null) return;
        string[] item = [.. answer.GetProperty("recommendations")[0].EnumerateObject().Select(p => p.Name)];
        Assert.Empty(item.Except(Members(Schema("Recommendation"))));
    }
}
