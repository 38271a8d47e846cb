// Requests that are none: mutations of good ones, and noise, over keep-alive connections. Whatever comes, the
// answer is one of the client's errors or an answer, and the server goes on.

using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace EmbedEngine.Tests.Serving;

public sealed class MalformedTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private static readonly string[] s_paths =
    [
        "/v1/recommend", "/v1/recommend/batch", "/v1/similar", "/v1/bought-together", "/v1/search",
        "/v1/items", "/v1/events", "/v1/users/7/recommend", "/v1/users/%2F%zz%c3%28/recommend",
    ];

    private static readonly string[] s_bodies =
    [
        """{"session_id":"s","events":[{"item":3,"action":"carts","time":1767323045000}],"limit":5}""",
        """{"user":"7","events":[3,"5"],"filter":"price > 1 and category in ('a','b')","explain":true}""",
        """{"requests":[{"events":[1]},{"user":2}],"source":"covisitation","limit":3}""",
        """{"item":3,"limit":5,"space":"item2vec","rules":{"deny":[1],"allow_categories":["a"]}}""",
        """{"items":[1,2,3],"limit":2,"query":"x"}""",
        """{"vector":[0.5,-1e3,2,3,4,5,6,7],"side":"out"}""",
        """{"events":[{"user":"7","item":3,"action":"clicks","time":"2026-01-01T00:00:00Z"}]}""",
        """{"events":[4],"rules":{"boosts":["price > 2 * 1.5"],"pins":[{"item":1,"place":2}],"explore":0.5,"""
            + """ "caps":[{"attribute":"a","most":1}],"weight_by":{"attribute":"p","weight":0.5}}}""",
    ];

    private static readonly string[] s_pieces =
    [
        "null", "-1", "1e400", "1e-400", "9223372036854775808", "\"\"", "\"\\u0000\"", "\"\\udc00\"",
        "{}", "[]",
        "[[[[[[[[", "true", "\"events\":", ",", "}", "\u00e9", "\"item\":null", "0.1", "\"9999-99-99\"", "\\",
    ];

    [Fact]
    public async Task MalformedRequests_NeverFailTheServer()
    {
        int count = TestScale.Count("EMBEDENGINE_BAD_REQUESTS", 600, 10_000);
        int seed = TestScale.Seed("EMBEDENGINE_BAD_REQUESTS");
        var statuses = new Dictionary<int, int>();
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] body = Mutate(random);
            string path = s_paths[random.Next(s_paths.Length)];
            using var content = new ByteArrayContent(body);
            if (random.Next(20) > 0)
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage reply = await shop.Host.Client.PostAsync(path, content);
            int status = (int)reply.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(
                status < 500, $"seed {seed}, request {i}: {path} {status} '{Encoding.UTF8.GetString(body)}' "
                + await reply.Content.ReadAsStringAsync());
        }
        IEnumerable<string> counted = statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}");
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {string.Join(", ", counted)}");
        Assert.True(statuses.GetValueOrDefault(400) > count / 4, "too few were malformed");
        Assert.True(statuses.GetValueOrDefault(200) > 0, "none was answered");
        Assert.Equal(HttpStatusCode.OK, (await shop.Host.Ask("/v1/recommend", s_bodies[0])).Status);
    }

    private static byte[] Piece(Random random) =>
        Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]);

    private static byte[] Mutate(Random random)
    {
        byte[] body = Encoding.UTF8.GetBytes(s_bodies[random.Next(s_bodies.Length)]);
        int changes = random.Next(4);
        for (int c = 0; c < changes && body.Length > 0; c++)
        {
            int at = random.Next(body.Length);
            switch (random.Next(5))
            {
                case 0: body[at] = (byte)random.Next(256); break;
                case 1: body = body[..at]; break;
                case 2: body = [.. body[..at], .. Piece(random), .. body[at..]]; break;
                case 3: body = [.. body[..at], .. body[Math.Min(body.Length, at + random.Next(9))..]]; break;
                default: body = [.. body[..at], .. body[random.Next(at + 1)..]]; break;
            }
        }
        return body;
    }
}
