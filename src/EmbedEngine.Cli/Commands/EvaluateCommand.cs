using System.CommandLine;
using System.Text.Json;
using EmbedEngine.Cli.Output;
using EmbedEngine.Report;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine evaluate STORE [--test FILE] [--html FILE]</c></summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var test = new Option<string?>("--test")
        {
            Description =
                "Test file: JSONL {\"items\":[…],\"target\":x} or any import format; without it, what "
                + "train measured.",
        };
        var protocol = new Option<string>("--protocol")
        {
            Description = "next, last or rest (default next).", DefaultValueFactory = _ => "next",
        };
        Option<int> k = SharedOptions.K(20);
        var sources = new Option<string>("--sources")
        {
            Description = $"all, or some of {SharedOptions.SourceList}, with commas between (default all).",
            DefaultValueFactory = _ => "all",
        };
        var maxSessions = new Option<int>("--max-sessions")
        {
            Description = "At most this many sessions, taken evenly; 0 = all (default).",
            DefaultValueFactory = _ => 0,
        };
        var maxHistory = new Option<int>("--max-history")
        {
            Description = "Cut histories to so many known events; 0 = all (default). Needs --test.",
            DefaultValueFactory = _ => 0,
        };
        var history = new Option<string>("--history")
        {
            Description =
                "What a request knows of its user: session (default), or user: the earlier sessions too. "
                + "Needs --test.",
            DefaultValueFactory = _ => "session",
        };
        var explore = new Option<float>("--explore")
        {
            Description =
                "Also measure hybrid with this share of its places explored, 0 to 1: what that costs and "
                + "shows (default 0). Needs --test.",
            DefaultValueFactory = _ => 0,
        };
        var record = new Option<bool>("--record")
        {
            Description = "Keep the figures in the store with the version. Needs --test.",
        };
        var compare = new Option<string?>("--compare")
        {
            Description =
                "Another version (number, alias or name) on the same cases: paired differences by source; "
                + "needs --test.",
        };
        var online = new Option<bool>("--online")
        {
            Description = "What came of recorded answers, by arm: CTR and conversion (docs/online.md).",
        };
        var since = new Option<string?>("--since")
        {
            Description =
                "Of --online: answers from this time on, ISO-8601 or epoch in s or ms (default: since the "
                + "experiment was set, else all).",
        };
        var window = new Option<double>("--window-hours")
        {
            Description = "Of --online: how long after an answer what happens counts (default 24).",
            DefaultValueFactory = _ => 24,
        };
        Option<int> threads = SharedOptions.Threads();
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> html = HtmlFile.Option();
        Option<bool> json = SharedOptions.Json();
        var input = new InputOptions();
        var command =
            new Command("evaluate", "Measure the active version: recall, NDCG, MAP, MRR and more by source.")
        {
            store, test, protocol, k, sources, maxSessions, maxHistory, history, explore, record, compare,
                threads, seed, html, json, online, since, window,
        };
        input.AddTo(command);
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            if (ServingModel.IsBundle(parsed.GetRequiredValue(store)) && parsed.GetValue(record))
                throw new ArgumentException("--record needs a store: a bundle is never written to");
            using Engine engine = SharedOptions.Open(parsed, store);
            if (parsed.GetValue(online))
            {
                double hours = parsed.GetValue(window);
                if (!(hours is >= 1 / 60.0 and <= 2160))
                    throw new ArgumentException($"--window-hours {hours} is not a minute to 2160 hours");
                OnlineReport came = engine.EvaluateOnline(
                    parsed.GetValue(since) is string text ? TimeText.ParseMs("--since", text) : null,
                    TimeSpan.FromHours(hours));
                if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, came));
                else OnlineText.Print(came);
                return;
            }
            if (parsed.GetValue(html) is not null) InputOptions.RefuseStandardInput(parsed.GetValue(test));
            var progress = new ConsoleProgress();
            if (parsed.GetValue(compare) is not null && parsed.GetValue(test) is null)
                throw new ArgumentException(
                    "--compare needs --test FILE: sessions that neither version has seen");
            var options = new EvaluateOptions
            {
                Test = parsed.GetValue(test) is string file ? EventSource.Auto(file) : null,
                TestOptions = input.Read(parsed),
                Protocol = Protocol(parsed.GetRequiredValue(protocol)),
                K = parsed.GetValue(k),
                Sources = Sources(parsed.GetRequiredValue(sources)),
                MaxSessions = parsed.GetValue(maxSessions),
                MaxHistory = parsed.GetValue(maxHistory),
                History = History(parsed.GetRequiredValue(history)),
                Explore = parsed.GetValue(explore),
                Record = parsed.GetValue(record),
                CompareWith = parsed.GetValue(compare) is string other ? engine.ResolveVersion(other) : 0,
                Threads = parsed.GetValue(threads),
                Seed = parsed.GetValue(seed),
            };
            EvaluationReport report = engine.Evaluate(options, progress.Handler, cancellation);
            progress.Finish();
            HtmlFile.WriteIfAsked(parsed, html, () => HtmlReport.OfEvaluation(
                engine, report, stored: options.Test is null,
                new ReportOptions
                {
                    Test = options.Test, TestOptions = options.TestOptions, K = options.K,
                    Seed = options.Seed,
                },
                cancellation));
            if (parsed.GetValue(json)) JsonOutput.Print(j => WriteReport(j, report, withSources: true));
            else ReportTables.Print(report);
        }));
        return command;
    }

    public static void WriteReport(Utf8JsonWriter json, EvaluationReport report, bool withSources)
    {
        JsonReports.WriteFields(json, report);
        if (!withSources) return;
        json.WriteStartObject("sources");
        JsonReports.WriteSources(json, report);
        json.WriteEndObject();
    }

    private static EvaluationHistory History(string name) => name switch
    {
        "session" => EvaluationHistory.Session,
        "user" => EvaluationHistory.User,
        _ => throw new ArgumentException($"--history '{name}' is not one of session, user"),
    };

    private static EvaluationProtocol Protocol(string name) => name switch
    {
        "next" => EvaluationProtocol.Next,
        "last" => EvaluationProtocol.Last,
        "rest" => EvaluationProtocol.Rest,
        _ => throw new ArgumentException($"--protocol '{name}' is not one of next, last, rest"),
    };

    private static CandidateSourceKind[] Sources(string text) => text == "all"
        ? [] : Array.ConvertAll(text.Split(',', StringSplitOptions.TrimEntries), SharedOptions.Source);
}
