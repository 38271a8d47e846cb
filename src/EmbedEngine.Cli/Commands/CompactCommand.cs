using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine compact STORE [--keep-days N]</c></summary>
internal static class CompactCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var keepDays = new Option<double?>("--keep-days")
        {
            Description = "Events further back than this from the newest one go (default: all stay).",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "compact", "Rewrite the event log into few segments; with --keep-days, drop old events.")
        {
            store, keepDays, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            double? days = parsed.GetValue(keepDays);
            if (days is not null and not (>= 0 and < 1_000_000))
                throw new ArgumentException($"--keep-days {days} is not 0 to 1000000");
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            CompactReport report = engine.Compact(
                days is double d ? TimeSpan.FromDays(d) : null, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(CompactReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.SegmentsBefore} segments, {report.BytesBefore:N0} bytes -> {report.SegmentsAfter} "
        + $"segments, {report.BytesAfter:N0} bytes; {report.RemovedEvents:N0} events and "
        + $"{report.RemovedSessions:N0} sessions went"));
}
