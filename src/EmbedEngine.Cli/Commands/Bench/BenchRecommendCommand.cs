using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary><c>embedengine bench recommend STORE --test FILE --source hybrid|hybrid_default</c></summary>
internal static class BenchRecommendCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var test = new Option<string>("--test")
        {
            Description = "Test file: JSONL {\"items\":[…],\"target\":x} or any import format.",
            Required = true,
        };
        var source = new Option<string>("--source")
        {
            Description = "What answers (default hybrid_default).",
            DefaultValueFactory = _ => SourceNames.NameOf(CandidateSourceKind.HybridDefault),
        };
        Option<int> k = SharedOptions.K(20);
        var most = new Option<int>("--max-requests")
        {
            Description = "At most so many requests; 0 = all (default).", DefaultValueFactory = _ => 0,
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("recommend", "Replay a test file's growing prefixes on one thread.")
        {
            store, test, source, k, most, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            RecommendBenchReport report = BenchRuns.Recommend(
                parsed.GetRequiredValue(store), parsed.GetRequiredValue(test),
                SharedOptions.Source(parsed.GetRequiredValue(source)), parsed.GetValue(k),
                parsed.GetValue(most),
                progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static void Print(RecommendBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Requests:N0} requests of {r.K}: p50 {r.P50Us:0.0} µs, p99 {r.P99Us:0.0} µs, "
        + $"{r.RequestsPerSecond:N0} a second, {r.AllocatedBytes:N0} bytes allocated; index search p50 "
        + $"{r.IndexP50Us:0.0} µs, recall {r.AnnRecall:0.0000}"));

    private static void PrintJson(RecommendBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("p50_us", Math.Round(r.P50Us, 2));
        json.WriteNumber("p99_us", Math.Round(r.P99Us, 2));
        json.WriteNumber("requests_per_s", Math.Round(r.RequestsPerSecond, 1));
        json.WriteNumber("requests", r.Requests);
        json.WriteNumber("k", r.K);
        json.WriteNumber("allocated_bytes", r.AllocatedBytes);
        json.WriteNumber("allocating_share", Math.Round(r.AllocatingShare, 6));
        json.WriteNumber("index_p50_us", Math.Round(r.IndexP50Us, 2));
        if (r.AnnRecall is double recall) json.WriteNumber("ann_recall", Math.Round(recall, 5));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
