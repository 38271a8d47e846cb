using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine export STORE --what … --out FILE</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var what = new Option<string>("--what")
        {
            Description = "vectors, manifest, popularity or neighbors.", Required = true,
        };
        var name = new Option<string?>("--name")
        {
            Description = "Number, alias or name of the version (default active).",
        };
        var space = new Option<string?>("--space")
        {
            Description = "Vector space (default the version's first).",
        };
        var outVectors = new Option<bool>("--out-vectors")
        {
            Description =
                "Raw OUT vectors, what follows an item, instead of the unit IN vectors, what it is.",
        };
        var format = new Option<string>("--format")
        {
            Description =
                "vectors: npy, w2v, jsonl; popularity, neighbors: csv, jsonl; manifest: json (default the "
                + "first).",
            DefaultValueFactory = _ => "auto",
        };
        var output = new Option<string>("--out") { Description = "File to write.", Required = true };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("export", "Write what a version holds as a file of other programs.")
        {
            store, what, name, space, outVectors, format, output, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var options = new ExportOptions
            {
                Kind = Kind(parsed.GetRequiredValue(what)),
                Format = FileFormats.Parse(parsed.GetRequiredValue(format)),
                Space = parsed.GetValue(space),
                OutVectors = parsed.GetValue(outVectors),
            };
            using Engine engine = Engine.Open(parsed.GetRequiredValue(store));
            using Model? named = parsed.GetValue(name) is string text
                ? engine.OpenModel(engine.ResolveVersion(text)) : null;
            Model model = named ?? ServingModel.Of(engine);
            var progress = new ConsoleProgress();
            ExportReport report =
                model.Export(parsed.GetRequiredValue(output), options, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static ExportKind Kind(string name) => name switch
    {
        "vectors" => ExportKind.Vectors,
        "manifest" => ExportKind.Manifest,
        "popularity" => ExportKind.Popularity,
        "neighbors" => ExportKind.Neighbors,
        _ => throw new ArgumentException(
        $"--what '{name}' is not one of vectors, manifest, popularity, neighbors"),
    };

    private static void Print(ExportReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"version {report.Version}, {report.Rows:N0} rows: {string.Join(", ", report.Files)}"));
}
