using System.CommandLine;
using System.Text.Json;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine recommend STORE (--session … | --session-json … | --batch IN --out OUT)</c></summary>
internal static class RecommendCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var session = new Option<string?>("--session")
        {
            Description = "Events, oldest first: item or item:action, separated by commas; \"\" is an empty session.",
        };
        var sessionJson = new Option<string?>("--session-json")
        {
            Description = "Events as JSON: [{\"item\":…,\"action\":\"carts\",\"time_ms\":…}], for keys with commas or colons.",
        };
        var batch = new Option<string?>("--batch")
        {
            Description = "JSONL of sessions: {\"session_id\":…,\"items\":[…]} or OTTO's shape.",
        };
        var output = new Option<string?>("--out") { Description = "File for the answers of --batch; - is standard output." };
        Option<int> k = SharedOptions.K(20);
        var source = new Option<string>("--source")
        {
            Description = "Which source answers (default hybrid).", DefaultValueFactory = _ => "hybrid",
        };
        var seen = new Option<string>("--seen")
        {
            Description = "Items of the session: keep, drop or demote (default keep).", DefaultValueFactory = _ => "keep",
        };
        var explain = new Option<bool>("--explain") 
        {
            Description = "Say in --batch which sources proposed each item; a single answer always does.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("recommend", "Recommend what comes after a session.")
        {
            store, session, sessionJson, batch, output, k, source, seen, explain, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            var options = new RecommendOptions
            {
                Source = SharedOptions.Source(parsed.GetRequiredValue(source)),
                Seen = Seen(parsed.GetRequiredValue(seen)),
            };
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            Model model = serving.Model;
            string?[] inputs = [parsed.GetValue(session), parsed.GetValue(sessionJson), parsed.GetValue(batch)];
            if (inputs.Count(i => i is not null) != 1)
                throw new ArgumentException("give exactly one of --session, --session-json and --batch");
            if (inputs[2] is string file)
            {
                string target = parsed.GetValue(output)
                    ?? throw new ArgumentException("--batch needs --out FILE (or --out - for standard output)");
                int sessions = BatchFile.Run(
                    model, file, target, length, options, parsed.GetValue(explain), cancellation);
                // With --out - the answers are what standard output holds.
                if (target == "-") return;
                if (!parsed.GetValue(json)) Console.WriteLine($"{sessions:N0} sessions answered in {target}");
                else JsonOutput.Print(j => { j.WriteNumber("sessions", sessions); j.WriteString("out", target); });
                return;
            }
            SessionEvent[] events = inputs[0] is string text
                ? SessionText.Parse(model, text) : SessionText.ParseJson(model, inputs[1]!);
            Answer(model, events, length, options, parsed.GetValue(json));
        }));
        return command;
    }

    public static void Answer(
        Model model, SessionEvent[] events, int k, RecommendOptions options, bool json)
    {
        var results = new RecommendedItem[k];
        // The first request of a process pays for faulting pages in and growing scratch; the second is what a service sees.
        model.Recommend(events, results, options);
        RecommendResult answer = model.Recommend(events, results, options);
        if (json) JsonOutput.Print(j => WriteAnswer(j, model, results.AsSpan(0, answer.Count), answer, explain: true));
        else Print(model, results.AsSpan(0, answer.Count), answer);
    }

    public static void WriteAnswer(
        Utf8JsonWriter json, Model model, ReadOnlySpan<RecommendedItem> items, RecommendResult answer, bool explain)
    {
        json.WriteStartArray("items");
        foreach (RecommendedItem item in items)
        {
            json.WriteStartObject();
            json.WritePropertyName("item");
            JsonOutput.WriteItem(json, model, item.Item);
            json.WriteNumber("score", item.Score);
            if (explain)
            {
                json.WriteStartArray("reasons");
                foreach (string reason in Reasons(item)) json.WriteStringValue(reason);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("model_version", answer.Version);
        if (answer.Fallback == Fallback.None) json.WriteNull("fallback");
        else json.WriteString("fallback", FallbackName(answer.Fallback));
        json.WriteNumber("unknown_items", answer.UnknownItems);
        json.WriteNumber("padded", answer.Padded);
        json.WriteNumber("latency_us", Math.Round(answer.LatencyUs, 2));
    }

    private static void Print(Model model, ReadOnlySpan<RecommendedItem> items, RecommendResult answer)
    {
        Table table = Tables.Create("rank", "item", "score", "proposed by");
        for (int i = 0; i < items.Length; i++)
        {
            Tables.AddRow(
                table, $"{i + 1}", model.KeyString(items[i].Item), $"{items[i].Score:0.0000}",
                string.Join(", ", Reasons(items[i])));
        }
        Tables.Print(table);
        string fallback = answer.Fallback == Fallback.None ? "" : $"; fallback: {FallbackName(answer.Fallback)}";
        Console.WriteLine($"version {answer.Version}, {answer.LatencyUs:0} µs{fallback}");
    }

    private static IEnumerable<string> Reasons(RecommendedItem item) =>
        SourceNames.All.Where(s => (int)s < 32 && (item.Sources & (1u << (int)s)) != 0).Select(SourceNames.NameOf);

    private static string FallbackName(Fallback fallback) => fallback switch
    {
        Fallback.EmptySession => "popularity: the session is empty",
        Fallback.UnknownItems => "popularity: no item of the session is known",
        Fallback.NoCandidates => "popularity: the source had no candidates",
        _ => "none",
    };

    private static SeenPolicy Seen(string name) => name switch
    {
        "keep" => SeenPolicy.Keep,
        "drop" => SeenPolicy.Drop,
        "demote" => SeenPolicy.Demote,
        _ => throw new ArgumentException($"--seen '{name}' is not one of keep, drop, demote"),
    };
}
