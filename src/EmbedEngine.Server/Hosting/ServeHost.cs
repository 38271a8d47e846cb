// The host of `embedengine serve`: Kestrel, routing, our endpoints, and no more. It is built from the empty
// builder, not the slim one: that reads appsettings.json of the directory it happens to be started in and
// ASPNETCORE_ variables, either of which could open another address than the one that was asked for.

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbedEngine.Server.Hosting;

/// <summary>A store served by a process of its own.</summary>
internal static class ServeHost
{
    private const int MostConnections = 1024;

    /// <summary>Serves until the process is told to stop (SIGTERM, SIGINT) or the token says so.</summary>
    public static void Run(string store, ServeHostOptions options, CancellationToken stop)
    {
        using WebApplication app = Build(store, options);
        app.StartAsync(stop).GetAwaiter().GetResult();
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EmbedEngine.Server");
        ServeLog.Listening(log, store, AddressOf(app));
        app.WaitForShutdownAsync(stop).GetAwaiter().GetResult();
    }

    /// <summary>Where a started host listens, such as <c>http://127.0.0.1:8080</c>.</summary>
    public static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>A host that is not started yet.</summary>
    public static WebApplication Build(string store, ServeHostOptions options)
    {
        options.Validate();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(new JsonLog(options.Log ?? Console.OpenStandardError()));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.Configure<KestrelServerOptions>(kestrel => Limit(kestrel, options));
        WebApplication app = builder.Build();
        app.Use(TellWhatIsNotThere);
        app.UseRouting();
        app.MapEmbedEngine(store, options.Serve with { AllowedHosts = HostsOf(options) });
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, ServeHostOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.Serve.MaxBodyBytes;
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
    }

    private static string[] HostsOf(ServeHostOptions options) =>
        ["localhost", "127.0.0.1", "[::1]", options.Address.ToString(), .. options.AllowedHosts];

    /// <summary>Paths and methods that there are not get a problem for an answer, too.</summary>
    private static async Task TellWhatIsNotThere(HttpContext http, RequestDelegate next)
    {
        await next(http).ConfigureAwait(false);
        HttpResponse response = http.Response;
        if (response.HasStarted || response.StatusCode is not (404 or 405)
            || http.GetEndpoint() is RouteEndpoint) return;
        string path = http.Request.Path;
        await Problem.OfHttp(response.StatusCode, response.StatusCode == 404
            ? $"there is no path {path}; GET /v1/openapi.json lists them"
            : $"{path} has no method {http.Request.Method}").Write(http).ConfigureAwait(false);
    }
}
