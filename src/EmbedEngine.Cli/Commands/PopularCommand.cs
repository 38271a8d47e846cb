using System.CommandLine;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine popular STORE [--window DAYS] [--action NAME]</c></summary>
internal static class PopularCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var window = new Option<int>("--window")
        {
            Description = "Days back from the log's newest event: 0 = all time (default), 1, 7 or 28.",
            DefaultValueFactory = _ => 0,
        };
        var action = new Option<string?>("--action") { Description = "Action that counts (default all)." };
        Option<int> k = SharedOptions.K(20);
        Option<bool> json = SharedOptions.Json();
        var command = new Command("popular", "What is popular, by window and action.")
        {
            store, window, action, k, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            Model model = serving.Model;
            (int days, string? by) = (parsed.GetValue(window), parsed.GetValue(action));
            var results = new RecommendedItem[length];
            Array.Resize(ref results, model.Popular(results, days, by));
            if (parsed.GetValue(json)) PrintJson(model, results, days, by);
            else Print(model, results);
        }));
        return command;
    }

    private static void Print(Model model, RecommendedItem[] items)
    {
        Table table = Tables.Create("rank", "item", "score");
        for (int i = 0; i < items.Length; i++)
            Tables.AddRow(table, $"{i + 1}", model.KeyString(items[i].Item), $"{items[i].Score:0.0000}");
        Tables.Print(table);
    }

    private static void PrintJson(Model model, RecommendedItem[] items, int days, string? action) =>
        JsonOutput.Print(json =>
        {
            json.WriteStartArray("items");
            foreach (RecommendedItem item in items)
            {
                json.WriteStartObject();
                json.WritePropertyName("item");
                JsonOutput.WriteItem(json, model, item.Item);
                json.WriteNumber("score", item.Score);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("window_days", days);
            json.WriteString("action", action);
            json.WriteNumber("model_version", model.Version.Number);
        });
}
