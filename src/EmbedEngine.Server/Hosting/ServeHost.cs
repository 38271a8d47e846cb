// The host of `embedengine serve`: Kestrel, routing, our endpoints, and no more. It is built from the empty
// builder, not the slim one: that reads appsettings.json of the directory it happens to be started in and
// ASPNETCORE_ variables, either of which could open another address than the one that was asked for.

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
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
    private const int LeastBodyRate = 240; // bytes a second

    // How long connections that only send or only read may keep a host that stops.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(1);

    /// <summary>Serves until the process is told to stop (SIGTERM, SIGINT) or the token says so.</summary>
    public static void Run(string store, ServeHostOptions options, CancellationToken stop)
    {
        using WebApplication app = Build(store, options, out ServedStore served);
        Start(app, options, stop);
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EmbedEngine.Server");
        ServeLog.Listening(log, store, AddressOf(app));
        Stop(app, served, stop).GetAwaiter().GetResult();
    }

    private static void Start(WebApplication app, ServeHostOptions options, CancellationToken stop)
    {
        string endpoint = new IPEndPoint(options.Address, options.Port).ToString();
        try
        {
            app.StartAsync(stop).GetAwaiter().GetResult();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new EmbedEngineException(
                ErrorCode.Io,
                $"{endpoint} cannot be listened on (another program has it?): --port names another", e);
        }
        catch (SocketException e)
        {
            string why = e.SocketErrorCode switch
            {
                SocketError.AccessDenied => "this user may not",
                SocketError.AddressNotAvailable => "this machine has no such address",
                SocketError.AddressFamilyNotSupported => "this machine has no addresses of its kind",
                var other => other.ToString(),
            };
            throw new EmbedEngineException(
                ErrorCode.Io,
                $"{endpoint} cannot be listened on ({why}): --listen and --port name another", e);
        }
    }

    /// <summary>
    /// Waits until the host is told to stop, and stops it: requests at work are finished, and when there has
    /// been none for a second, connections that only send or only read are cut.
    /// </summary>
    private static async Task Stop(WebApplication app, ServedStore served, CancellationToken stop)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (app.Lifetime.ApplicationStopping.Register(told.SetResult))
        using (stop.Register(app.Lifetime.StopApplication))
            await told.Task.ConfigureAwait(false);
        using var cut = new CancellationTokenSource();
        Task stopped = app.StopAsync(cut.Token);
        long start = Environment.TickCount64;
        while (!stopped.IsCompleted)
        {
            bool waited = Environment.TickCount64 - start >= (long)s_idle.TotalMilliseconds;
            if (waited && served.IsIdleFor(s_idle)) break;
            await Task.WhenAny(stopped, Task.Delay(50, CancellationToken.None)).ConfigureAwait(false);
        }
        await cut.CancelAsync().ConfigureAwait(false);
        await stopped.ConfigureAwait(false);
    }

    /// <summary>Where a started host listens, such as <c>http://127.0.0.1:8080</c>.</summary>
    public static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>A host that is not started yet.</summary>
    public static WebApplication Build(string store, ServeHostOptions options) =>
        Build(store, options, out _);

    private static WebApplication Build(string store, ServeHostOptions options, out ServedStore served)
    {
        options.Validate();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var log = new JsonLog(options.Log ?? Console.OpenStandardError());
        builder.Logging.AddProvider(log);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.Configure<KestrelServerOptions>(kestrel => Limit(kestrel, options));
        WebApplication app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => log.HasStarted = true);
        app.Use(TellWhatIsNotThere);
        app.UseRouting();
        ServeOptions serve = options.Serve with { AllowedHosts = HostsOf(options) };
        EmbedEngineEndpoints.Map(app, Engine.Open(store), serve, ownsEngine: true, out served);
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
        limits.MinRequestBodyDataRate = new MinDataRate(LeastBodyRate, TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(16 << 10, TimeSpan.FromSeconds(10));
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
