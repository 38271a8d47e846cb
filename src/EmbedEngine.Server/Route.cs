// Every path there is. The description (openapi.json) has the same ones: a test compares them.

using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>One method of one path.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Its template, which is also its label in metrics.</param>
/// <param name="Answer">Writes the answer; runs on a thread of the pool.</param>
internal sealed record Route(string Method, string Path, Func<ServeCall, ValueTask> Answer)
{
    /// <summary>Whether it needs no key, and is answered however much is asked at once.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it is answered however much is asked at once, though it needs a key.</summary>
    public bool TakesNoPlace { get; init; }

    /// <summary>Whether it is a part of the playground.</summary>
    public bool IsPage { get; init; }

    public bool TakesBody => Method == HttpMethods.Post;

    public static readonly Route[] All =
    [
        new("POST", "/v1/recommend", RecommendCalls.One),
        new("POST", "/v1/recommend/batch", RecommendCalls.Many),
        new("POST", "/v1/similar", ItemCalls.Similar),
        new("POST", "/v1/bought-together", ItemCalls.BoughtTogether),
        new("POST", "/v1/search", ItemCalls.Search),
        new("POST", "/v1/items", ItemCalls.Items),
        new("POST", "/v1/events", EventCalls.Observe),
        new("GET", "/v1/users/{key}/recommend", RecommendCalls.OfUserAlone),
        new("POST", "/v1/users/{key}/recommend", RecommendCalls.OfUser),
        new("GET", "/v1/users/{key}/profile", RecommendCalls.Profile),
        new("GET", "/v1/versions", StoreCalls.Versions),
        new("GET", "/v1/openapi.json", StoreCalls.OpenApi) { IsOpen = true },
        new("GET", "/health/live", StoreCalls.Live) { IsOpen = true },
        new("GET", "/health/ready", StoreCalls.Ready) { IsOpen = true },
        new("GET", "/metrics", StoreCalls.Metrics) { TakesNoPlace = true },
        new("GET", "/", StoreCalls.Page) { IsOpen = true, IsPage = true },
        new("GET", "/playground.js", StoreCalls.Script) { IsOpen = true, IsPage = true },
        new("GET", "/playground.css", StoreCalls.Style) { IsOpen = true, IsPage = true },
    ];
}
