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

    // As much as the server's buffer and the socket take at once: an answer this short waits for nobody.
    private const int Piece = 64 << 10;

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

    /// <summary>
    /// Sends the answer, a long one by pieces, each when the one before it is on its way. While it waits for
    /// a slow reader its bytes are counted with those of others.
    /// </summary>
    /// <exception cref="ProblemException">429: answers that wait fill the memory they may have.</exception>
    public async Task Send()
    {
        _json?.Flush();
        long held = _buffer.WrittenCount > Piece ? _buffer.Capacity : 0;
        if (!Store.TryHold(held))
        {
            throw new ProblemException(Problem.OfHttp(
                429, "long answers that others read slowly fill the memory they may have"));
        }
        try
        {
            await SendPieces().ConfigureAwait(false);
        }
        finally
        {
            Store.Unhold(held);
        }
    }

    private async Task SendPieces()
    {
        HttpResponse response = Http.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = _buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        ReadOnlyMemory<byte> left = _buffer.WrittenMemory;
        do
        {
            int n = Math.Min(left.Length, Piece);
            await response.Body.WriteAsync(left[..n], Http.RequestAborted).ConfigureAwait(false);
            left = left[n..];
        }
        while (!left.IsEmpty);
    }

    public void Dispose()
    {
        Body?.Dispose();
        _json?.Dispose();
    }
}
