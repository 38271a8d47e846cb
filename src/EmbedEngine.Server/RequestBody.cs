// Bodies, bounded: in bytes, in time, and all together. What is not JSON, or no text, ends here.

using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EmbedEngine.Server;

/// <summary>Reads the body of a request.</summary>
internal static class RequestBody
{
    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="ProblemException">It is none, too long, or too slow.</exception>
    public static async Task<JsonDocument> Read(HttpContext http, ServedStore store)
    {
        HttpRequest request = http.Request;
        ServeOptions options = store.Options;
        if (!IsJson(request.ContentType))
        {
            throw Refused(
                415, $"send it with the header Content-Type: application/json, not '{request.ContentType}'");
        }
        if (request.ContentLength > options.MaxBodyBytes) throw TooLarge(options);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        PipeReader reader = request.BodyReader;
        // The read that waits is told to return. A token would leave the server with a read that failed,
        // which it tells of as a defect.
        using var timeout = new CancellationTokenSource(options.BodyTimeout);
        using CancellationTokenRegistration _ = timeout.Token.Register(reader.CancelPendingRead);
        try
        {
            return await Read(reader, store, http.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode switch
            {
                413 => TooLarge(options),
                408 => Refused(408, "the body came too slowly"),
                _ => Refused(e.StatusCode, "the body ended too early, or its chunks are none"),
            };
        }
    }

    private static async Task<JsonDocument> Read(
        PipeReader reader, ServedStore store, CancellationToken cancellation)
    {
        long held = 0;
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = read.Buffer;
                if (read.IsCanceled)
                {
                    reader.AdvanceTo(buffer.End);
                    throw Refused(
                        408, $"the body took longer than {store.Options.BodyTimeout.TotalSeconds:0} s");
                }
                long more = buffer.Length - held;
                bool tooLarge = buffer.Length > store.Options.MaxBodyBytes;
                if (tooLarge || !store.TryBuffer(more))
                {
                    reader.AdvanceTo(buffer.End);
                    throw tooLarge ? TooLarge(store.Options)
                        : Refused(429, "the bodies of other requests fill the memory they may have");
                }
                held += more;
                if (!read.IsCompleted)
                {
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                }
                byte[] bytes = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return Parse(bytes);
            }
        }
        finally
        {
            store.Unbuffer(held);
        }
    }

    internal static JsonDocument Parse(byte[] bytes)
    {
        if (bytes.Length == 0) throw Bad("the body is empty; it must be a JSON object");
        if (!Utf8.IsValid(bytes)) throw Bad("not JSON: the body is not UTF-8");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            throw Bad($"not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object && IsText(bytes)) return document;
        bool isObject = document.RootElement.ValueKind == JsonValueKind.Object;
        document.Dispose();
        throw Bad(isObject ? "an escape \\u… is half a character" : "the body must be a JSON object");
    }

    /// <summary>Whether no escape is half a surrogate pair: JSON by its grammar, and no text.</summary>
    private static bool IsText(ReadOnlySpan<byte> json)
    {
        for (int i = json.IndexOf((byte)'\\'); i >= 0 && i + 1 < json.Length;)
        {
            int step = 2;
            if (json[i + 1] == 'u')
            {
                int unit = Unit(json, i);
                if (char.IsLowSurrogate((char)unit)) return false;
                if (char.IsHighSurrogate((char)unit))
                {
                    bool paired = i + 12 <= json.Length && json[i + 6] == '\\' && json[i + 7] == 'u'
                        && char.IsLowSurrogate((char)Unit(json, i + 6));
                    if (!paired) return false;
                    step = 12;
                }
                else
                {
                    step = 6;
                }
            }
            int next = json[(i + step)..].IndexOf((byte)'\\');
            i = next < 0 ? -1 : i + step + next;
        }
        return true;
    }

    private static int Unit(ReadOnlySpan<byte> json, int at) => ushort.TryParse(
        json.Slice(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort unit)
        ? unit : 0;

    private static bool IsJson(string? contentType)
    {
        if (contentType is null) return false;
        ReadOnlySpan<char> type = contentType;
        int end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    private static ProblemException TooLarge(ServeOptions options) =>
        Refused(413, $"a body has at most {options.MaxBodyBytes} bytes");

    private static ProblemException Refused(int status, string detail) =>
        new(Problem.OfHttp(status, detail));

    private static EmbedEngineException Bad(string what) => new(ErrorCode.BadInput, what);
}
