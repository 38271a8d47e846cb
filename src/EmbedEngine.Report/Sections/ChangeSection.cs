// Versions one after another, and how far the last ones are apart.

using System.Globalization;
using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Page;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "Change".</summary>
internal static class ChangeSection
{
    private const string Id = "change";
    private const int MostVersions = 30;
    private const int MostFeatures = 12;
    private const int MostStages = 12;

    /// <param name="versions">Oldest first, at least one.</param>
    /// <param name="drift">The last two of them; null = there is nothing to compare.</param>
    /// <param name="health">The active one's; null = not asked.</param>
    public static PageSection Create(
        IReadOnlyList<ModelVersion> versions, DriftReport? drift, HealthReport? health)
    {
        var section = new PageSection(Id, "Change");
        ModelVersion active = versions.LastOrDefault(v => v.IsActive) ?? versions[^1];
        section.Tile("versions", Count(versions.Count));
        section.Tile("active", $"{active.Number}, {Shorten(active.Name, 24)}");
        section.Tile("made (UTC)", active.CreatedAt.ToString("yyyy-MM-dd "
            + "HH:mm", CultureInfo.InvariantCulture));
        section.Tile("training took", Seconds(active.Seconds));
        section.Lead = (drift is null
            ? $"Version {active.Number} answers; there is no other version to compare it with."
            : drift.Drifted
                ? $"Between version {drift.From} and {drift.To} more changed than chance would: "
                    + $"{drift.Alarms[0].Sentence}"
                : $"Between version {drift.From} and {drift.To} nothing changed more than chance would.")
            + Advice(health);
        ModelVersion[] measured = [.. versions.Where(v => v.Metrics is { Cases: > 0 }
            && v.Metrics.Sources.ContainsKey("hybrid")).TakeLast(MostVersions)];
        if (measured.Length > 0) section.Add(Course(measured, active));
        else section.Note("No version was measured: the log was too small for it.");
        if (active.Stages.Count > 0 && active.Stages.Values.Any(s => s > 0)) section.Add(Stages(active));
        if (drift is not null) Drift(section, drift);
        if (health is not null) section.Add(Health(health));
        return section;
    }

    private static string Advice(HealthReport? health)
    {
        if (health is null) return "";
        HealthCheck[] failing = [.. health.Checks.Where(c => !c.Ok)];
        string checks = failing.Length == 0 ? $" All {health.Checks.Count} health checks pass."
            : $" {failing.Length} of {health.Checks.Count} health checks fail: "
                + $"{string.Join(", ", failing.Take(4).Select(c => c.Name))}.";
        return checks + (health.Retrain.Advised ? $" Train again: {health.Retrain.Reasons[0]}" : "");
    }

    private static Figure Course(ModelVersion[] versions, ModelVersion active)
    {
        int k = versions[^1].Metrics!.K;
        var hybrid = new List<(int, double, double, double, string)>();
        var popular = new List<(int, double, double, double, string)>();
        for (int i = 0; i < versions.Length; i++)
        {
            Add(hybrid, "hybrid");
            Add(popular, "popularity");
            void Add(List<(int, double, double, double, string)> to, string source)
            {
                if (!versions[i].Metrics!.Sources.TryGetValue(source, out SourceMetrics? m)) return;
                to.Add((i, m.Recall.Value, m.Recall.Low, m.Recall.High,
                    $"version {versions[i].Number}, {source}: {Percent(m.Recall.Value)}"));
            }
        }
        var courses = new List<Course> { new("hybrid", ChartColors.Group(1), hybrid) };
        if (popular.Count > 0) courses.Add(new Course("popularity", ChartColors.Rest, popular));
        Measured now = versions[^1].Metrics!.Sources["hybrid"].Recall;
        string sentence = versions.Length == 1
            ? $"One version was measured: {Percent(now.Value)} recall@{k}."
            : $"hybrid's recall@{k} went from {Percent(hybrid[0].Item2)} (version {versions[0].Number}) to "
                + $"{Percent(now.Value)} (version {versions[^1].Number}); each on its own later sessions, so "
                + "a step between two is of the sessions as well as of the version.";
        return new Figure(
            "Quality of the versions", sentence,
            CourseChart.Create(
                courses, [.. versions.Select(v => $"{v.Number}")], $"recall@{k}", Chart.Half),
            new DataTable(
                "Versions as measured by their trainings",
                ["version", "name", "made (UTC)", "cases", $"hybrid recall@{k}", "95 % "
                    + "interval", "popularity", "seconds"],
                [.. versions.Select(v =>
                {
                    Measured r = v.Metrics!.Sources["hybrid"].Recall;
                    return (string[])[$"{v.Number}{(v.Number == active.Number ? " (active)" : "")}", v.Name,
                        v.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                        Count(v.Metrics.Cases), Percent(r.Value), $"{Percent(r.Low)} – {Percent(r.High)}",
                        v.Metrics.Sources.TryGetValue("popularity", out SourceMetrics? p)
                            ? Percent(p.Recall.Value) : "–", Number(v.Seconds)];
                })]) { TextColumns = 3 });
    }

    private static Figure Stages(ModelVersion active)
    {
        (string Name, double Seconds)[] stages =
            [.. active.Stages.Select(s => (s.Key, s.Value)).OrderByDescending(s => s.Value).Take(MostStages)];
        double all = active.Stages.Values.Sum();
        return new Figure(
            "What the training took",
            $"{stages[0].Name} took longest, {Seconds(stages[0].Seconds)} of {Seconds(all)} in all stages of "
            + $"version {active.Number}; the {stages.Length} longest are shown.",
            BarChart.Create(stages, "seconds", v => Number(v, 2), Chart.Half, ChartColors.Group(5)),
            new DataTable(
                $"Stages of version {active.Number}", ["stage", "seconds"],
                [.. active.Stages.OrderByDescending(s => s.Value).Select(
                    s => (string[])[s.Key, Number(s.Value)])]));
    }

    private static void Drift(PageSection section, DriftReport drift)
    {
        section.Add(Popularity(drift));
        if (drift.Moved.Count > 0) section.Add(Moved(drift));
        if (drift.Features.Any(f => f.Psi > 0)) section.Add(Features(drift));
        if (drift.Spaces.Count > 0) section.Add(Spaces(drift));
    }

    private static Figure Popularity(DriftReport drift)
    {
        (string Name, double Value, DriftBand Band)[] measures =
        [
            ("KL", drift.Kl, drift.Null.Kl), ("JS", drift.Js, drift.Null.Js),
            ("PSI", drift.Psi, drift.Null.Psi),
        ];
        string[] beyond = [.. measures.Where(m => m.Value > m.Band.High).Select(m => m.Name)];
        // By the end of its band, so that three scales are one; a band of nothing has none.
        static double Unit(DriftBand band) => band.High > 0 ? band.High : 1;
        return new Figure(
            "Drift of popularity",
            $"From version {drift.From} to {drift.To}: "
            + (beyond.Length == 0 ? "no measure is beyond what sessions dealt by chance give"
                : $"{string.Join(", ", beyond)} beyond what sessions dealt by chance give")
            + $"; {Percent(drift.NewShare)} of the later events are on items the earlier version has none "
            + "of. Lines are 95 % of the values by chance, dots what was measured, both in units of the "
            + "line's end.",
            IntervalChart.Create(
                [.. measures.Select(m => new IntervalRow(
                    m.Name, m.Value / Unit(m.Band), m.Band.Low / Unit(m.Band), m.Band.High / Unit(m.Band),
                    m.Value > m.Band.High ? ChartColors.Bad : ChartColors.Good))],
                "1 = the most that chance gives", v => Number(v), Chart.Half, mark: 1),
            new DataTable(
                $"Popularity of {Count(drift.FromEvents)} and {Count(drift.ToEvents)} events, null by "
                    + $"{drift.Null.Method}",
                ["measure", "value", "by chance from", "to"],
                [.. measures.Select(m => (string[])[m.Name, Number(m.Value), Number(m.Band.Low),
                    Number(m.Band.High)])]));
    }

    private static Figure Moved(DriftReport drift)
    {
        MovedItem[] moved = [.. drift.Moved.Take(15)];
        MovedItem first = moved[0];
        static string Name(MovedItem m) => Shorten(m.Title ?? m.Item, 26);
        return new Figure(
            "What moved most",
            $"{Name(first)} went from {Percent(first.FromShare)} of the events to {Percent(first.ToShare)}. "
            + "Dots are the later share, lines reach from the earlier one.",
            IntervalChart.Create(
                [.. moved.Select(m => new IntervalRow(
                    Name(m), m.ToShare, Math.Min(m.FromShare, m.ToShare), Math.Max(m.FromShare, m.ToShare),
                    m.ToShare >= m.FromShare ? ChartColors.Group(0) : ChartColors.Group(1)))],
                "share of the events", Percent, Chart.Half),
            new DataTable(
                "Items whose share of the events changed most", ["item", "title", "earlier", "later"],
                [.. drift.Moved.Select(m => (string[])[Shorten(m.Item, 60), Shorten(m.Title ?? "–", 80),
                    Percent(m.FromShare), Percent(m.ToShare)])]) { TextColumns = 2 });
    }

    private static Figure Features(DriftReport drift)
    {
        FeatureDrift[] shown = [.. drift.Features.Where(f => f.Psi > 0).Take(MostFeatures)];
        return new Figure(
            "Drift of what the ranker is given",
            $"{shown[0].Feature} changed most, by a PSI of {Number(shown[0].Psi)}; .25 is a large change by "
                + "convention.",
            BarChart.Create(
                [.. shown.Select(f => (f.Feature, f.Psi))], "population stability index", v => Number(v, 2),
                Chart.Half, ChartColors.Group(6)),
            new DataTable(
                "Features of the ranker on the same requests", ["feature", "PSI"],
                [.. drift.Features.Select(f => (string[])[f.Feature, Number(f.Psi)])]));
    }

    private static TableBlock Spaces(DriftReport drift)
    {
        SpaceDrift least = drift.Spaces.MinBy(s => s.Overlap)!;
        return new TableBlock(
            "Drift of neighbours and vectors",
            $"{least.Space} keeps {Percent(least.Overlap)} of the 20 nearest of {Count(least.Items)} items, "
            + $"the least of {drift.Spaces.Count}.",
            new DataTable(
                "Neighbours in common, and distance of vectors after alignment",
                ["space", "items", "neighbours in common", "expected", "cosine distance"],
                [.. drift.Spaces.Select(s => (string[])[s.Space, Count(s.Items), Percent(s.Overlap),
                    s.Expected is { } e ? Percent(e) : "–", s.Distance is { } d ? Number(d) : "–"])]));
    }

    private static TableBlock Health(HealthReport health)
    {
        HealthCheck[] checks = [.. health.Checks.OrderBy(c => c.Ok)];
        HealthCheck? worst = checks.FirstOrDefault(c => !c.Ok);
        return new TableBlock(
            "Health",
            worst is null ? $"All {checks.Length} checks pass." : $"{worst.Measure}. {worst.Remedy}",
            new DataTable(
                "Checks, failing ones first", ["check", "measured", "remedy", "state", "value", "threshold"],
                [.. checks.Select(c => (string[])[c.Name, c.Measure, c.Remedy, c.Ok ? "ok" : "fails",
                    Number(c.Value), Number(c.Threshold)])]) { TextColumns = 4 });
    }
}
