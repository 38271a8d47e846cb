using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine observe STORE --user KEY --item KEY --action A [--time T]</c></summary>
internal static class ObserveCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var user = new Option<string>("--user") { Description = "Key of the user.", Required = true };
        var item = new Option<string>("--item") { Description = "Key of the item.", Required = true };
        var action = new Option<string>("--action")
        {
            Description = "Action (default clicks).", DefaultValueFactory = _ => "clicks",
        };
        var time = new Option<string?>("--time")
        {
            Description = "ISO-8601 or epoch in s or ms (default now).",
        };
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("observe", "Log one event as it happens; the next import or train takes it up.")
        {
            store, user, item, action, time, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long ms = parsed.GetValue(time) is string text
                ? TimeText.ParseMs("--time", text) : DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            string name = parsed.GetRequiredValue(action);
            bool known = engine.Observe(
                parsed.GetRequiredValue(user), parsed.GetRequiredValue(item), name, ms);
            engine.FlushObserved();
            if (!known)
            {
                Console.Error.WriteLine(
                    $"embedengine: warning: the action '{name}' is new to this store: it keeps its name and "
                    + "counts 1");
            }
            if (parsed.GetValue(json)) JsonOutput.Print(j => j.WriteNumber("time_ms", ms));
        }));
        return command;
    }
}
