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
        var request = new Option<string?>("--request")
        {
            Description = "Id of the recorded answer that led to the event (recommend --record).",
        };
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("observe", "Log one event as it happens; the next import or train takes it up.")
        {
            store, user, item, action, time, json, request,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long ms = parsed.GetValue(time) is string text
                ? TimeText.ParseMs("--time", text) : DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            string name = parsed.GetRequiredValue(action);
            (string who, string what) = (parsed.GetRequiredValue(user), parsed.GetRequiredValue(item));
            string? id = parsed.GetValue(request);
            var link = RequestLink.Taken;
            bool known = id is null ? engine.Observe(who, what, name, ms)
                : engine.Observe(who, what, name, ms, id, out link);
            engine.FlushObserved();
            if (!known)
            {
                Console.Error.WriteLine(
                    $"embedengine: warning: the action '{name}' is new to this store: it keeps its name and "
                    + "counts 1");
            }
            if (link != RequestLink.Taken)
            {
                Console.Error.WriteLine(
                    $"embedengine: warning: the event was taken, and not as an outcome of '{id}': "
                    + Why(link, engine));
            }
            if (!parsed.GetValue(json)) return;
            JsonOutput.Print(j =>
            {
                j.WriteNumber("time_ms", ms);
                if (id is not null) j.WriteString("request", JsonReports.NameOf(link));
            });
        }));
        return command;
    }

    private static string Why(RequestLink link, Engine engine) => link switch
    {
        RequestLink.Malformed => "an id is 32 hexadecimal digits",
        RequestLink.Unknown => "this store has given no such id",
        RequestLink.Expired => "answers are not kept so long",
        _ => engine.Info().AnswerProblem ?? "the answer log cannot be written",
    };
}
