using System.CommandLine;
using System.Globalization;
using EmbedEngine.Arrow;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine import-vectors STORE FILE --space NAME</c></summary>
internal static class ImportVectorsCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var file = new Argument<string>("FILE")
        {
            Description = ".npy, safetensors, word2vec text, JSON lines, or an Arrow file or stream.",
        };
        var space = new Option<string>("--space")
        {
            Description = "Name of the vector space.", Required = true,
        };
        var ids = new Option<string?>("--ids")
        {
            Description =
                "Keys of a .npy or safetensors file: int64 .npy, or text, one a line (default FILE.ids.npy "
                + "or FILE.ids.txt).",
        };
        var vectors = new Option<string?>("--vectors-column")
        {
            Description =
                "Tensor of a safetensors file, or column of an Arrow file, with the vectors (default the "
                + "only one).",
        };
        var item = new Option<string?>("--item")
        {
            Description = "I64 tensor, or column, of the item keys (default found).",
        };
        var format = new Option<string>("--format")
        {
            Description = "npy, w2v, jsonl or safetensors (default by the file's first bytes).",
            DefaultValueFactory = _ => "auto",
        };
        var maxErrors = new Option<long>("--max-errors")
        {
            Description = "Bad rows tolerated (default 1000).",
            DefaultValueFactory = _ => ImportOptions.DefaultMaxErrors,
        };
        var allowUnknown = new Option<bool>("--allow-unknown")
        {
            Description =
                "Pass over rows of items that neither log nor catalogue knows instead of counting them as "
                + "bad.",
        };
        var addItems = new Option<bool>("--add-items")
        {
            Description = "Make items of those that neither log nor catalogue knows, at the next training.",
        };
        var name = new Option<string?>("--name") { Description = "Name of the new version." };
        var noPublish = new Option<bool>("--no-publish")
        {
            Description = "Make the version without activating it.",
        };
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("import-vectors", "Add vectors made elsewhere to a copy of the active version.")
        {
            store, file, space, ids, vectors, item, format, maxErrors, allowUnknown, addItems, name,
            noPublish, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var options = new VectorImportOptions
            {
                Space = parsed.GetRequiredValue(space),
                IdsPath = parsed.GetValue(ids),
                Format = FileFormats.Parse(parsed.GetRequiredValue(format)),
                MaxErrors = parsed.GetValue(maxErrors),
                AllowUnknown = parsed.GetValue(allowUnknown),
                AddItems = parsed.GetValue(addItems),
                VectorsColumn = parsed.GetValue(vectors),
                Item = parsed.GetValue(item),
                Name = parsed.GetValue(name),
                Publish = !parsed.GetValue(noPublish),
                Index = new HnswOptions { Threads = parsed.GetValue(threads) },
            };
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            VectorImportReport report =
                Import(engine, parsed.GetRequiredValue(file), options, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static VectorImportReport Import(
        Engine engine, string file, VectorImportOptions options, ProgressHandler progress,
        CancellationToken cancellation)
    {
        if (!ArrowFile.Is(file)) return engine.ImportVectors(file, options, progress, cancellation);
        using ArrowFile arrow = ArrowFile.Open(file);
        return engine.ImportVectorsStream(arrow.Stream, options, progress, cancellation);
    }

    private static void Print(VectorImportReport report)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"version {report.Version}: space {report.Space}, {report.Items:N0} items x {report.Dimensions}; "
            + $"{report.Missing:N0} items have no vector, {report.Unknown:N0} rows name unknown items, "
            + $"{report.Rejected:N0} rows rejected"));
        if (report.Waiting > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Waiting:N0} vectors wait for the next training, which makes items of its version "
                + $"of theirs; {report.NewItems:N0} of these items are new to the store"));
        }
        foreach (RejectedRow row in report.FirstErrors)
            Console.WriteLine($"  {row.File}:{row.Line}: {row.Reason}");
    }
}
