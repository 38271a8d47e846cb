using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary><c>embedengine bench nmf --input X.npy --k 16 --max-iter 200</c></summary>
internal static class BenchNmfCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--input")
        {
            Description =
                "A non-negative matrix, .npy; or events, OTTO JSONL: sessions x items, counts times idf.",
            Required = true,
        };
        var k = new Option<int>("--k")
        {
            Description = "Components (default 16).", DefaultValueFactory = _ => 16,
        };
        var iterations = new Option<int>("--max-iter")
        {
            Description = "Most iterations (default 200).", DefaultValueFactory = _ => 200,
        };
        var tolerance = new Option<double>("--tol")
        {
            Description = "Stop at this share of the first iteration's projected gradient (default 1e-4).",
            DefaultValueFactory = _ => 1e-4,
        };
        var target = new Option<double>("--target-error")
        {
            Description = "Stop at this relative error (default 0: never).",
        };
        var sweeps = new Option<int>("--sweeps")
        {
            Description = "Sweeps for one product (default 2).", DefaultValueFactory = _ => 2,
        };
        var shift = new Option<bool>("--shift") { Description = "Subtract each column's minimum first." };
        Option<int> holdout = BenchCommand.Holdout();
        var output = new Option<string?>("--out")
        {
            Description = "Writes OUT.w.npy, OUT.h.npy and OUT.nnls.npy.",
        };
        Option<ulong> seed = SharedOptions.Seed();
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("nmf", "Non-negative matrix factorisation, and projection on what it found.")
        {
            input, k, iterations, tolerance, target, sweeps, shift, holdout, output, seed, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            NmfBenchReport report = BenchRuns.Nmf(
                parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(k),
                parsed.GetValue(iterations),
                parsed.GetValue(tolerance), parsed.GetValue(target), parsed.GetValue(sweeps),
                parsed.GetValue(shift),
                parsed.GetValue(holdout), parsed.GetValue(seed), parsed.GetValue(threads), progress.Handler,
                cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static void Print(NmfBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Rows:N0} x {r.Columns:N0}, {r.Entries:N0} entries, {r.Rank} components: {r.Iterations} "
        + $"iterations in "
        + $"{r.Seconds:0.000} s ({r.CpuSeconds:0.000} s of processor time), relative error "
        + $"{r.RelativeError:0.0000}; "
        + $"NNLS {r.NnlsMicrosecondsPerRow:0.00} us a row"));

    private static void PrintJson(NmfBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("n", r.Rows);
        json.WriteNumber("d", r.Columns);
        json.WriteNumber("nnz", r.Entries);
        json.WriteNumber("k", r.Rank);
        json.WriteNumber("threads", r.Threads);
        json.WriteNumber("seconds", BenchCommand.Round(r.Seconds));
        json.WriteNumber("cpu_s", BenchCommand.Round(r.CpuSeconds));
        json.WriteNumber("iterations", r.Iterations);
        json.WriteBoolean("converged", r.Converged);
        json.WriteNumber("relative_error", Math.Round(r.RelativeError, 6));
        json.WriteNumber("nnls_us_per_row", BenchCommand.Round(r.NnlsMicrosecondsPerRow));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
