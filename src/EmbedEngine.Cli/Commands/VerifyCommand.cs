using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine verify STORE [--full]</c></summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var full = new Option<bool>("--full")
        {
            Description = "Read every byte against its checksum; without it headers only.",
        };
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("verify", "Check every file of a store; exit code 1 when something is wrong.")
        {
            store, full, json,
        };
        command.SetAction(parsed =>
        {
            bool sound = false;
            int exit = Program.Run(cancellation =>
            {
                using Engine engine = SharedOptions.Open(parsed, store);
                var progress = new ConsoleProgress();
                VerifyReport report = engine.Verify(parsed.GetValue(full), progress.Handler, cancellation);
                progress.Finish();
                sound = report.Faults.Count == 0;
                if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
                else Print(report);
            });
            if (exit != 0 || sound) return exit;
            Console.Error.WriteLine(
                "embedengine: the store is damaged; the faults are listed on standard output");
            return Program.Failure;
        });
        return command;
    }

    private static void Print(VerifyReport report)
    {
        foreach (StoreFault fault in report.Faults) Console.WriteLine($"{fault.File}: {fault.Problem}");
        string verdict = report.Faults.Count == 0 ? "sound" : $"{report.Faults.Count} faults";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}: {report.Files:N0} files checked, {report.Bytes:N0} bytes read"));
    }
}
