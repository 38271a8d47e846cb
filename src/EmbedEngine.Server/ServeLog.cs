using Microsoft.Extensions.Logging;

namespace EmbedEngine.Server;

/// <summary>What the server tells its log.</summary>
internal static partial class ServeLog
{
    [LoggerMessage(1, LogLevel.Information, "serving {Store} at {Address}", EventName = "listening")]
    public static partial void Listening(ILogger log, string store, string address);

    [LoggerMessage(2, LogLevel.Information, "version {Version} ({Name}) answers", EventName = "moved")]
    public static partial void Moved(ILogger log, long version, string name);

    [LoggerMessage(3, LogLevel.Warning, "{Problem}", EventName = "store_problem")]
    public static partial void CannotFollow(ILogger log, string problem);

    [LoggerMessage(4, LogLevel.Error, "{Method} {Route}: {Problem}", EventName = "request_failed")]
    public static partial void Failed(
        ILogger log, string method, string route, string problem, Exception? error);

    [LoggerMessage(5, LogLevel.Information, "{Method} {Route} {Status} {Us} us", EventName = "request")]
    public static partial void Answered(ILogger log, string method, string route, int status, double us);

    [LoggerMessage(6, LogLevel.Information, "stopping: {InFlight} requests in flight",
        EventName = "stopping")]
    public static partial void Stopping(ILogger log, int inFlight);

    [LoggerMessage(7, LogLevel.Information, "stopped", EventName = "stopped")]
    public static partial void Stopped(ILogger log);
}
