// What is in the log: the section of `explore`.

using System.Globalization;
using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Page;
using OxyPlot;
using OxyPlot.Axes;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "Data".</summary>
internal static class DataSection
{
    private const string Id = "data";

    /// <summary>Days shown; a log of years shows its last ones, the table says so.</summary>
    private const int MostDays = 400;
    private const int MeanDays = 7;

    public static PageSection Create(ExploreReport log)
    {
        var section = new PageSection(Id, "Data") { Lead = Lead(log) };
        section.Tile("events", Count(log.Events));
        section.Tile("sessions", Count(log.Sessions));
        section.Tile("items", Count(log.Items));
        section.Tile("users", log.Users is { } users ? Count(users) : "none named");
        if (log.FirstMs is { } first && log.LastMs is { } last)
            section.Tile("from – to (UTC)", $"{Day(first)} – {Day(last)}");
        foreach (string note in log.Notes) section.Note(Sentence(note));
        if (log.LeftOut.Events > 0) section.Note(LeftOut(log));
        if (log.Events == 0) return section;
        if (log.Daily is { Count: > 1 } days) section.Add(Daily(days));
        if (log.Hourly is { } hours && hours.Any(h => h > 0)) section.Add(Hourly(hours));
        section.Add(Actions(log));
        if (log.Funnel.Count > 1) section.Add(Funnel(log));
        if (log.SessionLength is not null) section.Add(Spread(log));
        if (log.SecondsBetweenEvents is not null || log.SecondsBetweenSessions is not null)
            section.Add(Gaps(log));
        if (log.LongTail is { } tail && log.ItemFrequency is { } frequency)
            section.Add(Tail(log, tail, frequency));
        return section;
    }

    private static string Lead(ExploreReport log)
    {
        if (log.Events == 0) return "The log holds no events yet: import some.";
        string span = log.FirstMs is { } first && log.LastMs is { } last
            ? $" over {Seconds((last - first) / 1000.0)}" : ", without times";
        string length = log.SessionLength is { } l
            ? $" Half of the sessions have at most {Number(l.P50)} events, nine in ten at most "
            + $"{Number(l.P90)}." : "";
        string once = log.ItemFrequency is { } f
            ? $" {Percent((double)f.AtMostTwice / log.Items)} of the items were seen once or twice." : "";
        return $"{Count(log.Events)} events of {Count(log.Sessions)} sessions on {Count(log.Items)} "
            + $"items{span}."
            + length + once;
    }

    private static string LeftOut(ExploreReport log)
    {
        LeftOutEvents left = log.LeftOut;
        return $"Training leaves out {Count(left.Events)} events "
            + $"({Percent((double)left.Events / log.Events)}): "
            + $"{Count(left.DuplicateEvents)} exact duplicates, {Count(left.ShortSessions)} short, "
            + $"{Count(left.LongSessions)} long and {Count(left.RobotSessions)} robot sessions.";
    }

    private static Figure Daily(IReadOnlyList<DayActivity> days)
    {
        DayActivity[] shown = [.. days.Skip(Math.Max(0, days.Count - MostDays))];
        bool oneYear = shown[0].Day[..4] == shown[^1].Day[..4];
        DateTimeAxis across = Chart.Value(
            new DateTimeAxis(), AxisPosition.Bottom, oneYear ? $"day of {shown[0].Day[..4]} (UTC)" : "day "
                + "(UTC)");
        across.StringFormat = oneYear ? "MM-dd" : "yyyy-MM-dd";
        across.IntervalLength = oneYear ? 70 : 100;
        double[] at = [.. shown.Select(d => DateTimeAxis.ToDouble(DateTime.ParseExact(
            d.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture)))];
        var columns = shown.Select((d, i) => new Column(
            at[i] - .4, at[i] + .4, d.Events, $"{d.Day}: {Count(d.Events)} events"));
        DayActivity most = days.MaxBy(d => d.Events)!;
        double mean = days.Average(d => d.Events);
        string course = days.Count < 2 * MeanDays ? ""
            : $" The mean of the last {MeanDays} days is {Number(days[^1].Mean7)} against "
                + $"{Number(days[MeanDays - 1].Mean7)} in the first {MeanDays}.";
        string cut = shown.Length < days.Count ? $" Shown are the last {MostDays} days." : "";
        return new Figure(
            "Events a day",
            $"{Number(mean)} events on a mean day; most, {Count(most.Events)}, on {most.Day}.{course}{cut}",
            ColumnChart.Create(
                [.. columns], across, "events", Chart.Half,
                [.. shown.Select((d, i) => new DataPoint(at[i], d.Mean7))], $"mean of {MeanDays} days"),
            new DataTable(
                $"Events a day, and the mean of it and the {MeanDays - 1} days before",
                ["day", "events", $"mean of {MeanDays} days"],
                [.. shown.Select(d => (string[])[d.Day, Count(d.Events), Number(d.Mean7)])]));
    }

    private static Figure Hourly(IReadOnlyList<long> hours)
    {
        LinearAxis across = Chart.Value(new LinearAxis(), AxisPosition.Bottom, "hour of the day (UTC)");
        (across.Minimum, across.Maximum, across.MajorStep) = (-.6, 23.6, 3);
        double total = hours.Sum();
        int most = Enumerable.Range(0, hours.Count).MaxBy(h => hours[h]);
        int least = Enumerable.Range(0, hours.Count).MinBy(h => hours[h]);
        return new Figure(
            "Events by hour of the day",
            $"The busiest hour is {most:00}:00 with {Percent(hours[most] / total)} of the events, the "
            + $"quietest {least:00}:00 with {Percent(hours[least] / total)}.",
            ColumnChart.Create(
                [.. hours.Select((n, h) => new Column(h - .4, h + .4, n, $"{h:00}:00: {Count(n)} events"))],
                across, "events", Chart.Half),
            new DataTable(
                "Events by hour of the day, UTC", ["hour", "events", "share"],
                [.. hours.Select((n, h) => (string[])[$"{h:00}:00", Count(n), Percent(n / total)])]));
    }

    private static Figure Actions(ExploreReport log)
    {
        ActionActivity[] actions = [.. log.Actions.OrderByDescending(a => a.Events)];
        ActionActivity first = actions[0];
        string sentence = actions.Length == 1
            ? $"Every event is of the one action {first.Name}; {Number(first.PerSession)} come in a mean "
            + "session."
            : $"{first.Name} are {Percent(first.Share)} of the events; "
                + string.Join(", ", actions.Skip(1).Take(3).Select(
                    a => $"{Count(a.NeverItems)} of {Count(log.Items)} items never had {a.Name}")) + ".";
        return new Figure(
            "Events by action", sentence,
            BarChart.Create(
                [.. actions.Select(a => (a.Name, a.Share))], "share of the events", Percent, Chart.Half,
                ChartColors.Group(0)),
            new DataTable(
                "Actions",
                ["action", "events", "share", "a session", "sessions with it", "items", "items without it",
                    "weight"],
                [.. actions.Select(a => (string[])[a.Name, Count(a.Events), Percent(a.Share),
                    Number(a.PerSession), Count(a.Sessions), Count(a.Items), Count(a.NeverItems),
                    Number(a.Weight)])]));
    }

    private static Figure Funnel(ExploreReport log)
    {
        FunnelStep last = log.Funnel[^1];
        return new Figure(
            "How far sessions get",
            $"Of {Count(log.Sessions)} sessions {Percent(last.Share)} reach {last.Action}"
            + (last.OfPrevious is { } share
                ? $"; of those with {log.Funnel[^2].Action}, {Percent(share)} do." : "."),
            BarChart.Create(
                [.. log.Funnel.Select(f => (f.Action, f.Share))], "share of the "
                    + "sessions", Percent, Chart.Half,
                ChartColors.Group(2)),
            new DataTable(
                "Sessions with at least one event of an action", ["action", "sessions", "share", "of the "
                    + "step before"],
                [.. log.Funnel.Select(f => (string[])[f.Action, Count(f.Sessions), Percent(f.Share),
                    f.OfPrevious is { } of ? Percent(of) : "–"])]));
    }

    private static Figure Spread(ExploreReport log)
    {
        var all = new (string Name, ValueDistribution? Values)[]
        {
            ("events of a session", log.SessionLength), ("items of a session", log.ItemsPerSession),
            ("sessions of a user", log.SessionsPerUser), ("events of a user", log.EventsPerUser),
        };
        (string Name, ValueDistribution Values)[] rows =
            [.. all.Where(r => r.Values is not null).Select(r => (r.Name, r.Values!))];
        ValueDistribution length = log.SessionLength!;
        string users = log.SessionsPerUser is { } s
            ? $" A user comes back {Number(Math.Max(0, s.Mean - 1))} times in the mean." : "";
        return Distributions(
            "Sessions and users",
            $"A session has {Number(length.Mean)} events in the mean; 99 in 100 have at most "
            + $"{Number(length.P99)}, the longest "
            + $"{Number(length.Max)}.{users}", rows, "number", v => Number(v));
    }

    private static Figure Gaps(ExploreReport log)
    {
        var all = new (string Name, ValueDistribution? Values)[]
        {
            ("to the next event", log.SecondsBetweenEvents), ("to the next "
                + "session", log.SecondsBetweenSessions),
        };
        (string Name, ValueDistribution Values)[] rows =
            [.. all.Where(r => r.Values is not null).Select(r => (r.Name, r.Values!))];
        string events = log.SecondsBetweenEvents is { } e
            ? $"Within a session the next event comes after {Seconds(e.P50)} in the median, in 99 of "
            + $"100 cases within {Seconds(e.P99)}." : "";
        string sessions = log.SecondsBetweenSessions is { } s
            ? $" A user's next session begins {Seconds(s.P50)} after the last in the median." : "";
        return Distributions("Gaps", (events + sessions).Trim(), rows, "time, logarithmic", Seconds);
    }

    private static Figure Distributions(
        string title, string sentence, (string Name, ValueDistribution Values)[] rows, string axis,
        Func<double, string> format) => new(
            title, sentence,
            RangeChart.Create(
                [.. rows.Select(r => (r.Name,
                    (double[])[r.Values.P50, r.Values.P90, r.Values.P95, r.Values.P99, r.Values.Max]))],
                ["median", "p90", "p95", "p99", "most"], axis, format, Chart.Half),
            new DataTable(
                title, ["of", "counted", "mean", "median", "p90", "p95", "p99", "most"],
                [.. rows.Select(r => (string[])[r.Name, Count(r.Values.Count), format(r.Values.Mean),
                    format(r.Values.P50), format(r.Values.P90), format(r.Values.P95), format(r.Values.P99),
                    format(r.Values.Max)])]));

    private static Figure Tail(ExploreReport log, LongTail tail, ItemFrequency frequency)
    {
        (string, double)[] bars =
        [
            ("top 1 % of items", tail.Top1Percent), ("top 10 %", tail.Top10Percent),
            ("top 20 %", tail.Top20Percent),
        ];
        return new Figure(
            "The long tail",
            $"The most frequent 1 % of the items have {Percent(tail.Top1Percent)} of the events (Gini "
            + $"{Number(tail.Gini)}); the median item has {Number(frequency.P50)}, {Count(frequency.Once)} "
            + "have a single one.",
            BarChart.Create(bars, "share of the events", Percent, Chart.Half, ChartColors.Group(4)),
            new DataTable(
                "How events are shared among items", ["measure", "value"],
                [.. bars.Select(b => (string[])[b.Item1, Percent(b.Item2)]), ["Gini", Number(tail.Gini)],
                    ["events of an item, mean", Number(frequency.Mean)], ["median", Number(frequency.P50)],
                    ["p90", Number(frequency.P90)], ["p99", Number(frequency.P99)],
                    ["most", Count(frequency.Max)], ["items seen once", Count(frequency.Once)],
                    ["items seen once or twice", Count(frequency.AtMostTwice)],
                    .. log.ItemsByActions.Select((n, i) => (string[])[$"items with {i + 1} different "
                        + "actions", Count(n)])]));
    }
}
