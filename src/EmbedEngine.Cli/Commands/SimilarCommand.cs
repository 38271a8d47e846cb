using System.CommandLine;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine similar STORE --item KEY</c></summary>
internal static class SimilarCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var item = new Option<string?>("--item") { Description = "Key of the item." };
        var token = new Option<string?>("--token")
        {
            Description = "An action-item token instead, such as cart_X (train --tokens action-item).",
        };
        var space = new Option<string?>("--space")
        {
            Description =
                "Vector space (default the version's first; content for items that have no vector there).",
        };
        Option<int> k = SharedOptions.K(10);
        Option<bool> json = SharedOptions.Json();
        var command = new Command("similar", "Items nearest to an item.")
        {
            store, item, token, space, k, json,
        };
        var rules = new RuleOptions();
        rules.AddSetsTo(command);
        command.SetAction(parsed => Program.Run(_ =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            Model model = serving.Model;
            if (parsed.GetValue(item) is null == parsed.GetValue(token) is null)
                throw new ArgumentException("give exactly one of --item and --token");
            if (parsed.GetValue(token) is string named)
            {
                Tokens(model, named, length, parsed.GetValue(json));
                return;
            }
            string key = parsed.GetValue(item)!;
            if (!model.TryGetItem(key, out long known))
                throw new EmbedEngineException(
                    ErrorCode.Unknown, $"item '{key}' is not known to version {model.Version.Number}");
            var results = new RecommendedItem[length];
            int n = model.Similar(
                known, results, parsed.GetValue(space), rules.ReadRules(parsed, model));
            // An item without a history is answered by what the catalogue says of it.
            string content = SourceNames.NameOf(CandidateSourceKind.Content);
            string of = parsed.GetValue(space)
                ?? (n > 0 && SourceNames.OfBits(results[0].Sources).Contains(content) ? content
                    : model.Spaces[0]);
            if (parsed.GetValue(json)) PrintJson(model, known, of, results.AsSpan(0, n));
            else Print(model, results.AsSpan(0, n));
        }));
        return command;
    }

    private static void Tokens(Model model, string token, int k, bool json)
    {
        IReadOnlyList<SimilarToken> tokens = model.SimilarTokens(token, k);
        if (json)
        {
            JsonOutput.Print(j => JsonReports.WriteFields(j, token, tokens));
            return;
        }
        Table table = Tables.Create("rank", "token", "cosine");
        for (int i = 0; i < tokens.Count; i++)
            Tables.AddRow(table, $"{i + 1}", tokens[i].Token, $"{tokens[i].Score:0.0000}");
        Tables.Print(table);
    }

    private static void Print(Model model, ReadOnlySpan<RecommendedItem> items)
    {
        Table table = Tables.Create("rank", "item", "cosine");
        for (int i = 0; i < items.Length; i++)
            Tables.AddRow(table, $"{i + 1}", model.KeyString(items[i].Item), $"{items[i].Score:0.0000}");
        Tables.Print(table);
    }

    private static void PrintJson(
        Model model, long item, string space, ReadOnlySpan<RecommendedItem> items)
    {
        RecommendedItem[] copy = items.ToArray();
        JsonOutput.Print(json =>
        {
            json.WritePropertyName("item");
            JsonOutput.WriteItem(json, model, item);
            json.WriteString("space", space);
            JsonOutput.WriteScored(json, model, copy);
            json.WriteNumber("model_version", model.Version.Number);
        });
    }
}
