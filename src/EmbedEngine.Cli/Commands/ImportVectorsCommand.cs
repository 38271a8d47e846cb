using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine import-vectors STORE FILE --space NAME</c></summary>
internal static class ImportVectorsCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var file = new Argument<string>("FILE") { Description = ".npy, word2vec text or JSON lines." };
        var space = new Option<string>("--space")
        {
            Description = "Name of the vector space.", Required = true,
        };
        var ids = new Option<string?>("--ids")
        {
            Description =
                "Keys of a .npy file: int64 .npy, or text, one a line (default FILE.ids.npy or "
                + "FILE.ids.txt).",
        };
        var format = new Option<string>("--format")
        {
            Description = "npy, w2v or jsonl (default by the file's first bytes).",
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
                "Pass over rows of items that the version does not know instead of counting them as bad.",
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
            store, file, space, ids, format, maxErrors, allowUnknown, name, noPublish, threads, json,
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
                Name = parsed.GetValue(name),
                Publish = !parsed.GetValue(noPublish),
                Index = new HnswOptions { Threads = parsed.GetValue(threads) },
            };
            using Engine engine = SharedOptions.Open(parsed, store);
            var progress = new ConsoleProgress();
            VectorImportReport report =
                engine.ImportVectors(parsed.GetRequiredValue(file), options, progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(VectorImportReport report)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"version {report.Version}: space {report.Space}, {report.Items:N0} items x {report.Dimensions}; "
            + $"{report.Missing:N0} items have no vector, {report.Unknown:N0} rows name unknown items, "
            + $"{report.Rejected:N0} rows rejected"));
        foreach (RejectedRow row in report.FirstErrors)
            Console.WriteLine($"  {row.File}:{row.Line}: {row.Reason}");
    }
}
