using System.CommandLine;
using EmbedEngine.Cli.Generation;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine generate FILE --events N --items N</c></summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "OTTO JSONL to write; FILE.items.csv is written beside it.",
        };
        var events = new Option<long>("--events")
        {
            Description = "Events, at least this many (default 200000).", DefaultValueFactory = _ => 200_000,
        };
        var items = new Option<int>("--items")
        {
            Description = "Items of the shop (default 5000).", DefaultValueFactory = _ => 5_000,
        };
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("generate", "Write the event log of a synthetic shop.")
        {
            file, events, items, seed, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            string path = parsed.GetRequiredValue(file);
            long sessions = Run(
                path, parsed.GetValue(events), parsed.GetValue(items), parsed.GetValue(seed), cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j =>
                {
                    j.WriteString("file", path);
                    j.WriteString("items_file", path + ".items.csv");
                    j.WriteNumber("sessions", sessions);
                });
            }
            else
            {
                Console.WriteLine($"{sessions:N0} sessions in {path}, catalogue in {path}.items.csv");
            }
        }));
        return command;
    }

    /// <summary>Writes both files; returns the number of sessions.</summary>
    public static long Run(string path, long events, int items, ulong seed, CancellationToken cancellation)
    {
        if (events < 1) throw new ArgumentException($"--events {events} is not above 0");
        if (items is < 2 or > 50_000_000)
            throw new ArgumentException($"--items {items} is not 2 to 50000000");
        var shop = new SyntheticShop(items, seed);
        var progress = new ConsoleProgress();
        long sessions;
        using (var writer = new StreamWriter(path))
        {
            sessions = shop.WriteEvents(writer, events, done =>
            {
                if ((done & 0xFFF) > 40) return;
                cancellation.ThrowIfCancellationRequested();
                progress.Handler(new ProgressReport("generate", done, events, "events"));
            });
        }
        using (var writer = new StreamWriter(path + ".items.csv")) shop.WriteCatalogue(writer);
        progress.Finish();
        return sessions;
    }
}
