// Keys in paths. A key may hold a slash, which comes as %2F and which the framework leaves so, while it
// decodes all else: only the path as it was sent says which it was.

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
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
        // The path that was routed has none, so what stands here is not what stood there.
        foreach (string part in parts)
        {
            if (part.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
                throw Members.Bad("the path has a segment '.' or '..'; such a key is sent in a body");
        }
        string key = parts.Length > 2 ? Unescape(parts[^2]) : "";
        return key.Length > 0 ? key : throw Members.Bad("the path names no user");
    }

    /// <summary>The text that escapes stand for.</summary>
    private static string Unescape(string escaped)
    {
        var bytes = new List<byte>(escaped.Length);
        for (int i = 0; i < escaped.Length; i++)
        {
            char c = escaped[i];
            if (!char.IsAscii(c))
                throw Members.Bad("the path or its query has a character that is not escaped");
            if (c != '%')
            {
                bytes.Add((byte)c);
                continue;
            }
            bool isHex = i + 2 < escaped.Length && char.IsAsciiHexDigit(escaped[i + 1])
                && char.IsAsciiHexDigit(escaped[i + 2]);
            if (!isHex)
                throw Members.Bad("the path or its query has a % without two hexadecimal digits after it");
            bytes.Add(byte.Parse(
                escaped.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 2;
        }
        byte[] utf8 = [.. bytes];
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8)
            : throw Members.Bad("the path or its query has escapes that are not UTF-8");
    }

    /// <summary>The query as the body of the same request would be.</summary>
    public static JsonDocument QueryOf(HttpContext http)
    {
        _ = Unescape(http.Request.QueryString.Value ?? "");
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
