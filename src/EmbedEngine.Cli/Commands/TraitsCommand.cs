using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine traits STORE</c></summary>
internal static class TraitsCommand
{
    private const int Shown = 5;

    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("traits", "What customers like, as traits: items, categories, names.")
        {
            store, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            TraitReport report = engine.Traits();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(TraitReport report)
    {
        Table table = Tables.Create("trait", "share", "name", "items", "customers");
        foreach (int column in (int[])[2, 3, 4]) table.Columns[column].NoWrap = false;
        foreach (Trait trait in report.Traits)
        {
            Tables.AddRow(
                table, $"{trait.Index}", trait.Share.ToString("0.000", CultureInfo.InvariantCulture),
                trait.Name, string.Join(", ", trait.Items.Take(Shown).Select(i => i.Title ?? i.Item)),
                string.Join(", ", trait.Customers.Take(3).Select(c => c.User)));
        }
        Tables.Print(table);
        string stability = report.Stability is { } s
            ? string.Create(
                CultureInfo.InvariantCulture, $"; stability {s:0.000} (cosine with traits of parts)")
            : "";
        Console.WriteLine($"{report.Traits.Count} traits of {report.Customers:N0} customers{stability}");
    }
}
