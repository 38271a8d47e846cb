using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine publish STORE V</c></summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var version = new Argument<string>("VERSION")
        {
            Description = "Number, alias or name of the version.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("publish", "Make a version the active one.") { store, version, json };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long number = engine.ResolveVersion(parsed.GetRequiredValue(version));
            engine.Publish(number);
            RollbackCommand.Print(number, parsed.GetValue(json));
        }));
        return command;
    }
}
