// A log as one would tell somebody about it: figures, small charts, and for each block a sentence that says
// what it means.

using System.Globalization;
using Spectre.Console;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints what is in a log.</summary>
internal static class ExploreText
{
    private const int ChartWidth = 96;
    private const int ChartHeight = 5;
    private const int BarWidth = 32;

    public static void Print(ExploreReport report)
    {
        PrintTotals(report);
        if (report.Events > 0)
        {
            PrintActions(report);
            PrintFunnel(report);
            PrintDistributions(report);
            PrintItems(report);
            if (report.Daily is { } days) PrintDays(days);
            if (report.Hourly is { } hours) PrintHours(hours);
        }
        foreach (string note in report.Notes) Console.WriteLine($"note: {note}");
        Console.WriteLine(F($"counted in {report.Seconds:0.0} s"));
    }

    private static void PrintTotals(ExploreReport report)
    {
        Table table = Tables.Create("log", "");
        void Row(string name, string value) => Tables.AddRow(table, name, value);
        Row("events", N(report.Events));
        Row("sessions", N(report.Sessions));
        Row("items", N(report.Items));
        Row("users", report.Users is { } users ? N(users) : "not known");
        if (report.FirstMs is { } first && report.LastMs is { } last)
            Row("from, to", $"{Moment(first)}, {Moment(last)} UTC");
        if (report.LiveEvents > 0) Row("observed, not taken up", $"{N(report.LiveEvents)} events");
        if (report.LeftOut is { Events: > 0 } left)
        {
            Row("training leaves out", $"{N(left.Events)} events: {N(left.DuplicateEvents)} duplicates, "
                + $"sessions: {N(left.ShortSessions)} short, {N(left.LongSessions)} long, "
                + $"{N(left.RobotSessions)} of robots");
        }
        Tables.Print(table);
    }

    private static void PrintActions(ExploreReport report)
    {
        Table table = Numbers("action", "weight", "events", "share", "a session", "items", "items never");
        foreach (ActionActivity action in report.Actions)
        {
            Tables.AddRow(
                table, action.Name, Short(action.Weight), N(action.Events), Percent(action.Share),
                Short(action.PerSession), N(action.Items), N(action.NeverItems));
        }
        Tables.Print(table);
        ActionActivity most = report.Actions.MaxBy(a => a.Events)!;
        ActionActivity rare = report.Actions.MaxBy(a => a.NeverItems)!;
        Console.WriteLine(
            $"{Percent(most.Share)} of the events are {most.Name}."
            + (rare.NeverItems == 0 ? "" : $" {N(rare.NeverItems)} of {N(report.Items)} items never met "
                + $"{rare.Name}: no event tells anything of them there."));
        Console.WriteLine();
    }

    private static void PrintFunnel(ExploreReport report)
    {
        if (report.Funnel.Count < 2) return;
        Table table = Numbers("funnel", "sessions", "share", "of the step before", "");
        table.Columns[4].LeftAligned();
        foreach (FunnelStep step in report.Funnel)
        {
            Tables.AddRow(
                table, step.Action, N(step.Sessions), Percent(step.Share),
                step.OfPrevious is { } share ? Percent(share) : "", ColumnChart.Bar(step.Share, BarWidth));
        }
        Tables.Print(table);
        FunnelStep last = report.Funnel[^1];
        Console.WriteLine($"{Percent(last.Share)} of the sessions reach {last.Action}.");
        Console.WriteLine();
    }

    private static void PrintDistributions(ExploreReport report)
    {
        Table table = Numbers("how it is spread", "mean", "p50", "p90", "p95", "p99", "max");
        void Row(string name, ValueDistribution? values, Func<double, string> show)
        {
            if (values is null) return;
            Tables.AddRow(
                table, name, show(values.Mean), show(values.P50), show(values.P90), show(values.P95),
                show(values.P99), show(values.Max));
        }
        Row("events a session", report.SessionLength, Short);
        Row("different items a session", report.ItemsPerSession, Short);
        Row("sessions a user", report.SessionsPerUser, Short);
        Row("events a user", report.EventsPerUser, Short);
        Row("from an event to the next of its session", report.SecondsBetweenEvents, Duration);
        Row("from a user's session to the next", report.SecondsBetweenSessions, Duration);
        Tables.Print(table);
        Console.WriteLine($"Half of the sessions have at most {Short(report.SessionLength!.P50)} events"
            + (report.SessionsPerUser is { } users
                ? $", half of the users at most {Short(users.P50)} sessions." : "."));
        Console.WriteLine();
    }

    private static void PrintItems(ExploreReport report)
    {
        if (report is not { ItemFrequency: { } frequency, LongTail: { } tail }) return;
        Table table = Numbers(
            "events an item", "mean", "p50", "p90", "p99", "max", "items once", "at most twice");
        Tables.AddRow(
            table, "", Short(frequency.Mean), Short(frequency.P50), Short(frequency.P90),
            Short(frequency.P99), N(frequency.Max), N(frequency.Once), N(frequency.AtMostTwice));
        Tables.Print(table);
        Table shares = Numbers("the most frequent", "share of the events", "");
        shares.Columns[2].LeftAligned();
        void Row(string name, double share) =>
            Tables.AddRow(shares, name, Percent(share), ColumnChart.Bar(share, BarWidth));
        Row("1 % of the items", tail.Top1Percent);
        Row("10 %", tail.Top10Percent);
        Row("20 %", tail.Top20Percent);
        Tables.Print(shares);
        Console.WriteLine(F(
            $"Gini {tail.Gini:0.000} (0: all alike, 1: one has all). Of {frequency.AtMostTwice:N0} items,")
            + $" {Percent((double)frequency.AtMostTwice / report.Items)}, there are one or two events: too "
            + "few to learn much from.");
        Console.WriteLine();
    }

    private static void PrintDays(IReadOnlyList<DayActivity> days)
    {
        double[] columns = ColumnChart.Fit([.. days.Select(d => (double)d.Events)], ChartWidth, out int each);
        int width = Math.Clamp(ChartWidth / columns.Length, 1, 3);
        DayActivity most = days.MaxBy(d => d.Events)!;
        Console.WriteLine(
            $"events a day, {days[0].Day} to {days[^1].Day}" + (each > 1 ? $", means of {each} days" : ""));
        foreach (string line in ColumnChart.Lines(columns, ChartHeight, width))
            Console.WriteLine($"  {line.TrimEnd()}");
        Console.WriteLine($"The most are on {most.Day}, {N(most.Events)}; a day has "
            + $"{Short(days.Average(d => d.Events))}, the last seven {Short(days[^1].Mean7)} in the mean.");
        Console.WriteLine();
    }

    private static void PrintHours(IReadOnlyList<long> hours)
    {
        Console.WriteLine("events by hour of the day, UTC");
        foreach (string line in ColumnChart.Lines([.. hours.Select(h => (double)h)], ChartHeight, 3, 1))
            Console.WriteLine($"  {line.TrimEnd()}");
        Console.WriteLine("  " + string.Join("", Enumerable.Range(0, 24).Select(h => $"{h:00}  ")).TrimEnd());
        int busiest = Enumerable.Range(0, 24).MaxBy(h => hours[h]);
        int quietest = Enumerable.Range(0, 24).MinBy(h => hours[h]);
        Console.WriteLine($"Busiest from {busiest:00}:00 ({N(hours[busiest])}), quietest from "
            + $"{quietest:00}:00 ({N(hours[quietest])}).");
        Console.WriteLine();
    }

    private static Table Numbers(params ReadOnlySpan<string> columns)
    {
        Table table = Tables.Create(columns);
        for (int i = 1; i < table.Columns.Count; i++) table.Columns[i].RightAligned();
        return table;
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 60 => F($"{seconds:0.#} s"),
        < 3600 => F($"{seconds / 60:0.#} min"),
        < 172_800 => F($"{seconds / 3600:0.#} h"),
        _ => F($"{seconds / 86_400:0.#} d"),
    };

    private static string Moment(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Percent(double share) => F($"{share * 100:0.##} %");

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
