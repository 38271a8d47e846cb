using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine forget STORE (--user KEY | --item KEY)</c></summary>
internal static class ForgetCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var user = new Option<string?>("--user") { Description = "Key of the user to forget." };
        var item = new Option<string?>("--item") { Description = "Key of the item to forget." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("forget", "Remove a user or an item from the event log and the dictionary.")
        {
            store, user, item, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            (string? userKey, string? itemKey) = (parsed.GetValue(user), parsed.GetValue(item));
            if ((userKey is null) == (itemKey is null))
                throw new ArgumentException("give --user or --item, and not both");
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            ForgetReport report = userKey is not null
                ? engine.ForgetUser(userKey, progress.Handler, cancellation)
                : engine.ForgetItem(itemKey!, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(ForgetReport report)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.RemovedEvents:N0} events and {report.RemovedSessions:N0} sessions removed from the "
            + $"log"));
        if (report.RemovedAnswers > 0)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.RemovedAnswers:N0} records removed from answer logs"));
        if (report.NewVersion is { } version)
            Console.WriteLine($"version {version} answers from now on, without the user's history");
        if (report.VersionsBefore.Count > 0)
        {
            Console.WriteLine(
                $"versions {string.Join(", ", report.VersionsBefore)} were learned before: run train, then "
                + $"collect --keep 1");
        }
        if (report.OpenLiveLogs > 0)
            Console.WriteLine($"{report.OpenLiveLogs} live logs are still open in running processes");
    }
}
