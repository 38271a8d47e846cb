using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine refresh STORE [--customers]</c></summary>
internal static class RefreshCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var customers = new Option<bool>("--customers")
        {
            Description = "Only histories, profiles and vectors of users.",
        };
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "refresh",
                "Fold new events into a new version without training: counts and histories, not vectors.")
        {
            store, customers, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            RefreshReport report = engine.RefreshVersion(
                parsed.GetValue(customers), parsed.GetValue(threads), progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j => JsonReports.WriteFields(j, report));
                return;
            }
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"version {report.Version}, of version {report.Parent}: {report.NewEvents:N0} new events, "
                + $"{report.Users:N0} users, {report.Seconds:0.0} s"));
            if (report.UnknownItemEvents == 0) return;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.UnknownItemEvents:N0} events are of items that it does not know: train to learn "
                + $"them"));
        }));
        return command;
    }
}
