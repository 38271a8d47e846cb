using System.CommandLine;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine bought-together STORE --items K,K</c></summary>
internal static class BoughtTogetherCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var basket = new Option<string>("--items")
        {
            Description = "Keys of the basket, separated by commas.", Required = true,
        };
        Option<int> k = SharedOptions.K(10);
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "bought-together",
            "What goes with a basket: by orders where the version has them, else by co-visitation.")
        {
            store, basket, k, json,
        };
        var rules = new RuleOptions();
        rules.AddSetsTo(command);
        command.SetAction(parsed => Program.Run(_ =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            Model model = serving.Model;
            string[] keys = parsed.GetRequiredValue(basket).Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (keys.Length == 0) throw new ArgumentException("--items names no item");
            long[] items = [.. keys.Select(key => (Known: model.TryGetItem(key, out long item), Item: item))
                .Where(i => i.Known).Select(i => i.Item)];
            if (items.Length == 0)
            {
                throw new EmbedEngineException(
                    ErrorCode.Unknown,
                    $"no item of '{string.Join(',', keys)}' is known to version {model.Version.Number}");
            }
            var results = new RecommendedItem[length];
            int n = model.BoughtTogether(
                items, results, out CandidateSourceKind source, rules.ReadRules(parsed, model));
            Array.Resize(ref results, n);
            if (parsed.GetValue(json)) PrintJson(model, results, source, keys.Length - items.Length);
            else Print(model, results, source);
        }));
        return command;
    }

    private static void Print(Model model, RecommendedItem[] items, CandidateSourceKind source)
    {
        Table table = Tables.Create("rank", "item", "score");
        for (int i = 0; i < items.Length; i++)
            Tables.AddRow(table, $"{i + 1}", model.KeyString(items[i].Item), $"{items[i].Score:0.0000}");
        Tables.Print(table);
        Console.WriteLine(source == CandidateSourceKind.BoughtTogether
            ? "by orders that went together (bought_together)"
            : "by co-visitation: the version has no orders that know this basket (covisitation)");
    }

    private static void PrintJson(Model model, RecommendedItem[] items, CandidateSourceKind source,
        int unknown) =>
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
            json.WriteString("source", SourceNames.NameOf(source));
            json.WriteNumber("unknown_items", unknown);
            json.WriteNumber("model_version", model.Version.Number);
        });
}
