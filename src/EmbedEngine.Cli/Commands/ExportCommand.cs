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
            Description = "vectors, manifest, popularity, neighbors, cooccurrence or ppmi.", Required = true,
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
                "vectors: npy, w2v, jsonl; manifest: json; the others: csv, jsonl (default the first).",
            DefaultValueFactory = _ => "auto",
        };
        var window = new Option<int>("--window")
        {
            Description = "cooccurrence, ppmi: events to each side (default the version's svd_window).",
        };
        var shift = new Option<double>("--shift")
        {
            Description = "ppmi: its logarithm is taken off (default the version's svd_shift).",
        };
        var output = new Option<string>("--out")
        {
            Description = "File to write; - is standard output.", Required = true,
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("export", "Write what a version holds as a file of other programs.")
        {
            store, what, name, space, outVectors, format, window, shift, output, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var options = new ExportOptions
            {
                Kind = Kind(parsed.GetRequiredValue(what)),
                Format = FileFormats.Parse(parsed.GetRequiredValue(format)),
                Space = parsed.GetValue(space),
                OutVectors = parsed.GetValue(outVectors),
                Window = parsed.GetValue(window),
                Shift = parsed.GetValue(shift),
            };
            bool ofLog = options.Kind is ExportKind.Cooccurrence or ExportKind.Ppmi;
            if (ofLog && ServingModel.IsBundle(parsed.GetRequiredValue(store)))
            {
                throw new ArgumentException(
                    $"--what {parsed.GetValue(what)} is counted in the log: it needs a store, not a bundle");
            }
            if (ofLog && parsed.GetValue(name) is not null)
                throw new ArgumentException("--name: counts are over the items of the active version");
            using Engine engine = SharedOptions.Open(parsed, store);
            using Model? named = parsed.GetValue(name) is string text
                ? engine.OpenModel(engine.ResolveVersion(text)) : null;
            Model model = named ?? ServingModel.Of(engine);
            var progress = new ConsoleProgress();
            string file = StandardOutput.Resolve(parsed.GetRequiredValue(output));
            ExportReport report = ofLog ? engine.Export(file, options, progress.Handler, cancellation)
                : model.Export(file, options, progress.Handler, cancellation);
            progress.Finish();
            if (StandardOutput.IsMeantBy(file)) return;
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
        "cooccurrence" => ExportKind.Cooccurrence,
        "ppmi" => ExportKind.Ppmi,
        _ => throw new ArgumentException(
            $"--what '{name}' is not one of vectors, manifest, popularity, neighbors, cooccurrence, ppmi"),
    };

    private static void Print(ExportReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"version {report.Version}, {report.Rows:N0} rows: {string.Join(", ", report.Files)}"));
}
