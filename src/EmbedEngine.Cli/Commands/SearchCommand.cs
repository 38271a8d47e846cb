using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine search STORE --vector FILE.npy|"x,y,…"</c></summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var vector = new Option<string?>("--vector")
        {
            Description = "Numbers separated by commas, or a .npy file whose first row is the vector.",
        };
        var user = new Option<string?>("--user") { Description = "The vector of a user instead." };
        var space = new Option<string?>("--space") { Description = "Vector space (default the first)." };
        var side = new Option<string>("--side")
        {
            Description = "in: items that resemble it (default); out: items that follow it.",
            DefaultValueFactory = _ => "in",
        };
        Option<int> k = SharedOptions.K(10);
        Option<bool> json = SharedOptions.Json();
        var rules = new RuleOptions();
        var command = new Command("search", "Items nearest to a vector.")
        {
            store, vector, user, space, side, k, json,
        };
        rules.AddSetsTo(command);
        command.SetAction(parsed => Program.Run(_ =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            if (parsed.GetValue(vector) is null == parsed.GetValue(user) is null)
                throw new ArgumentException("give exactly one of --vector and --user");
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            Model model = serving.Model;
            float[] query = parsed.GetValue(user) is string key ? model.Profile(key).Vector
                : RequestVector.Read(parsed.GetValue(vector)!);
            var results = new RecommendedItem[length];
            int n = model.Search(
                query, results, parsed.GetValue(space), Side(parsed.GetRequiredValue(side)), 0,
                rules.ReadRules(parsed, model));
            Array.Resize(ref results, n);
            string named = parsed.GetValue(space) ?? model.Spaces[0];
            if (parsed.GetValue(json)) PrintJson(model, named, results);
            else Print(model, results);
        }));
        return command;
    }

    private static VectorSide Side(string name) => name switch
    {
        "in" => VectorSide.In,
        "out" => VectorSide.Out,
        _ => throw new ArgumentException($"--side '{name}' is not one of in, out"),
    };

    private static void Print(Model model, RecommendedItem[] items)
    {
        Table table = Tables.Create("rank", "item", "score");
        for (int i = 0; i < items.Length; i++)
        {
            Tables.AddRow(
                table, $"{i + 1}", model.KeyString(items[i].Item),
                items[i].Score.ToString("0.0000", CultureInfo.InvariantCulture));
        }
        Tables.Print(table);
    }

    private static void PrintJson(Model model, string space, RecommendedItem[] items)
    {
        JsonOutput.Print(json =>
        {
            json.WriteString("space", space);
            JsonOutput.WriteScored(json, model, items);
            json.WriteNumber("model_version", model.Version.Number);
        });
    }
}
