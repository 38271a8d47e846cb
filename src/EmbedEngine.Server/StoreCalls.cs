// What is asked of the store and the server themselves: versions, health, metrics, description, playground.

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>Calls about the store.</summary>
internal static class StoreCalls
{
    /// <summary><c>GET /v1/versions</c></summary>
    public static ValueTask Versions(ServeCall call)
    {
        Engine engine = call.Store.Engine;
        IReadOnlyList<ModelVersion> versions = engine.Versions();
        call.Json.WriteStartObject();
        VersionsJson.Write(call.Json, versions);
        if (engine.Model is { } model) call.Json.WriteNumber("serving_version", model.Version.Number);
        else call.Json.WriteNull("serving_version");
        call.Json.WriteString("problem", call.Store.Failure);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary><c>GET /health/live</c>: the process answers.</summary>
    public static ValueTask Live(ServeCall call)
    {
        call.Json.WriteStartObject();
        call.Json.WriteString("status", "live");
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary><c>GET /health/ready</c>: a version answers, and nobody wants to stop.</summary>
    public static ValueTask Ready(ServeCall call)
    {
        if (call.Store.IsStopping) throw NotReady("the server is stopping");
        if (call.Store.Engine.Model is not { } model) {
            throw NotReady(call.Store.Failure is { } why ? $"no version answers: {why}"
                : "no version answers yet: train one");
        }
        call.Json.WriteStartObject();
        call.Json.WriteString("status", "ready");
        call.Json.WriteNumber("model_version", model.Version.Number);
        call.Json.WriteBoolean("store_problem", call.Store.Failure is not null);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary><c>GET /metrics</c></summary>
    public static async ValueTask Metrics(ServeCall call) => call.Write(
        await call.Store.Metrics.Collect().ConfigureAwait(false), Metering.MetricsText.ContentType);

    /// <summary><c>GET /v1/openapi.json</c></summary>
    public static ValueTask OpenApi(ServeCall call) => Resource(call, "openapi.json", "application/json");

    /// <summary><c>GET /</c></summary>
    public static ValueTask Page(ServeCall call)
    {
        call.Http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return Resource(call, "playground.html", "text/html; charset=utf-8");
    }

    public static ValueTask Script(ServeCall call) =>
        Resource(call, "playground.js", "text/javascript; charset=utf-8");

    public static ValueTask Style(ServeCall call) =>
        Resource(call, "playground.css", "text/css; charset=utf-8");

    private static ValueTask Resource(ServeCall call, string name, string contentType)
    {
        using Stream stream = typeof(StoreCalls).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        call.Http.Response.Headers.XContentTypeOptions = "nosniff";
        call.Write(bytes, contentType);
        return ValueTask.CompletedTask;
    }

    private static ProblemException NotReady(string why) => new(Problem.OfHttp(503, why));
}
