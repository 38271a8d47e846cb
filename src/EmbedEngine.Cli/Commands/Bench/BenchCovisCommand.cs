using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary>
/// <c>embedengine bench covis --input EVENTS.jsonl --threads 2 [--rule classic|serving]</c>
/// </summary>
internal static class BenchCovisCommand
{
    public static Command Create()
    {
        Option<string> input = BenchCommand.Input();
        var rule = new Option<CovisitationRule>("--rule")
        {
            Description = "Which pairs count: classic (default), as SQL does, or serving, as training does.",
            DefaultValueFactory = _ => CovisitationRule.Classic,
        };
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("covis", "Import into a temporary store, co-visitation and popularity.")
        {
            input, rule, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            CovisitationBenchReport report = BenchRuns.Covisitation(
                parsed.GetRequiredValue(input), parsed.GetValue(rule), parsed.GetValue(threads),
                progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static void Print(CovisitationBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Events:N0} events imported in {r.ImportSeconds:0.000} s ({r.ImportCpuSeconds:0.000} s of "
        + $"processor time); {r.Rows:N0} pairs of {r.Items:N0} items in {r.CovisitationSeconds:0.000} s "
        + $"({r.CovisitationCpuSeconds:0.000} s), weights sum to {r.WeightSum:0.0000}; popularity in "
        + $"{r.PopularitySeconds:0.000} s"));

    private static void PrintJson(CovisitationBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("events", r.Events);
        json.WriteNumber("items", r.Items);
        json.WriteNumber("import_s", BenchCommand.Round(r.ImportSeconds));
        json.WriteNumber("import_cpu_s", BenchCommand.Round(r.ImportCpuSeconds));
        json.WriteNumber("covis_s", BenchCommand.Round(r.CovisitationSeconds));
        json.WriteNumber("covis_cpu_s", BenchCommand.Round(r.CovisitationCpuSeconds));
        json.WriteNumber("load_cpu_s", BenchCommand.Round(r.LoadCpuSeconds));
        json.WriteNumber("popularity_s", BenchCommand.Round(r.PopularitySeconds));
        json.WriteNumber("popularity_cpu_s", BenchCommand.Round(r.PopularityCpuSeconds));
        json.WriteNumber("rows", r.Rows);
        json.WriteNumber("weight_sum", Math.Round(r.WeightSum, 4));
        json.WriteNumber("best_popularity", Math.Round(r.BestPopularity, 3));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
