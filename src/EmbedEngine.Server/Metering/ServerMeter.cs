using System.Diagnostics.Metrics;
using System.Globalization;

namespace EmbedEngine.Server.Metering;

/// <summary>What the server itself counts: the meter <c>EmbedEngine.Server</c>. The engine has one of its
/// own.</summary>
internal static class ServerMeter
{
    public const string Name = "EmbedEngine.Server";

    private static readonly Meter s_meter = new(Name, EngineInfo.Version);

    private static readonly Histogram<double> s_requests = s_meter.CreateHistogram(
        "embedengine_http_request_duration_seconds", "s",
        "Time from a request's head to the end of its answer, by path and status.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5],
        });

    private static readonly string[] s_statuses =
        [.. Enumerable.Range(0, 600).Select(s => s.ToString(CultureInfo.InvariantCulture))];

    private static string NameOf(int status) => (uint)status < 600 ? s_statuses[status] : "other";

    /// <summary>A request was answered.</summary>
    /// <param name="path">Its template.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="taken">How long it took.</param>
    public static void Answered(string path, int status, TimeSpan taken)
    {
        if (!s_requests.Enabled) return;
        s_requests.Record(
            taken.TotalSeconds, new KeyValuePair<string, object?>("path", path),
            new KeyValuePair<string, object?>("status", NameOf(status)));
    }
}
