using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary>
/// <c>embedengine bench walks --input EVENTS.jsonl --walks 10 --length 20 --out WALKS.txt</c>
/// </summary>
internal static class BenchWalksCommand
{
    public static Command Create()
    {
        Option<string> input = BenchCommand.Input();
        var walks = new Option<int>("--walks")
        {
            Description = "Walks from each item (default 10).", DefaultValueFactory = _ => 10,
        };
        var length = new Option<int>("--length")
        {
            Description = "Items of a walk (default 20).", DefaultValueFactory = _ => 20,
        };
        var p = new Option<double>("--p")
        {
            Description = "node2vec's return parameter (default 1).", DefaultValueFactory = _ => 1,
        };
        var q = new Option<double>("--q")
        {
            Description = "node2vec's in-out parameter (default 1).", DefaultValueFactory = _ => 1,
        };
        Option<int> holdout = BenchCommand.Holdout();
        var output = new Option<string?>("--out") { Description = "Writes one walk a line." };
        Option<ulong> seed = SharedOptions.Seed();
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("walks", "Weighted walks over the graph of consecutive items.")
        {
            input, walks, length, p, q, holdout, output, seed, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            WalkBenchReport report = BenchRuns.Walks(
                parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(walks),
                parsed.GetValue(length),
                parsed.GetValue(p), parsed.GetValue(q), parsed.GetValue(holdout), parsed.GetValue(seed),
                parsed.GetValue(threads), progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static double StepsPerCpuSecond(WalkBenchReport r) =>
        r.WalkCpuSeconds > 0 ? r.Steps / r.WalkCpuSeconds : 0;

    private static void Print(WalkBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Nodes:N0} items, {r.Edges:N0} edges in {r.GraphSeconds:0.000} s; {r.Walks:N0} walks of "
        + $"{r.Steps:N0} steps in {r.WalkSeconds:0.000} s ({StepsPerCpuSecond(r) / 1e6:0.0} M steps a "
        + $"second of processor time)"));

    private static void PrintJson(WalkBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("nodes", r.Nodes);
        json.WriteNumber("edges", r.Edges);
        json.WriteNumber("graph_s", BenchCommand.Round(r.GraphSeconds));
        json.WriteNumber("graph_cpu_s", BenchCommand.Round(r.GraphCpuSeconds));
        json.WriteNumber("walks", r.Walks);
        json.WriteNumber("steps", r.Steps);
        json.WriteNumber("walk_s", BenchCommand.Round(r.WalkSeconds));
        json.WriteNumber("walk_cpu_s", BenchCommand.Round(r.WalkCpuSeconds));
        json.WriteNumber("steps_per_cpu_s", Math.Round(StepsPerCpuSecond(r), 1));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
