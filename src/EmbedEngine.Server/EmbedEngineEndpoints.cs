using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbedEngine.Server;

/// <summary>
/// A store over HTTP, in a host of your own:
/// <code>
/// var app = WebApplication.CreateSlimBuilder(args).Build();
/// app.MapGroup("/shop").MapEmbedEngine("shop.ee");
/// app.Run();
/// </code>
/// docs/serve.md has the paths, openapi.json their shapes. The server follows what other processes publish;
/// it is told of the host's stop and closes the store after the last request.
/// </summary>
public static class EmbedEngineEndpoints
{
    /// <summary>Maps the endpoints of a store, which is opened here and closed with the host.</summary>
    /// <param name="endpoints">The host's endpoints, or a group of them.</param>
    /// <param name="store">Directory of the store; it need not exist yet.</param>
    /// <param name="options">How to serve; null = defaults.</param>
    /// <returns>The endpoints, for authorization and what else the host wants of them.</returns>
    /// <exception cref="EmbedEngineException">The store's catalog cannot be read.</exception>
    public static IEndpointConventionBuilder MapEmbedEngine(
        this IEndpointRouteBuilder endpoints, string store, ServeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        options ??= new ServeOptions();
        options.Validate();
        return Map(endpoints, Engine.Open(store), options, ownsEngine: true, out _);
    }

    /// <summary>Maps the endpoints of an engine that the caller opened, and closes after the host has
    /// stopped.</summary>
    /// <param name="endpoints">The host's endpoints, or a group of them.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="options">How to serve; null = defaults.</param>
    /// <returns>As of the other.</returns>
    public static IEndpointConventionBuilder MapEmbedEngine(
        this IEndpointRouteBuilder endpoints, Engine engine, ServeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(engine);
        options ??= new ServeOptions();
        options.Validate();
        return Map(endpoints, engine, options, ownsEngine: false, out _);
    }

    /// <summary>As the public ones, of options that were validated; gives what it maps.</summary>
    internal static RouteGroupBuilder Map(
        IEndpointRouteBuilder endpoints, Engine engine, ServeOptions options, bool ownsEngine,
        out ServedStore store)
    {
        ILoggerFactory logs =
            endpoints.ServiceProvider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var served = new ServedStore(engine, options, logs.CreateLogger("EmbedEngine.Server"), ownsEngine);
        var guard = new RequestGuard(served);
        RouteGroupBuilder group = endpoints.MapGroup("");
        foreach (Route route in Route.All)
        {
            if (route.IsPage && !options.Playground) continue;
            group.MapMethods(
                route.Path, [route.Method], (RequestDelegate)(http => guard.Run(http, route)));
        }
        IHostApplicationLifetime life =
            endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        life.ApplicationStopping.Register(() =>
        {
            served.IsStopping = true;
            ServeLog.Stopping(served.Log, served.InFlight);
        });
        life.ApplicationStopped.Register(() =>
        {
            served.DisposeAsync().AsTask().GetAwaiter().GetResult();
            ServeLog.Stopped(served.Log);
        });
        served.Start();
        store = served;
        return group;
    }
}
