using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine backup STORE DIR</c></summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var directory = new Argument<string>("DIR") { Description = "New directory for the copy." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("backup", "Copy a store, while it is used, into a new directory.")
        {
            store, directory, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            BackupReport report =
                engine.Backup(parsed.GetRequiredValue(directory), progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(BackupReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Path}: {report.Versions:N0} versions, {report.Files:N0} files, {report.Bytes:N0} bytes"));
}
