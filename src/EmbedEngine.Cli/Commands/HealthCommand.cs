using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine health STORE</c></summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "health", "Measure what goes wrong in silence, with remedies, and say whether to train again.")
        {
            store, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            HealthReport report = engine.Health(progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(HealthReport report)
    {
        foreach (HealthCheck check in report.Checks)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(check.Ok ? "ok  " : "FAIL")} {check.Name}: {check.Measure}: {check.Value:0.####} "
                + $"(threshold {check.Threshold:0.####}: {check.Source})"));
            if (!check.Ok) Console.WriteLine($"     {check.Remedy}.");
        }
        foreach (string reason in report.Retrain.Reasons) Console.WriteLine($"retrain: {reason}.");
        int failed = report.Checks.Count(c => !c.Ok);
        Console.WriteLine(report.Ok ? $"healthy: {report.Checks.Count} checks"
            : $"{failed} of {report.Checks.Count} checks found something");
    }
}
