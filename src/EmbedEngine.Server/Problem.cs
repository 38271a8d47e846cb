// Errors as RFC 9457 describes them: application/problem+json with our code, and our words in "detail".

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>What is told of a request that was not answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Our code.</param>
/// <param name="Title">Of all errors of the code.</param>
/// <param name="Detail">Of this one: what is wrong and what to do.</param>
internal sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>Seconds after which another try is worth it; 0 = none is.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>Events that were taken before the one that was not; null = the call takes none.</summary>
    public int? Accepted { get; init; }

    /// <summary>Of a failure of the engine.</summary>
    public static Problem Of(Exception error, ServedStore store)
    {
        ErrorCode code = error switch
        {
            EmbedEngineException known => known.Code,
            ArgumentException => ErrorCode.InvalidArgument,
            OutOfMemoryException => ErrorCode.OutOfMemory,
            _ => ErrorCode.Internal,
        };
        (int status, string title) = code switch
        {
            ErrorCode.InvalidArgument or ErrorCode.BadInput => (400, "The request is not as it must be"),
            ErrorCode.KeyKind => (400, "The key is of another kind than the store's"),
            ErrorCode.Unknown => (404, "What is named is not known"),
            ErrorCode.ReadOnly => (403, "The store is read-only"),
            ErrorCode.NoModel => (503, "Nothing was trained yet"),
            ErrorCode.NotFound => (503, "There is no store yet"),
            ErrorCode.Locked => (503, "Another process writes to the store"),
            ErrorCode.Io => (503, "The disk refuses"),
            ErrorCode.Corrupt or ErrorCode.Format or ErrorCode.VersionMismatch =>
                (503, "The store cannot be read"),
            ErrorCode.OutOfMemory => (503, "There is not enough memory"),
            _ => (500, "A defect: please report it"),
        };
        string detail = code == ErrorCode.Internal && error is not EmbedEngineException
            ? error.GetType().Name : store.Told(error);
        return new Problem(status, ErrorText.NameOf(code), title, detail)
        {
            RetryAfterSeconds = status == 503 ? 1 : 0,
        };
    }

    /// <summary>Of a body, a key or a header, which the engine never sees.</summary>
    public static Problem OfHttp(int status, string detail) => status switch
    {
        401 => new(401, "unauthorized", "A key is needed", detail),
        404 => new(404, "no_such_path", "There is nothing here", detail),
        405 => new(405, "method_not_allowed", "The path has no such method", detail),
        408 => new(408, "too_slow", "The request came too slowly", detail),
        413 => new(413, "too_large", "The request is too large", detail),
        415 => new(415, "media_type", "The body must be application/json", detail),
        421 => new(421, "wrong_host", "This is not the host that is asked for", detail),
        429 => new(429, "too_many_requests", "Too many requests at once", detail) { RetryAfterSeconds = 1 },
        503 => new(503, "not_ready", "Not ready", detail) { RetryAfterSeconds = 1 },
        _ => new(status, "bad_request", "The request is not as it must be", detail),
    };

    /// <summary>Writes it as the whole answer.</summary>
    public async Task Write(HttpContext http)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ServeCall.JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("type", $"urn:embedengine:error:{Code}");
            json.WriteString("title", Title);
            json.WriteNumber("status", Status);
            json.WriteString("detail", Detail);
            json.WriteString("code", Code);
            if (Accepted is { } accepted) json.WriteNumber("accepted", accepted);
            json.WriteEndObject();
        }
        HttpResponse response = http.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        if (Status == 401) response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfterSeconds > 0) response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        response.ContentLength = stream.Length;
        ReadOnlyMemory<byte> bytes = stream.GetBuffer().AsMemory(0, (int)stream.Length);
        await response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>Ends a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
