// Keys in paths. A key may hold a slash, which comes as %2F and which the framework leaves so, while it
// decodes all else: only the path as it was sent says which it was.

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EmbedEngine.Server;

/// <summary>Reads <c>/v1/users/{key}/…</c> and its query.</summary>
internal static class UserPath
{
    private static readonly string[] s_query = ["limit", "source", "filter", "seen", "explain"];

    /// <summary>The segment before the last.</summary>
    public static string KeyOf(HttpContext http)
    {
        string raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int query = raw.IndexOf('?', StringComparison.Ordinal);
        string[] parts = (query < 0 ? raw : raw[..query]).TrimEnd('/').Split('/');
        string key = parts.Length > 2 ? Uri.UnescapeDataString(parts[^2]) : "";
        return key.Length > 0 ? key : throw Members.Bad("the path names no user");
    }

    /// <summary>The query as the body of the same request would be.</summary>
    public static JsonDocument QueryOf(HttpContext http)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Query)
            {
                if (!s_query.Contains(name) || values.Count != 1)
                {
                    throw Members.Bad(
                        $"the query has '{name}' {values.Count} times; it may have once each of "
                        + $"{string.Join(", ", s_query)}");
                }
                string value = values[0] ?? "";
                if (name == "limit")
                {
                    if (!int.TryParse(value, CultureInfo.InvariantCulture, out int limit))
                        throw Members.Bad($"'limit' is '{value}', no whole number");
                    json.WriteNumber(name, limit);
                }
                else if (name == "explain")
                {
                    if (value is not ("true" or "false"))
                        throw Members.Bad($"'explain' is '{value}', neither true nor false");
                    json.WriteBoolean(name, value == "true");
                }
                else
                {
                    json.WriteString(name, value);
                }
            }
            json.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.WrittenMemory);
    }
}
