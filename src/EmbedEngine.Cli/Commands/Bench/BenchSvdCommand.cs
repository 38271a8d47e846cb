using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary><c>embedengine bench svd --input EVENTS.jsonl --window 5 --k 64 --out PREFIX</c></summary>
internal static class BenchSvdCommand
{
    public static Command Create()
    {
        Option<string> input = BenchCommand.Input();
        var window = new Option<int>("--window")
        {
            Description = "Events to each side (default 5).", DefaultValueFactory = _ => 5,
        };
        Option<int> k = SharedOptions.K(64);
        var minCount = new Option<int>("--min-count")
        {
            Description = "Items with fewer events are left out (default 5).", DefaultValueFactory = _ => 5,
        };
        Option<int> holdout = BenchCommand.Holdout();
        var fast = new Option<bool>("--fast") { Description = "Randomised instead of Lanczos." };
        var output = new Option<string?>("--out") { Description = "Writes OUT.npy and OUT.ids.npy." };
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("svd", "Co-occurrence, PPMI and truncated SVD.")
        {
            input, window, k, minCount, holdout, fast, output, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            SvdBenchReport report = BenchRuns.Svd(
                parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(window),
                parsed.GetValue(k),
                parsed.GetValue(minCount), parsed.GetValue(holdout), parsed.GetValue(fast),
                parsed.GetValue(threads),
                progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static void Print(SvdBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Items:N0} items, {r.CountedPairs:N0} pairs in {r.CountSeconds:0.000} s, {r.Entries:N0} "
        + $"positive in {r.PpmiSeconds:0.000} s; "
        + $"{r.SingularValues.Count} singular values in {r.SvdSeconds:0.000} s ({r.SvdCpuSeconds:0.000} s "
        + $"of processor time), sum of squares {r.SumOfSquares:0.0}, residual {r.Residual:0.0000}"));

    private static void PrintJson(SvdBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("items", r.Items);
        json.WriteNumber("nnz_counts", r.CountedPairs);
        json.WriteNumber("nnz", r.Entries);
        json.WriteNumber("count_s", BenchCommand.Round(r.CountSeconds));
        json.WriteNumber("count_cpu_s", BenchCommand.Round(r.CountCpuSeconds));
        json.WriteNumber("ppmi_s", BenchCommand.Round(r.PpmiSeconds));
        json.WriteNumber("ppmi_cpu_s", BenchCommand.Round(r.PpmiCpuSeconds));
        json.WriteNumber("svd_s", BenchCommand.Round(r.SvdSeconds));
        json.WriteNumber("svd_cpu_s", BenchCommand.Round(r.SvdCpuSeconds));
        json.WriteNumber("sum_sq", Math.Round(r.SumOfSquares, 1));
        json.WriteNumber("residual", Math.Round(r.Residual, 6));
        json.WriteStartArray("top");
        foreach (double s in r.SingularValues.Take(5)) json.WriteNumberValue(Math.Round(s, 3));
        json.WriteEndArray();
        json.WriteNumber("last", Math.Round(r.SingularValues[^1], 3));
        json.WriteNumber("products", r.Products);
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
