using System.CommandLine;
using System.Globalization;
using EmbedEngine.Arrow;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine import STORE FILE...</c></summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Event files (OTTO JSONL, CSV, TSV, sessions JSONL; plain or .gz), or one Arrow file or "
                + "stream; - is standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> json = SharedOptions.Json();
        var dry = new Option<bool>("--dry-run")
        {
            Description = "Read everything, say what it was taken for, show ten rows and change nothing.",
        };
        var input = new InputOptions();
        var catalog = new CatalogImportOptions();
        var command = new Command(
            "import",
            "Import event files, or a catalogue of items, into a store; the first import makes the store.")
        {
            store, files, json, dry,
        };
        input.AddTo(command);
        catalog.AddTo(command);
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            string[] events = parsed.GetValue(files) ?? [];
            if (catalog.FileOf(parsed) is { } items)
            {
                input.RefuseWithCatalog(parsed);
                if (parsed.GetValue(dry)) throw new ArgumentException("--dry-run is of event files");
                if (events.Length > 0)
                    throw new ArgumentException("give event files or --catalog: one after the other");
                ImportItems(engine, items, catalog.Read(parsed, input.Read(parsed)), parsed.GetValue(json),
                    cancellation);
                return;
            }
            if (events.Length == 0) throw new ArgumentException("no event file is named, and no --catalog");
            var progress = new ConsoleProgress();
            ImportReport report =
                ImportEvents(engine, events, input.Read(parsed) with { DryRun = parsed.GetValue(dry) },
                    progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
            Warn(report.Warnings);
        }));
        return command;
    }

    private static ImportReport ImportEvents(
        Engine engine, string[] files, ImportOptions options, ProgressHandler progress,
        CancellationToken cancellation)
    {
        if (!Array.Exists(files, ArrowFile.Is))
            return engine.Import(
                Array.ConvertAll(files, EventSource.Auto), options, progress, cancellation);
        if (files.Length > 1) throw new ArgumentException("Arrow files are imported one at a time");
        using ArrowFile arrow = ArrowFile.Open(files[0]);
        return engine.ImportStream(arrow.Stream, options, progress, cancellation);
    }

    private static CatalogReport ImportCatalog(
        Engine engine, string file, CatalogOptions options, ProgressHandler progress,
        CancellationToken cancellation)
    {
        if (!ArrowFile.Is(file)) return engine.ImportCatalog(file, options, progress, cancellation);
        using ArrowFile arrow = ArrowFile.Open(file);
        return engine.ImportCatalogStream(arrow.Stream, options, progress, cancellation);
    }

    private static void ImportItems(
        Engine engine, string file, CatalogOptions options, bool json, CancellationToken cancellation)
    {
        var progress = new ConsoleProgress();
        CatalogReport report = ImportCatalog(engine, file, options, progress.Handler, cancellation);
        progress.Finish();
        if (json) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
        else CatalogImportOptions.Print(report);
        Warn(report.Warnings);
    }

    private static void Warn(IReadOnlyList<string> warnings)
    {
        foreach (string warning in warnings) Console.Error.WriteLine($"embedengine: warning: {warning}");
    }

    public static void Print(ImportReport report)
    {
        Table table = Tables.Create(report.Rows.Count > 0 ? "would be imported" : "imported", "");
        void Row(string name, long value) =>
            Tables.AddRow(table, name, value.ToString("N0", CultureInfo.InvariantCulture));
        Row("events", report.Events);
        foreach ((string action, long count) in report.EventsByAction) Row("  " + action, count);
        Row("sessions", report.Sessions);
        if (report.ShortSessions > 0)
            Row("  too short to learn from (kept in the log)", report.ShortSessions);
        if (report.LongSessions > 0) Row("  too long to learn from (kept in the log)", report.LongSessions);
        if (report.RobotSessions > 0)
            Row("  too fast to learn from (kept in the log)", report.RobotSessions);
        Row("items", report.Items);
        if (report.DuplicateEvents > 0) Row("  exact duplicates (learned from once)", report.DuplicateEvents);
        Row("rejected rows", report.Rejected);
        if (report.BelowRating > 0) Row("rows below the rating (left out)", report.BelowRating);
        if (report.AdoptedEvents > 0) Row("observed events taken up", report.AdoptedEvents);
        if (report.UnfitEvents > 0)
            Row("observed events left out (keys of another kind)", report.UnfitEvents);
        Taken(table, report);
        Tables.Print(table);
        if (report.Rows.Count > 0) Tables.Print(Rows(report.Rows));
        foreach (RejectedRow row in report.FirstErrors)
            Console.WriteLine(Tables.Shown($"  {row.File}:{row.Line}: {row.Reason}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0.00} s"));
    }

    private static Table Rows(IReadOnlyList<ImportedRow> rows)
    {
        Table table = Tables.Create("session", "user", "time", "action", "item");
        foreach (ImportedRow row in rows)
        {
            Tables.AddRow(
                table, row.Session, row.User ?? "", row.TimeMs is { } ms ? Time(ms) : "", row.Action,
                row.Item);
        }
        return table;
    }

    /// <summary>What the input was taken for.</summary>
    private static void Taken(Table table, ImportReport report)
    {
        foreach ((string role, string column) in report.Columns)
            Tables.AddRow(table, $"{role} column", column);
        if (report.UnusedColumns.Count > 0)
            Tables.AddRow(table, "columns not taken", string.Join(", ", report.UnusedColumns));
        Tables.AddRow(table, "item keys", report.ItemKeys == KeyKind.Int64 ? "int64" : "string");
        if (report is not { FirstMs: { } first, LastMs: { } last }) return;
        Tables.AddRow(table, "first time", Time(first));
        Tables.AddRow(table, "last time", Time(last));
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
