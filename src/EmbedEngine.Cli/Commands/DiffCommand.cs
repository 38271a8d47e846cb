using System.CommandLine;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine diff STORE A B</c></summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var a = new Argument<string>("A") { Description = "Number, alias or name of a version." };
        var b = new Argument<string>("B") { Description = "Number, alias or name of another." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("diff", "What differs between the manifests of two versions.")
        {
            store, a, b, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long first = engine.ResolveVersion(parsed.GetRequiredValue(a));
            long second = engine.ResolveVersion(parsed.GetRequiredValue(b));
            IReadOnlyList<ManifestDifference> differences = engine.Diff(first, second);
            if (parsed.GetValue(json)) PrintJson(first, second, differences);
            else Print(first, second, differences);
        }));
        return command;
    }

    private static void Print(long a, long b, IReadOnlyList<ManifestDifference> differences)
    {
        Table table = Tables.Create("key", $"version {a}", $"version {b}");
        foreach (ManifestDifference d in differences) Tables.AddRow(table, d.Key, d.A ?? "—", d.B ?? "—");
        Tables.Print(table);
    }

    private static void PrintJson(long a, long b, IReadOnlyList<ManifestDifference> differences) =>
        JsonOutput.Print(json =>
    {
        json.WriteNumber("a", a);
        json.WriteNumber("b", b);
        json.WritePropertyName("differences");
        JsonReports.WriteValue(json, differences);
    });
}
