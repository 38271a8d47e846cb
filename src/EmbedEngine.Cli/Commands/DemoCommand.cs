using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine demo [DIR]</c>: the main job end to end on data made on the spot.</summary>
internal static class DemoCommand
{
    // a third of the default: a demonstration is to be watched, not waited for
    private const string Trees = "100";
    private const long Events = 200_000;
    private const int Items = 5_000;
    private const string ItemsFile = ".items.csv";

    public static Command Create()
    {
        var directory = new Argument<string>("DIR")
        {
            Description = "Where to put the shop (default embedengine-demo).",
            DefaultValueFactory = _ => "embedengine-demo",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("demo", "Make a shop, import, train, evaluate and recommend.")
        {
            directory, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            string dir = parsed.GetRequiredValue(directory);
            string store = Path.Combine(dir, "shop.ee");
            if (Directory.Exists(store)) Directory.Delete(store, recursive: true);
            Directory.CreateDirectory(dir);
            ModelVersion version = parsed.GetValue(json)
                ? Quiet(dir, store, cancellation) : Narrated(dir, store, cancellation);
            if (!parsed.GetValue(json)) return;
            JsonOutput.Print(j =>
            {
                j.WriteString("store", store);
                j.WriteNumber("version", version.Number);
                j.WriteStartObject("metrics");
                if (version.Metrics is not null) JsonReports.WriteSources(j, version.Metrics);
                j.WriteEndObject();
            });
        }));
        return command;
    }

    private static ModelVersion Quiet(string dir, string store, CancellationToken cancellation)
    {
        string log = Path.Combine(dir, "shop.jsonl");
        GenerateCommand.Run(log, Events, Items, seed: 1, cancellation);
        using Engine engine = Engine.Open(store);
        engine.Import(EventSource.OttoJsonl(log), null, null, cancellation);
        engine.ImportCatalog(log + ItemsFile, null, null, cancellation);
        return engine.Train(Training(), null, cancellation);
    }

    private static ModelVersion Narrated(string dir, string store, CancellationToken cancellation)
    {
        string log = Path.Combine(dir, "shop.jsonl");
        Say($"embedengine generate {log} --events {Events} --items {Items} --seed 1");
        long sessions = GenerateCommand.Run(log, Events, Items, seed: 1, cancellation);
        Console.WriteLine($"a shop of {Items:N0} items and {sessions:N0} sessions over 28 days");

        using Engine engine = Engine.Open(store);
        var progress = new ConsoleProgress();
        Say($"embedengine import {store} {log}");
        ImportReport report = engine.Import(EventSource.OttoJsonl(log), null, progress.Handler, cancellation);
        progress.Finish();
        ImportCommand.Print(report);

        Say($"embedengine import {store} --catalog {log}{ItemsFile}");
        CatalogReport items = engine.ImportCatalog(log + ItemsFile, null, progress.Handler, cancellation);
        progress.Finish();
        CatalogImportOptions.Print(items);

        Say($"embedengine train {store} --set ranker_trees={Trees}");
        ModelVersion version = engine.Train(Training(), progress.Handler, cancellation);
        progress.Finish();
        TrainCommand.Print(version);

        // A session that goes on in the shop: two items that are often seen one after the other.
        Model model = engine.Model!;
        long first = model.ItemAt(0);
        Span<RecommendedItem> next = stackalloc RecommendedItem[1];
        model.Recommend([new SessionEvent(first)], next, new RecommendOptions { Seen = SeenPolicy.Drop });
        string session = $"{first}:clicks,{next[0].Item}:carts";
        Say($"embedengine recommend {store} --session \"{session}\" --k 5");
        RecommendCommand.Answer(
            model, new RequestSession(SessionText.Parse(model, session), []),
            new RecommendFileOptions { K = 5, Explain = true }, json: false);

        const string Filter = "stock > 0 and price <= 50 and not tags has 'sale'";
        Say($"embedengine recommend {store} --session \"{session}\" --k 5 --filter \"{Filter}\"");
        RecommendCommand.Answer(
            model, new RequestSession(SessionText.Parse(model, session), []),
            new RecommendFileOptions { K = 5, Filter = ItemFilter.Parse(Filter) }, json: false);
        return version;
    }

    private static TrainOptions Training() => new()
    {
        Settings = new Dictionary<string, string> { ["ranker_trees"] = Trees },
    };

    private static void Say(string command) => Console.WriteLine($"\n$ {command}");
}
