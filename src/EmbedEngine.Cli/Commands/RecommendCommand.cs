using System.Globalization;
using System.CommandLine;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// <c>embedengine recommend STORE (--session … | --session-json … | --batch IN --out OUT)</c>
/// </summary>
internal static class RecommendCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var session = new Option<string?>("--session")
        {
            Description =
                "Events, oldest first: item or item:action, separated by commas; \"\" is an empty session.",
        };
        var sessionJson = new Option<string?>("--session-json")
        {
            Description =
                "Events as JSON: [{\"item\":…,\"action\":\"carts\",\"time_ms\":…}], for keys with commas "
                + "or colons; or a line of --batch.",
        };
        var user = new Option<string?>("--user")
        {
            Description =
                "Key of a user: what they did before counts; the session may be left out, a user nobody "
                + "knows is no error.",
        };
        var batch = new Option<string?>("--batch")
        {
            Description =
                "JSONL of sessions: {\"session\":[…]}, {\"session_id\":…,\"items\":[…]} or OTTO's shape; "
                + "\"user\" names a user.",
        };
        var output = new Option<string?>("--out")
        {
            Description = "File for the answers of --batch; - is standard output.",
        };
        Option<int> k = SharedOptions.K(20);
        var source = new Option<string>("--source")
        {
            Description = $"Which source answers: {SharedOptions.SourceList} (default hybrid).",
            DefaultValueFactory = _ => "hybrid",
        };
        var seen = new Option<string>("--seen")
        {
            Description = "Items of the session: keep, drop or demote (default keep).",
            DefaultValueFactory = _ => "keep",
        };
        var explain = new Option<bool>("--explain")
        {
            Description =
                "Say which item of the session, or of the user's past, each answer is there because of, by "
                + "which source, and what boosts, pins and other rules did to it.",
        };
        var maxErrors = new Option<long>("--max-errors")
        {
            Description = "Bad lines of --batch tolerated (default 1000).",
            DefaultValueFactory = _ => ImportOptions.DefaultMaxErrors,
        };
        var record = new Option<bool>("--record")
        {
            Description =
                "Record the answer in the store and print its id, for observe --request; not with --batch.",
        };
        var sessionId = new Option<string?>("--session-id")
        {
            Description = "Id of an anonymous session: its arm answers, and --record keeps it.",
        };
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var rules = new RuleOptions();
        var command = new Command("recommend", "Recommend what comes after a session.")
        {
            store, session, sessionJson, user, batch, output, k, source, seen, explain, maxErrors, threads,
                json, record, sessionId,
        };
        rules.AddTo(command);
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            var request = new RecommendOptions
            {
                Source = SharedOptions.Source(parsed.GetRequiredValue(source)),
                Seen = Seen(parsed.GetRequiredValue(seen)),
            };
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            string? unit = parsed.GetValue(user) ?? parsed.GetValue(sessionId);
            Model model = unit is null ? serving.Model : serving.Engine?.ModelFor(unit) ?? serving.Model;
            string?[] inputs =
                [parsed.GetValue(session), parsed.GetValue(sessionJson), parsed.GetValue(batch)];
            string? key = parsed.GetValue(user);
            int given = inputs.Count(i => i is not null);
            if (given > 1 || (given == 0 && key is null))
            {
                throw new ArgumentException(
                    "give exactly one of --session, --session-json and --batch; or --user, alone or with one "
                    + "of the first two");
            }
            if (parsed.GetValue(record) && (inputs[2] is not null || serving.Engine is null))
                throw new ArgumentException(
                    "--record needs a store and one request: neither a bundle nor --batch is recorded");
            if (inputs[2] is not null && key is not null)
                throw new ArgumentException("--batch names users in its lines: leave out --user");
            RecommendFileOptions options = rules.Read(parsed, model, new RecommendFileOptions
            {
                K = length, Request = request, Explain = parsed.GetValue(explain),
                MaxErrors = parsed.GetValue(maxErrors),
                Threads = parsed.GetValue(threads),
            });
            if (inputs[2] is string file)
            {
                string target = parsed.GetValue(output)
                    ?? throw new ArgumentException(
                    "--batch needs --out FILE (or --out - for standard output)");
                AnswerFile(model, file, target, options, parsed.GetValue(json), cancellation);
                return;
            }
            RequestSession asked = inputs[1] is string events ? SessionText.ParseJson(model, events)
                : new RequestSession(SessionText.Parse(model, inputs[0] ?? ""), []);
            Recorder? recorder = !parsed.GetValue(record) ? null
                : (answer, items) => serving.Engine!.RecordAnswer(
                    model, answer, items, key, parsed.GetValue(sessionId));
            if (key is not null) asked = asked with { User = key };
            Answer(model, asked, options, parsed.GetValue(json), recorder);
            if (recorder is not null && serving.Engine!.Info().AnswerProblem is { } problem)
                Console.Error.WriteLine($"embedengine: warning: the answer was not recorded: {problem}");
        }));
        return command;
    }

    private static void AnswerFile(
        Model model, string input, string output, RecommendFileOptions options, bool json,
        CancellationToken cancellation)
    {
        var progress = new ConsoleProgress();
        if (StandardOutput.IsMeantBy(output))
        {
            // The answers are what standard output holds.
            using Stream stream = Console.OpenStandardOutput();
            model.RecommendFile(input, stream, options, progress.Handler, cancellation);
            progress.Finish();
            return;
        }
        RecommendFileReport report =
            model.RecommendFile(input, output, options, progress.Handler, cancellation);
        progress.Finish();
        if (json)
        {
            JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            return;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Sessions:N0} sessions answered in {report.Output}, {report.Seconds:0.0} s"));
        if (report.Rejected > 0)
        {
            RejectedRow first = report.FirstErrors[0];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.Rejected:N0} lines could not be read; the first is {first.File}:{first.Line}: "
                + $"{first.Reason}"));
        }
    }

    /// <summary>Records an answer and gives its id.</summary>
    public delegate AnswerId Recorder(RecommendResult answer, ReadOnlySpan<RecommendedItem> items);

    public static void Answer(
        Model model, RequestSession request, RecommendFileOptions options, bool json, Recorder? record = null)
    {
        SessionEvent[] events = request.Events;
        var results = new RecommendedItem[options.K];
        RecommendRules rules = RuleOptions.Of(options);
        // The first request of a process pays for faulting pages in and growing scratch; the second is what a
        // service sees.
        Ask(model, request, results, options.Request, rules);
        RecommendResult answer = Ask(model, request, results, options.Request, rules);
        Array.Resize(ref results, answer.Count);
        AnswerId id = record is null ? default : record(answer, results);
        var reasons = new RecommendReason[options.Explain ? answer.Count : 0];
        if (options.Explain && request.User is { } user) model.ExplainUser(user, events, results, reasons);
        else if (options.Explain) model.Explain(events, results, reasons);
        bool arranged = options.Boosts.Length > 0 || options.Pins.Length > 0 || options.Bury is not null
            || options.Caps.Length > 0 || options.WeightBy is not null;
        RuleReport? told = options.Explain && arranged ? model.ExplainRules(results, rules) : null;
        if (options.Explain && options.Request.Explore > 0)
        {
            RuleReport explored = model.ExplainExplored(events, results, options.Request, request.User);
            told = told?.With(explored) ?? explored;
        }
        if (json)
        {
            JsonOutput.Print(j =>
            {
                RequestJson.WriteAnswer(
                    j, model, results, answer, reasons, request.Ignored, told, options.FallbackBy);
                if (options.Request.ExploreSeed != 0)
                    j.WriteNumber("explore_seed", options.Request.ExploreSeed);
                if (record is not null) j.WriteString("id", id.IsNone ? null : id.ToString());
            });
            return;
        }
        Print(model, results, answer, reasons, told, options);
        if (!id.IsNone) Console.WriteLine($"id {id}");
        foreach (IgnoredEvent e in request.Ignored)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"event {e.Event} was ignored: {e.Reason}"));
    }

    private static RecommendResult Ask(
        Model model, RequestSession request, RecommendedItem[] results, in RecommendOptions options,
        in RecommendRules rules) => request.User is { } user
        ? model.RecommendUser(user, request.Events, results, options, rules)
        : model.Recommend(request.Events, results, options, rules);

    private static void Print(
        Model model, ReadOnlySpan<RecommendedItem> items, RecommendResult answer,
        ReadOnlySpan<RecommendReason> reasons, RuleReport? told, RecommendFileOptions options)
    {
        Table table = reasons.IsEmpty ? Tables.Create("rank", "item", "score", "proposed by")
            : told is null ? Tables.Create("rank", "item", "score", "because of", "proposed by")
            : Tables.Create("rank", "item", "score", "because of", "rules", "proposed by");
        table.Columns[^1].NoWrap = false;
        for (int i = 0; i < items.Length; i++)
        {
            string proposed = string.Join(", ", SourceNames.OfBits(items[i].Sources));
            (string rank, string item, string score) =
                ($"{i + 1}", model.KeyString(items[i].Item), $"{items[i].Score:0.0000}");
            if (reasons.IsEmpty) Tables.AddRow(table, rank, item, score, proposed);
            else if (told is null)
                Tables.AddRow(table, rank, item, score, Because(model, reasons[i]), proposed);
            else Tables.AddRow(
                table, rank, item, score, Because(model, reasons[i]), string.Join("; ", told.Items[i]),
                proposed);
        }
        Tables.Print(table);
        foreach (string ignored in told?.Ignored ?? []) Console.WriteLine(ignored);
        string fallback = answer.Fallback == Fallback.None ? ""
            : $"; fallback: {JsonReports.NameOf(answer.Fallback, options.FallbackBy)}";
        string seed = options.Request.ExploreSeed == 0 ? "" : $" by seed {options.Request.ExploreSeed}";
        string explored = options.Request.Explore > 0 ? $"; {answer.Explored} explored{seed}" : "";
        Console.WriteLine($"version {answer.Version}, {answer.LatencyUs:0} µs{explored}{fallback}");
    }

    private static string Because(Model model, RecommendReason reason)
    {
        if (reason.Event == RecommendReason.NoEvent) return "–";
        string when = reason.Event == RecommendReason.EarlierEvent ? " (earlier)" : "";
        return $"{model.KeyString(reason.Because)}{when}, by {SourceNames.NameOf(reason.Source)}";
    }

    private static SeenPolicy Seen(string name) => name switch
    {
        "keep" => SeenPolicy.Keep,
        "drop" => SeenPolicy.Drop,
        "demote" => SeenPolicy.Demote,
        _ => throw new ArgumentException($"--seen '{name}' is not one of keep, drop, demote"),
    };
}
