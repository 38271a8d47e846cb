using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine upgrade STORE</c></summary>
internal static class UpgradeCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "upgrade",
            "Bring a store up to this build's format (the first write does it too); older builds refuse it "
            + "then.")
        {
            store, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            UpgradeReport report = engine.Upgrade();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Console.WriteLine(report.From == report.To
                ? $"format {report.To}: nothing to do"
                    : $"upgraded from format {report.From} to {report.To}");
        }));
        return command;
    }
}
