// How good the version is: the section of `evaluate`.

using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Measures;
using EmbedEngine.Report.Page;
using OxyPlot;
using OxyPlot.Axes;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "Quality".</summary>
internal static class QualitySection
{
    private const string Id = "quality";
    private const string Hybrid = "hybrid";
    private const int MostFeatures = 15;
    private const int Bins = 24;

    /// <param name="report">The figures.</param>
    /// <param name="version">Version they are of.</param>
    /// <param name="stored">Whether train measured them; false = on a test file.</param>
    /// <param name="times">Latencies measured for the page; null = none.</param>
    public static PageSection Create(
        EvaluationReport report, ModelVersion version, bool stored, RequestTimes? times)
    {
        ManifestFigures manifest = ManifestFigures.Read(version.Manifest);
        var section = new PageSection(Id, "Quality") { Lead = Lead(report, stored) };
        section.Tile("cases", Count(report.Cases));
        section.Tile("sessions", Count(report.Sessions));
        section.Tile("hybrid serves", report.ServedSource);
        section.Tile("request, median", $"{Number(report.P50Us)} µs");
        section.Tile("request, p99", $"{Number(report.P99Us)} µs");
        if (report.Cases == 0) return section;
        section.Add(BySource(report));
        if (report.Sources.Values.Any(m => m.Slices is not null)) section.Add(Slices(report));
        if (report.Sources.Values.Any(m => m.ByAction is not null)) section.Add(ByAction(report));
        if (manifest.Margins.Count > 0) section.Add(Gate(manifest, report.ServedSource));
        if (manifest.Rankers.FirstOrDefault(r => r.Features.Any(f => f.Share > 0)) is { } ranker)
            section.Add(Importance(ranker, manifest.Rankers));
        if (times is not null) section.Add(Latency(times));
        section.Add(Lists(report));
        return section;
    }

    /// <summary>Where nothing was measured.</summary>
    public static PageSection Unmeasured(string why) => new(Id, "Quality") { Lead = why };

    private static string Lead(EvaluationReport report, bool stored)
    {
        if (report.Cases == 0) return "There was no case to measure.";
        string where = stored ? "sessions later than those it learned from" : "the sessions of the test file";
        if (!report.Sources.TryGetValue(Hybrid, out SourceMetrics? hybrid))
            return $"Measured on {Count(report.Cases)} cases of {where}.";
        string best = Best(report) is { } single
            ? $", {Points(hybrid.Recall.Value - single.Metrics.Recall.Value)} points against the best single "
                + $"source, {single.Name}" : "";
        return $"Among {report.K} recommendations is what came next in {Percent(hybrid.Recall.Value)} of "
            + $"{Count(report.Cases)} cases ({Percent(hybrid.Recall.Low)} to "
            + $"{Percent(hybrid.Recall.High)}){best}: measured on {where}.";
    }

    private static (string Name, SourceMetrics Metrics)? Best(EvaluationReport report)
    {
        (string, SourceMetrics)? best = null;
        foreach ((string name, SourceMetrics m) in report.Sources)
        {
            if (IsFusion(name)) continue;
            if (best is null || m.Recall.Value > best.Value.Item2.Recall.Value) best = (name, m);
        }
        return best;
    }

    private static bool IsFusion(string name) =>
        name.StartsWith(Hybrid, StringComparison.Ordinal)
        || name.StartsWith("ranker", StringComparison.Ordinal);

    private static string Shown(EvaluationReport report, string name) =>
        name == Hybrid && report.ServedSource != Hybrid ? $"{Hybrid} (= {report.ServedSource})" : name;

    private static Figure BySource(EvaluationReport report)
    {
        (string Name, SourceMetrics Metrics)[] sources =
            [.. report.Sources.Select(s => (s.Key, s.Value)).OrderByDescending(s => s.Value.Recall.Value)];
        (string Name, SourceMetrics Metrics) first = sources[0], last = sources[^1];
        int k = report.K;
        return new Figure(
            $"Recall@{k} by source",
            $"{Shown(report, first.Name)} finds most, {Percent(first.Metrics.Recall.Value)}; {last.Name} "
            + $"least, {Percent(last.Metrics.Recall.Value)}. Lines are 95 % intervals by bootstrap over "
            + "sessions.",
            IntervalChart.Create(
                [.. sources.Select(s => new IntervalRow(
                    Shown(report, s.Name), s.Metrics.Recall.Value, s.Metrics.Recall.Low,
                    s.Metrics.Recall.High,
                    IsFusion(s.Name) ? ChartColors.Group(1) : ChartColors.Group(0)))],
                $"recall@{k}", Percent, Chart.Half),
            new DataTable(
                $"Accuracy by source, lists of {k}",
                ["source", $"recall@{k}", "95 % interval", $"NDCG@{k}", $"MAP@{k}", $"MRR@{k}", $"hit@{k}"],
                [.. sources.Select(s => (string[])[Shown(report, s.Name), F(s.Metrics.Recall.Value),
                    $"{F(s.Metrics.Recall.Low)} – {F(s.Metrics.Recall.High)}", F(s.Metrics.Ndcg.Value),
                    F(s.Metrics.Map.Value), F(s.Metrics.Mrr.Value), F(s.Metrics.HitRate.Value)])]));
    }

    private static Figure Slices(EvaluationReport report)
    {
        (string Name, SourceSlices Slices)[] sources =
            [.. report.Sources.Where(s => s.Value.Slices is not null)
                .OrderByDescending(s => s.Value.Recall.Value).Select(s => (s.Key, s.Value.Slices!))];
        (string Name, SliceMetrics Metrics)[] parts = [.. sources[0].Slices.ByName];
        string[] columns = [.. parts.Select(p => p.Name)];
        var values = new double[sources.Length, columns.Length];
        for (int s = 0; s < sources.Length; s++)
        {
            int part = 0;
            foreach ((_, SliceMetrics m) in sources[s].Slices.ByName)
                values[s, part++] = m.Cases == 0 ? double.NaN : m.Recall;
        }
        SourceSlices served = report.Sources.TryGetValue(Hybrid, out SourceMetrics? h) && h.Slices is not null
            ? h.Slices : sources[0].Slices;
        var measured = served.ByName.Select((p, i) => (Name: columns[i], p.Metrics))
            .Where(p => p.Metrics.Cases > 0).OrderByDescending(p => p.Metrics.Recall).ToArray();
        string sentence = measured.Length < 2 ? "Too few cases to compare parts."
            : $"hybrid does best on {measured[0].Name} ({Percent(measured[0].Metrics.Recall)} of "
                + $"{Count(measured[0].Metrics.Cases)} cases) and worst on {measured[^1].Name} "
                + $"({Percent(measured[^1].Metrics.Recall)} of {Count(measured[^1].Metrics.Cases)}). Short: "
                + "at most 2 events of history; long: 6 or more; cold: items of at most 5 events in "
                + "training; repeats: items that the session already has; unseen: others. Cells are "
                + "percent.";
        return new Figure(
            $"Recall@{report.K} by part of the cases", sentence,
            HeatChart.Create(
                new HeatTable([.. sources.Select(s => Shown(report, s.Name))], columns, values)
                {
                    Format = v => (v * 100).ToString("0", System.Globalization.CultureInfo.InvariantCulture),
                    Least = 0,
                }, Chart.Half),
            new DataTable(
                "Recall / MRR by part of the cases", ["source", .. columns],
                [["(cases)", .. parts.Select(p => Count(p.Metrics.Cases))],
                    .. sources.Select(s => (string[])[Shown(report, s.Name), .. s.Slices.ByName.Select(
                        p => p.Metrics.Cases == 0 ? "–" : $"{F(p.Metrics.Recall)} / {F(p.Metrics.Mrr)}")])]));
    }

    private static Figure ByAction(EvaluationReport report)
    {
        (string Name, ActionRecall Recall)[] sources =
            [.. report.Sources.Where(s => s.Value.ByAction is not null)
                .OrderByDescending(s => s.Value.Recall.Value).Select(s => (s.Key, s.Value.ByAction!))];
        string[] columns = ["clicks", "carts", "orders", "weighted"];
        var values = new double[sources.Length, columns.Length];
        for (int s = 0; s < sources.Length; s++)
        {
            ActionRecall a = sources[s].Recall;
            Measured?[] of = [a.Clicks, a.Carts, a.Orders, a.Weighted];
            for (int c = 0; c < columns.Length; c++) values[s, c] = of[c]?.Value ?? double.NaN;
        }
        int best = Enumerable.Range(0, sources.Length).MaxBy(
            s => double.IsNaN(values[s, 3]) ? values[s, 0] : values[s, 3]);
        return new Figure(
            $"Recall@{report.K} by action",
            $"{Shown(report, sources[best].Name)} does best as OTTO counts it: .1 clicks + .3 carts + .6 "
            + "orders of the rest of a session.",
            HeatChart.Create(
                new HeatTable([.. sources.Select(s => Shown(report, s.Name))], columns, values)
                {
                    Format = v => Percent(v), Least = 0,
                }, Chart.Half),
            new DataTable(
                "Recall by action", ["source", .. columns],
                [.. sources.Select((s, i) => (string[])[Shown(report, s.Name),
                    .. Enumerable.Range(0, columns.Length).Select(
                        c => double.IsNaN(values[i, c]) ? "–" : F(values[i, c]))])]));
    }

    private static Figure Gate(ManifestFigures manifest, string served)
    {
        GateMargin[] margins = [.. manifest.Margins.OrderBy(m => m.Gain.Value)];
        GateMargin nearest = margins[0];
        bool above = nearest.Gain.Low > 0;
        string metric = manifest.GateMetric ?? "recall";
        return new Figure(
            "What the ranker gains",
            $"Over its nearest rival, {nearest.Rival}, the ranker gains {Points(nearest.Gain.Value)} points "
            + $"of {metric} ({Points(nearest.Gain.Low)} to {Points(nearest.Gain.High)}), paired on the same "
            + "cases: "
            + (above ? "more than chance" : "no more than chance would give") + ", so hybrid serves "
            + $"{served}.",
            IntervalChart.Create(
                [.. margins.Select(m => new IntervalRow(
                    m.Rival, m.Gain.Value, m.Gain.Low, m.Gain.High,
                    m.Gain.Low > 0 ? ChartColors.Good
                        : m.Gain.High < 0 ? ChartColors.Bad : ChartColors.Rest))],
                $"{metric}, ranker less rival (points)", v => Points(v), Chart.Half, mark: 0),
            new DataTable(
                $"{metric} of the ranker less that of each rival", ["rival", "gain", "95 % interval"],
                [.. margins.Select(m => (string[])[m.Rival, Signed(m.Gain.Value),
                    $"{Signed(m.Gain.Low)} – {Signed(m.Gain.High)}"])]));
    }

    private static Figure Importance(RankerImportance ranker, IReadOnlyList<RankerImportance> all)
    {
        (string Feature, double Share)[] first =
            [.. ranker.Features.Where(f => f.Share > 0).Take(MostFeatures)];
        double shown = first.Sum(f => f.Share);
        return new Figure(
            "What the ranker goes by",
            $"{first[0].Feature} matters most, {Percent(first[0].Share)} of what the {Count(ranker.Trees)} "
            + $"trees gain; the {first.Length} shown make up {Percent(shown)} of {ranker.Features.Count} "
            + "features.",
            BarChart.Create(first, "share of the gain", Percent, Chart.Half, ChartColors.Group(7)),
            new DataTable(
                "Importance of features by ranker", ["feature", .. all.Select(r => r.Name)],
                [.. ranker.Features.Select(f => (string[])[f.Feature, .. all.Select(r => r.Features
                    .Where(o => o.Feature == f.Feature).Select(o => Percent(o.Share))
                    .DefaultIfEmpty("–").First())])]));
    }

    private static Figure Latency(RequestTimes times)
    {
        IReadOnlyList<double> us = times.Microseconds;
        double low = Math.Max(1, us[0]), high = Math.Max(low * 2, times.Percentile(.999));
        double step = Math.Log(high / low) / Bins;
        var counts = new long[Bins];
        foreach (double t in us)
            counts[Math.Clamp((int)(Math.Log(Math.Max(t, low) / low) / step), 0, Bins - 1)]++;
        double Edge(int bin) => low * Math.Exp(bin * step);
        LogarithmicAxis across =
            Chart.Value(new LogarithmicAxis(), AxisPosition.Bottom, "microseconds, logarithmic");
        (across.Minimum, across.Maximum) = (low * .9, high * 1.1);
        across.LabelFormatter = v => Number(v);
        return new Figure(
            "How long a request takes",
            $"{Count(us.Count)} hybrid requests of {Count(times.Sessions)} histories on one thread of this "
            + $"machine, while the page was made: {Number(times.Percentile(.5))} µs in the median, "
            + $"{Number(times.Percentile(.99))} µs at the 99th percentile.",
            ColumnChart.Create(
                [.. counts.Select((n, b) => new Column(Edge(b), Edge(b + 1) * .985, n,
                    $"{Number(Edge(b))} to {Number(Edge(b + 1))} µs: {Count(n)}"))],
                across, "requests", Chart.Half),
            new DataTable(
                "Requests by latency", ["from µs", "to µs", "requests"],
                [.. counts.Select((n, b) => (string[])[Number(Edge(b)),
                    b == Bins - 1 ? Number(us[^1]) : Number(Edge(b + 1)), Count(n)])]));
    }

    private static TableBlock Lists(EvaluationReport report)
    {
        SourceMetrics? hybrid = report.Sources.GetValueOrDefault(Hybrid);
        string sentence = hybrid is null ? "What lists are like beside being right."
            : $"hybrid has recommended {Percent(hybrid.Coverage)} of the items at least once"
                + (hybrid.PopularityBias is { } bias
                    ? $"; what it recommends is {Number(bias)} times as popular as what was taken." : ".");
        return new TableBlock(
            "Breadth of the lists", sentence,
            new DataTable(
                "Coverage: share of the items recommended at least once; novelty: bits of surprise of an "
                + "item; diversity: 1 − likeness within a list; popularity bias: recommended over taken",
                ["source", "coverage", "novelty", "diversity", "popularity bias"],
                [.. report.Sources.Select(s => (string[])[Shown(report, s.Key), F(s.Value.Coverage),
                    s.Value.Novelty is { } n ? Number(n) : "–", s.Value.Diversity is { } d ? F(d) : "–",
                    s.Value.PopularityBias is { } b ? Number(b) : "–"])]));
    }

    private static string F(double value) =>
        value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);

    private static string Signed(double value) =>
        value.ToString("+0.0000;−0.0000;0.0000", System.Globalization.CultureInfo.InvariantCulture);
}
