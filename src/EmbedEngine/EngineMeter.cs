// What the engine tells whoever listens of its work, by System.Diagnostics.Metrics: the meter "EmbedEngine".
// Nobody listens by default: then a call costs one comparison and allocates nothing. Where the program was
// built without metrics (MetricsSupport=false, as the shared library is), none of this is in it.
//
// Names and units are Prometheus' own, so that every exporter gives the same ones. Labels say what was asked
// and what answered, from lists that the engine knows: never an item, a user or another text of a caller.

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;

namespace EmbedEngine;

/// <summary>Counts and times of calls. Thread-safe; takes no lock.</summary>
internal static class EngineMeter
{
    private const string Switch = "System.Diagnostics.Metrics.Meter.IsSupported";

    /// <summary>Seconds: requests take microseconds from memory, milliseconds from a disk.</summary>
    private static readonly double[] s_seconds =
    [
        .00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1,
    ];

    /// <summary>A constant to the compiler that makes native code, which then leaves out what it guards.
    /// </summary>
    [FeatureSwitchDefinition(Switch)]
    private static bool IsSupported { get; } = !AppContext.TryGetSwitch(Switch, out bool on) || on;

    /// <summary>Made when first needed, where metrics are supported.</summary>
    private static class Instruments
    {
        private static readonly Meter s_meter = new("EmbedEngine", EngineInfo.Version);

        public static readonly Histogram<double> Requests = s_meter.CreateHistogram(
            "embedengine_request_duration_seconds", "s",
            "Time of an answer inside the engine, by what was asked, by which source, and what stood in.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });

        public static readonly Counter<long> Errors = s_meter.CreateCounter<long>(
            "embedengine_errors_total", null, "Calls that ended in an error, by call and code.");

        public static readonly Counter<long> Events = s_meter.CreateCounter<long>(
            "embedengine_events_total", null, "Events observed by this process.");

        public static readonly Counter<long> Flushes = s_meter.CreateCounter<long>(
            "embedengine_log_flushes_total", null, "Times that observed events were made durable (fsync).");

        public static readonly Counter<long> Refreshes = s_meter.CreateCounter<long>(
            "embedengine_refreshes_total", null, "Looks for a newer version, by outcome: moved or same.");

        /// <summary>Touched so that the gauges are there.</summary>
        public static readonly StoreGauges Gauges = new(s_meter);
    }

    /// <summary>A moment to measure from; 0 where nobody listens.</summary>
    public static long Start() =>
        IsSupported && Instruments.Requests.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A request that was answered, measured from a moment of <see cref="Start"/>.</summary>
    public static void Answered(string operation, string source, long start)
    {
        if (IsSupported && start != 0)
            Record(operation, source, "none", Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>A request that was answered by a source of candidates.</summary>
    public static void Answered(string operation, CandidateSourceKind source, in RecommendResult answer)
    {
        if (!IsSupported || !Instruments.Requests.Enabled) return;
        Record(operation, SourceNames.NameOf(source), NameOf(answer.Fallback), answer.LatencyUs * 1e-6);
    }

    private static void Record(string operation, string source, string fallback, double seconds) =>
        Instruments.Requests.Record(
            seconds, new KeyValuePair<string, object?>("operation", operation),
            new KeyValuePair<string, object?>("source", source),
            new KeyValuePair<string, object?>("fallback", fallback));

    /// <summary>Stands in the filter of a catch clause that catches nothing: counts what passes by.</summary>
    /// <returns>False.</returns>
    public static bool Failed(string operation, Exception error)
    {
        if (!IsSupported || !Instruments.Errors.Enabled) return false;
        ErrorCode code = error switch
        {
            EmbedEngineException known => known.Code,
            ArgumentException => ErrorCode.InvalidArgument,
            OutOfMemoryException => ErrorCode.OutOfMemory,
            _ => ErrorCode.Internal,
        };
        Instruments.Errors.Add(
            1, new KeyValuePair<string, object?>("operation", operation),
            new KeyValuePair<string, object?>("code", ErrorText.NameOf(code)));
        return false;
    }

    /// <summary>An event went into the live log.</summary>
    public static void Observed()
    {
        if (IsSupported) Instruments.Events.Add(1);
    }

    /// <summary>The live log was made durable.</summary>
    public static void Flushed()
    {
        if (IsSupported) Instruments.Flushes.Add(1);
    }

    /// <summary>An engine looked for a newer version.</summary>
    public static void Refreshed(bool moved)
    {
        if (IsSupported)
            Instruments.Refreshes.Add(
                1, new KeyValuePair<string, object?>("outcome", moved ? "moved" : "same"));
    }

    /// <summary>An engine is open: gauges tell of its store from now on.</summary>
    public static void Opened(Engine engine)
    {
        if (IsSupported) Instruments.Gauges.Add(engine);
    }

    /// <summary>An engine was closed.</summary>
    public static void Closed(Engine engine)
    {
        if (IsSupported) Instruments.Gauges.Remove(engine);
    }

    /// <summary>One word a fallback; by any other attribute, <c>attribute</c>.</summary>
    private static string NameOf(Fallback fallback) => fallback switch
    {
        Fallback.None => "none",
        Fallback.EmptySession => "empty_session",
        Fallback.UnknownItems => "unknown_items",
        Fallback.NoCandidates => "no_candidates",
        Fallback.Session => "session",
        Fallback.Category => "category",
        Fallback.Action => "action",
        Fallback.Centroid => "centroid",
        Fallback.Popularity => "popularity",
        Fallback.Brand => "brand",
        _ => "attribute",
    };
}
