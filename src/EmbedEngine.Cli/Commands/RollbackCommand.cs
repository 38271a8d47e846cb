using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine rollback STORE [--to V]</c></summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var to = new Option<string?>("--to")
        {
            Description =
                "Number, alias or name of the version to go back to (default the active one's parent).",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("rollback", "Make an earlier version the active one.") { store, to, json };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long? target = parsed.GetValue(to) is string text ? engine.ResolveVersion(text) : null;
            Print(engine.Rollback(target), parsed.GetValue(json));
        }));
        return command;
    }

    public static void Print(long version, bool json)
    {
        if (json) JsonOutput.Print(j => j.WriteNumber("active_version", version));
        else Console.WriteLine($"version {version} is active");
    }
}
