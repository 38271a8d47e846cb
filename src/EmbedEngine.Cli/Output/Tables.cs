using System.Globalization;
using Spectre.Console;

namespace EmbedEngine.Cli.Output;

/// <summary>Readable tables for a terminal.</summary>
internal static class Tables
{
    private const int RedirectedWidth = 120;

    private static readonly IAnsiConsole Out = CreateConsole();

    public static void Print(Table table) => Out.Write(table.Border(TableBorder.Simple));

    public static Table Create(params ReadOnlySpan<string> columns)
    {
        var table = new Table();
        foreach (string column in columns)
        {
            var c = new TableColumn(new Text(column)) { NoWrap = true };
            table.AddColumn(c);
        }
        return table;
    }

    public static void AddRow(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (string cell in cells) row.Add(new Text(cell));
        table.AddRow(row);
    }

    /// <summary>The evaluation as one would paste it into a report.</summary>
    public static void PrintReport(EvaluationReport report)
    {
        Table table = Create(
            "source", $"recall@{report.K}", "95 % interval", $"NDCG@{report.K}", $"MAP@{report.K}", $"MRR@{report.K}",
            $"hit@{report.K}", "coverage");
        for (int i = 1; i < table.Columns.Count; i++) table.Columns[i].RightAligned();
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            string shown = name == "hybrid" && report.ServedSource != "hybrid" ? $"{name} (= {report.ServedSource})" : name;
            AddRow(
                table, shown, F(m.Recall.Value), $"{F(m.Recall.Low)} – {F(m.Recall.High)}", F(m.Ndcg.Value), F(m.Map.Value),
                F(m.Mrr.Value), F(m.HitRate.Value), F(m.Coverage));
        }
        Print(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Cases:N0} cases of {report.Sessions:N0} sessions; intervals by bootstrap over sessions; a hybrid request takes {report.P50Us:0} µs (p50), {report.P99Us:0} µs (p99)."));
    }

    private static string F(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = RedirectedWidth;
        return console;
    }
}
