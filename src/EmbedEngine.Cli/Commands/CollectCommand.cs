using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine collect STORE [--keep N]</c></summary>
internal static class CollectCommand
{
    private const int DefaultKeep = 3;

    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var keep = new Option<int>("--keep")
        {
            Description = $"Newest versions to keep (default {DefaultKeep}).",
            DefaultValueFactory = _ => DefaultKeep,
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("collect", "Remove versions that are not active, aliased, recent or open.")
        {
            store, keep, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            CollectReport report = engine.Collect(parsed.GetValue(keep));
            if (!parsed.GetValue(json))
            {
                Console.WriteLine(report.Collected.Count == 0 ? "nothing to collect"
                    : $"collected {string.Join(", ", report.Collected)}");
                if (report.Leased.Count > 0)
                    Console.WriteLine($"still open somewhere: {string.Join(", ", report.Leased)}");
                return;
            }
            JsonOutput.Print(j => JsonReports.WriteFields(j, report));
        }));
        return command;
    }
}
