using System.CommandLine;
using EmbedEngine.Cli.Output;
using EmbedEngine.Report;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine inspect STORE (--session KEY | --random) [--test FILE] [--html FILE]</c></summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var session = new Option<string?>("--session") { Description = "Key of the session to replay." };
        var random = new Option<bool>("--random")
        {
            Description = "Any session; its key is printed, so that it can be had again.",
        };
        var test = new Option<string?>("--test")
        {
            Description = "Take the session from a test file instead of the log.",
        };
        var source = new Option<string>("--source")
        {
            Description = $"Which source answers: {SharedOptions.SourceList} (default hybrid).",
            DefaultValueFactory = _ => "hybrid",
        };
        Option<int> k = SharedOptions.K(20);
        var steps = new Option<int>("--steps")
        {
            Description = "At most this many steps, from the first; 0 = all (default).",
            DefaultValueFactory = _ => 0,
        };
        var seed = new Option<ulong?>("--seed")
        {
            Description = "Draws the same session again with --random.",
        };
        Option<string?> html = HtmlFile.Option();
        Option<bool> json = SharedOptions.Json();
        var input = new InputOptions(sessionIsKey: true);
        var command = new Command("inspect",
            "Replay a session: history, truth, its rank in every source, what was recommended and why.")
        {
            store, session, random, test, source, k, steps, seed, html, json,
        };
        input.AddTo(command);
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            if (parsed.GetValue(random) == (parsed.GetValue(session) is not null))
                throw new ArgumentException("give --session KEY or --random");
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            InspectReport report = engine.Inspect(
                new InspectOptions
                {
                    Session = parsed.GetValue(session),
                    Test = parsed.GetValue(test) is string file ? EventSource.Auto(file) : null,
                    TestOptions = input.Read(parsed),
                    Source = SharedOptions.Source(parsed.GetRequiredValue(source)),
                    K = parsed.GetValue(k),
                    Steps = parsed.GetValue(steps),
                    Seed = parsed.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(),
                },
                progress.Handler, cancellation);
            progress.Finish();
            HtmlFile.WriteIfAsked(parsed, html, () => HtmlReport.OfSession(engine, report));
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else InspectText.Print(report);
        }));
        return command;
    }
}
