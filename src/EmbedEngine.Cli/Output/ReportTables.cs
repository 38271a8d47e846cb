// An evaluation as one would paste it into a report: what each source finds, where it finds it, what it
// recommends.

using System.Globalization;
using Spectre.Console;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints evaluation reports.</summary>
internal static class ReportTables
{
    public static void Print(EvaluationReport report)
    {
        PrintAccuracy(report);
        if (report.Sources.Values.Any(m => m.ByAction is not null)) PrintActions(report);
        if (report.Sources.Values.Any(m => m.Slices is not null)) PrintSlices(report);
        if (report.AgainstSession is { } gains)
            PrintDifferences("with users' histories − session alone", gains, report.K);
        if (report.Compared is { } compared)
            PrintDifferences($"version {compared.Version} − {compared.With}", compared.Sources, report.K);
        if (report.Exploration is { } exploration) PrintExploration(exploration, report.K);
        PrintTotals(report);
        foreach (RecordedEvaluation recorded in report.Recorded)
        {
            Console.WriteLine();
            string cut = recorded.MaxHistory > 0 ? $", the last {recorded.MaxHistory} events" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"recorded {recorded.At:yyyy-MM-dd HH:mm} UTC on {recorded.File} "
                + $"({recorded.Fingerprint}){cut}"));
            PrintAccuracy(recorded.Report);
            PrintTotals(recorded.Report);
        }
    }

    private static void PrintExploration(ExplorationReport exploration, int k)
    {
        string share = exploration.Share.ToString("0.###", CultureInfo.InvariantCulture);
        PrintDifferences(
            $"exploring {share} − not", new Dictionary<string, MetricDifferences>
            {
                ["hybrid"] = exploration.Difference,
            }, k);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"explored {exploration.Places:N0} places; of {exploration.LittleKnown:N0} items with at most 5 "
            + $"events {exploration.Shown:N0} were shown, {exploration.ShownWithout:N0} without."));
    }

    private static void PrintTotals(EvaluationReport report) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Cases:N0} cases of {report.Sessions:N0} sessions; intervals by bootstrap over "
            + $"sessions; a hybrid request takes {report.P50Us:0} µs (p50), {report.P99Us:0} µs (p99)."));

    private static void PrintAccuracy(EvaluationReport report)
    {
        int k = report.K;
        Table table = Numbers(
            "source", $"recall@{k}", "95 % interval", $"NDCG@{k}", $"MAP@{k}", $"MRR@{k}", $"hit@{k}",
            "coverage");
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            Tables.AddRow(
                table, Shown(report, name), F(m.Recall.Value), Interval(m.Recall), F(m.Ndcg.Value),
                F(m.Map.Value),
                F(m.Mrr.Value), F(m.HitRate.Value), F(m.Coverage));
        }
        Tables.Print(table);
    }

    private static void PrintActions(EvaluationReport report)
    {
        Table table = Numbers(
            "rest of session", "clicks", "carts", "orders", "weighted", "95 % interval");
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            if (m.ByAction is not ActionRecall a) continue;
            Tables.AddRow(
                table, Shown(report, name), F(a.Clicks?.Value), F(a.Carts?.Value), F(a.Orders?.Value),
                F(a.Weighted?.Value),
                a.Weighted is Measured weighted ? Interval(weighted) : "–");
        }
        Tables.Print(table);
        Console.WriteLine(
            $"recall@{report.K} by action, as OTTO counts it; weighted = .1 clicks + .3 carts + .6 orders.");
    }

    private static void PrintSlices(EvaluationReport report)
    {
        SourceSlices cases = report.Sources.Values.First(m => m.Slices is not null).Slices!;
        Table table = Numbers(["recall/MRR", .. cases.ByName.Select(s => s.Name)]);
        Tables.AddRow(
            table, ["(cases)",
                .. cases.ByName.Select(s => s.Metrics.Cases.ToString("N0", CultureInfo.InvariantCulture))]);
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            if (m.Slices is not SourceSlices slices) continue;
            Tables.AddRow(table, [Shown(report, name), .. slices.ByName.Select(s => s.Metrics.Cases == 0 ? "–"
                : $"{Short(s.Metrics.Recall)}/{Short(s.Metrics.Mrr)}")]);
        }
        Tables.Print(table);
        Console.WriteLine("short: at most 2 events of history; long: 6 or more; cold: the item had at most "
            + "5 events in training;");
        Console.WriteLine("repeats: the item was in the session; unseen: it was not.");
        PrintLists(report);
    }

    private static void PrintLists(EvaluationReport report)
    {
        Table table = Numbers("lists", "coverage", "novelty", "diversity", "popularity bias");
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            Tables.AddRow(
                table, Shown(report, name), Short(m.Coverage), Short(m.Novelty, "0.0"), Short(m.Diversity),
                Short(m.PopularityBias, "0.00"));
        }
        Tables.Print(table);
        Console.WriteLine("novelty: bits of surprise of an item; diversity: 1 − likeness within a list; "
            + "popularity bias: how much more");
        Console.WriteLine("popular than what was taken.");
    }

    private static void PrintDifferences(
        string what, IReadOnlyDictionary<string, MetricDifferences> bySource, int k)
    {
        Table table = Numbers(
            what, $"recall@{k}", "95 % interval", $"NDCG@{k}", "95 % interval", $"MRR@{k}",
            "95 % interval");
        foreach ((string name, MetricDifferences d) in bySource)
        {
            Tables.AddRow(
                table, name, Signed(d.Recall.Value), SignedInterval(d.Recall), Signed(d.Ndcg.Value),
                SignedInterval(d.Ndcg),
                Signed(d.Mrr.Value), SignedInterval(d.Mrr));
        }
        Tables.Print(table);
        Console.WriteLine(
            "paired: the same cases, resampled together; an interval that does not hold 0 is a difference.");
    }

    private static Table Numbers(params ReadOnlySpan<string> columns)
    {
        Table table = Tables.Create(columns);
        for (int i = 1; i < table.Columns.Count; i++) table.Columns[i].RightAligned();
        return table;
    }

    private static string Shown(EvaluationReport report, string name) =>
        name == "hybrid" && report.ServedSource != "hybrid" ? $"{name} (= {report.ServedSource})" : name;

    private static string Interval(Measured m) => $"{F(m.Low)} – {F(m.High)}";

    private static string SignedInterval(Measured m) => $"{Signed(m.Low)} – {Signed(m.High)}";

    private static string Signed(double value) =>
        value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    private static string F(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";

    private static string Short(double? value, string format = ".000") =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
