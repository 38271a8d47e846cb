using System.CommandLine;
using EmbedEngine.Cli.Output;
using EmbedEngine.Report;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine explore STORE [--no-live] [--html FILE]</c></summary>
internal static class ExploreCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var noLive = new Option<bool>("--no-live")
        {
            Description = "Leave out what was observed and no import or training has taken up yet.",
        };
        Option<string?> html = HtmlFile.Option();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "explore", "What is in the log: volumes, actions, sessions, items, users. Needs no training.")
        {
            store, noLive, html, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            ExploreReport report = engine.Explore(
                new ExploreOptions { Live = !parsed.GetValue(noLive) }, progress.Handler, cancellation);
            progress.Finish();
            HtmlFile.WriteIfAsked(parsed, html, () => HtmlReport.OfLog(engine, report));
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else ExploreText.Print(report);
        }));
        return command;
    }
}
