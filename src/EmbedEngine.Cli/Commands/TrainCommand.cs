using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine train STORE</c></summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var preset = new Option<string>("--preset")
        {
            Description = "fast, balanced or best (default balanced).", DefaultValueFactory = _ => "balanced",
        };
        var method = new Option<string>("--method")
        {
            Description = "Which vectors to learn: all, item2vec, svd, graph or fusion (default all).",
            DefaultValueFactory = _ => "all",
        };
        var tokens = new Option<string>("--tokens")
        {
            Description =
                "item (default), or action-item: tokens such as cart_X and buy_X are learned beside items.",
            DefaultValueFactory = _ => "item",
        };
        var name = new Option<string?>("--name")
        {
            Description = "Name of the version (default v and its number).",
        };
        var until = new Option<string?>("--until")
        {
            Description =
                "Cut for measuring: sessions from this time on test the version (ISO-8601 or epoch s/ms).",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "A setting, key=value; may be repeated (embedengine settings says what each does): "
                + string.Join(", ", SettingTable.All.Select(s => s.Name)) + ".",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<int> threads = SharedOptions.Threads();
        var deterministic = new Option<bool>("--deterministic")
        {
            Description = "Equal input and seed give equal bytes, at any number of threads.",
        };
        Option<ulong> seed = SharedOptions.Seed();
        var noPublish = new Option<bool>("--no-publish")
        {
            Description = "Make the version, but keep the active one.",
        };
        var gate = new Option<string?>("--gate")
        {
            Description = "active: publish only what is not worse than the active version on the same later "
                + "sessions; exit code 3 where it is.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("train", "Train, measure and publish a new version.")
        {
            store, preset, method, tokens, name, until, set, threads, deterministic, seed, noPublish, gate,
            json,
        };
        command.SetAction(parsed =>
        {
            bool refused = false;
            int exit = Program.Run(cancellation => refused = Train(parsed, cancellation));
            return exit == 0 && refused ? Program.KeptUnpublished : exit;
        });
        return command;

        bool Train(ParseResult parsed, CancellationToken cancellation)
        {
            string methodName = parsed.GetRequiredValue(method);
            Require("--method", methodName, "all", "item2vec", "svd", "graph", "fusion");
            Dictionary<string, string> settings = Settings(parsed.GetValue(set) ?? []);
            if (methodName != "all" && !settings.TryAdd("method", methodName))
                throw new ArgumentException("--method and --set method were both given");
            string kind = parsed.GetRequiredValue(tokens);
            Require("--tokens", kind, "item", "action-item");
            if (kind != "item" && !settings.TryAdd("tokens", "action_item"))
                throw new ArgumentException("--tokens and --set tokens were both given");
            var options = new TrainOptions
            {
                Preset = Preset(parsed.GetRequiredValue(preset)),
                Name = parsed.GetValue(name),
                UntilMs = parsed.GetValue(until) is string text ? TimeText.ParseMs("--until", text) : null,
                Settings = settings,
                Threads = parsed.GetValue(threads),
                Deterministic = parsed.GetValue(deterministic),
                Seed = parsed.GetValue(seed),
                Publish = !parsed.GetValue(noPublish),
                Gate = Gate(parsed.GetValue(gate)),
            };
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            ModelVersion version = engine.Train(options, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(version);
            else Print(version);
            foreach (string reason in version.Gate?.Reasons ?? [])
                Console.Error.WriteLine($"embedengine: version {version.Number} is not published: {reason}");
            return version.Gate is { Passed: false };
        }
    }

    private static PublishGate Gate(string? name) => name switch
    {
        null => PublishGate.None,
        "active" => PublishGate.Active,
        _ => throw new ArgumentException($"--gate '{name}' is not active"),
    };

    public static void Print(ModelVersion version)
    {
        if (version.Metrics is null)
            Console.WriteLine("The log is too small to measure the version: no session lies after the cut.");
        else ReportTables.Print(version.Metrics);
        if (version.UnfitEvents > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{version.UnfitEvents:N0} "
                + $"observed events were left out: their keys are not of the store's kind"));
        if (version.Gate is { Method: not "none" } gate)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"gate: {gate.Metric} {gate.New:0.0000} against {gate.Active:0.0000} of version "
                + $"{gate.Against} ({gate.Method}) on {gate.Sessions:N0} sessions: "
                + $"{gate.Difference.Value:+0.0000;-0.0000} "
                + $"[{gate.Difference.Low:+0.0000;-0.0000}, {gate.Difference.High:+0.0000;-0.0000}]"));
        }
        string state = version.IsActive ? "published" : "made, not published";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"version {version.Number} '{version.Name}' {state} after {version.Seconds:0.0} s"));
    }

    private static void PrintJson(ModelVersion version) => JsonOutput.Print(json =>
    {
        json.WriteNumber("version", version.Number);
        json.WriteString("name", version.Name);
        json.WriteNumber("seconds", Math.Round(version.Seconds, 3));
        json.WriteNumber("unfit_events", version.UnfitEvents);
        json.WriteStartObject("stages");
        foreach ((string stage, double seconds) in version.Stages)
            json.WriteNumber(stage, Math.Round(seconds, 3));
        json.WriteEndObject();
        json.WriteStartObject("metrics");
        if (version.Metrics is not null) JsonReports.WriteSources(json, version.Metrics);
        json.WriteEndObject();
        json.WriteStartObject("evaluation");
        if (version.Metrics is not null)
            EvaluateCommand.WriteReport(json, version.Metrics, withSources: false);
        json.WriteEndObject();
        json.WriteBoolean("published", version.IsActive);
        JsonReports.WriteGate(json, version.Gate);
    });

    private static void Require(string option, string value, params string[] known)
    {
        if (!known.Contains(value))
            throw new ArgumentException(
                $"{option} '{value}' is not in this version; it has {string.Join(", ", known)}");
    }

    private static TrainPreset Preset(string name) => name switch
    {
        "fast" => TrainPreset.Fast,
        "balanced" => TrainPreset.Balanced,
        "best" => TrainPreset.Best,
        _ => throw new ArgumentException($"--preset '{name}' is not one of fast, balanced, best"),
    };

    private static Dictionary<string, string> Settings(string[] pairs)
    {
        var settings = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new ArgumentException($"--set '{pair}' is not key=value");
            if (!settings.TryAdd(pair[..equals], pair[(equals + 1)..]))
                throw new ArgumentException($"--set {pair[..equals]} was given twice");
        }
        return settings;
    }
}
