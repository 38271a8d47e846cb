using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using EmbedEngine.Server;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine versions STORE</c></summary>
internal static class VersionsCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("versions", "List the versions of a store.") { store, json };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            IReadOnlyList<ModelVersion> versions = engine.Versions();
            if (parsed.GetValue(json)) PrintJson(versions);
            else Print(versions);
        }));
        return command;
    }

    private static void Print(IReadOnlyList<ModelVersion> versions)
    {
        if (versions.Count == 0)
        {
            Console.WriteLine("no versions yet; run train");
            return;
        }
        Table table = Tables.Create("version", "name", "created (UTC)", "hybrid recall@20", "active");
        foreach (ModelVersion v in versions)
        {
            Tables.AddRow(
                table, $"{v.Number}", v.Name,
                v.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                v.Metrics is null ? "not measured" : $"{v.Metrics.Sources["hybrid"].Recall.Value:0.0000}",
                v.IsActive ? "yes" : "");
        }
        Tables.Print(table);
    }

    private static void PrintJson(IReadOnlyList<ModelVersion> versions) =>
        JsonOutput.Print(json => VersionsJson.Write(json, versions));
}
