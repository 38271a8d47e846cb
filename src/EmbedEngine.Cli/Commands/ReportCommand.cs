using System.CommandLine;
using System.Diagnostics;
using EmbedEngine.Cli.Output;
using EmbedEngine.Report;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine report STORE --out FILE.html [--test FILE]</c></summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var outFile = new Option<string>("--out")
        {
            Description = "The page: one HTML file, written whole or not at all.", Required = true,
        };
        var test = new Option<string?>("--test")
        {
            Description =
                "Test file, as of evaluate: quality is measured on it and the sessions shown are of it. "
                + "Without it, what train measured, and sessions of the log.",
        };
        Option<int> k = SharedOptions.K(20);
        var sessions = new Option<int>("--sessions")
        {
            Description = "Sessions to click through, 0 to 12 (default 10).", DefaultValueFactory = _ => 10,
        };
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var input = new InputOptions(sessionIsKey: true);
        var command = new Command(
            "report",
            "One HTML page of a store: its log, quality, sessions, items, people, what changed. It needs "
            + "nothing else: no other file, no network. The sessions shown have the keys of their users.")
        {
            store, outFile, test, k, sessions, seed, json,
        };
        input.AddTo(command);
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            if (parsed.GetValue(test) is null && input.IsGiven(parsed) is { } unused)
                throw new ArgumentException($"{unused} says how a test file is read: it needs --test FILE");
            InputOptions.RefuseStandardInput(parsed.GetValue(test));
            long start = Stopwatch.GetTimestamp();
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            string page = HtmlReport.Of(
                engine,
                new ReportOptions
                {
                    Test = parsed.GetValue(test) is string file ? EventSource.Auto(file) : null,
                    TestOptions = input.Read(parsed), K = parsed.GetValue(k),
                    Sessions = parsed.GetValue(sessions), Seed = parsed.GetValue(seed),
                },
                progress.Handler, cancellation);
            progress.Finish();
            string path = StandardOutput.Resolve(parsed.GetRequiredValue(outFile));
            long bytes = HtmlReport.Save(page, path);
            if (StandardOutput.IsMeantBy(path)) return;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j =>
                {
                    j.WriteString("file", path);
                    j.WriteNumber("bytes", bytes);
                    j.WriteNumber("seconds", Math.Round(seconds, 3));
                });
            }
            else
            {
                Console.WriteLine(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{path}: {bytes / 1024.0:N0} KiB in {seconds:0.0} s; open it in a browser"));
            }
        }));
        return command;
    }
}
