using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>One request and its answer.</summary>
internal sealed class ServeCall(HttpContext http, ServedStore store) : IDisposable
{
    public static readonly JsonWriterOptions JsonOptions = new()
    {
        // Keys are read by people too; what matters to HTML is the page's own care.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(2048);
    private Utf8JsonWriter? _json;

    public HttpContext Http { get; } = http;

    public ServedStore Store { get; } = store;

    /// <summary>The body; undefined where the path takes none.</summary>
    public JsonDocument? Body { get; set; }

    /// <summary>The body, an object.</summary>
    public JsonElement Request => Body!.RootElement;

    public int Status { get; set; } = StatusCodes.Status200OK;

    public string ContentType { get; set; } = "application/json";

    /// <summary>Where the answer goes; it is sent when it is whole.</summary>
    public Utf8JsonWriter Json => _json ??= new Utf8JsonWriter(_buffer, JsonOptions);

    /// <summary>An answer that is no JSON.</summary>
    public void Write(ReadOnlySpan<byte> bytes, string contentType)
    {
        _buffer.Write(bytes);
        ContentType = contentType;
    }

    public async Task Send()
    {
        _json?.Flush();
        HttpResponse response = Http.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = _buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(_buffer.WrittenMemory, Http.RequestAborted).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Body?.Dispose();
        _json?.Dispose();
    }
}
