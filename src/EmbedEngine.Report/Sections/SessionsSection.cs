// Sessions replayed: the section of `inspect`.

using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Page;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "Sessions".</summary>
internal static class SessionsSection
{
    private const string Id = "sessions";

    private static readonly (string Name, int Last)[] Places =
        [("first", 1), ("2nd to 5th", 5), ("6th to 20th", 20), ("21st to "
            + "100th", 100), ("later", int.MaxValue)];

    public static PageSection Create(IReadOnlyList<InspectReport> sessions)
    {
        var section = new PageSection(Id, "Sessions");
        if (sessions.Count == 0)
        {
            section.Lead = "No session has two events: there is nothing to replay.";
            return section;
        }
        InspectStep[] steps = [.. sessions.SelectMany(s => s.Steps)];
        InspectReport any = sessions[0];
        int atMost20 = steps.Count(s => s.Rank <= 20);
        section.Lead = $"In {sessions.Count} {(sessions.Count == 1 ? "session" : "sessions")} of "
            + (any.File is null ? "the log" : Path.GetFileName(any.File))
            + $", {Count(steps.Length)} steps: {any.Source} had what came next among its first 20 in "
            + $"{Count(atMost20)} of them, in first place in {Count(steps.Count(s => s.Rank == 1))}.";
        if (any.Trained)
        {
            section.Note(
                "The version has learned from these sessions: ranks say what it remembers, not what it would "
                + "foresee. With a test file they would be of sessions it has not seen.");
        }
        if (steps.Length > 0) section.Add(Ranks(steps, any));
        section.Add(new SessionBlock(sessions));
        return section;
    }

    private static Figure Ranks(InspectStep[] steps, InspectReport any)
    {
        var bars = new List<(string, double)>();
        int before = 0;
        foreach ((string name, int last) in Places)
        {
            int from = before;
            bars.Add((name, steps.Count(s => s.Rank > from && s.Rank <= last)));
            before = last;
        }
        int missing = steps.Count(s => s.Rank is null);
        bars.Add(($"not among {any.Depth}", missing));
        string best = any.Ranks().MaxBy(name => steps.Count(s => s.Ranks.GetValueOrDefault(name) <= 20))!;
        return new Figure(
            "Where what came next stood",
            $"{Percent((double)steps.Count(s => s.Rank <= 20) / steps.Length)} of {Count(steps.Length)} "
            + $"steps had it among the first 20 of {any.Source}; of single sources {best} had most, "
            + $"{Count(steps.Count(s => s.Ranks.GetValueOrDefault(best) <= 20))}.",
            BarChart.Create(bars, "steps", v => Count((long)Math.Round(v)), Chart.Half, ChartColors.Group(1)),
            new DataTable(
                $"Steps by the rank of what came next in {any.Source}", ["rank", "steps"],
                [.. bars.Select(b => (string[])[b.Item1, Count((long)b.Item2)])]));
    }

    /// <summary>Names of single sources that the steps have ranks of.</summary>
    private static IEnumerable<string> Ranks(this InspectReport report) => report.Steps[0].Ranks.Keys
        .Where(n => !n.StartsWith("hybrid", StringComparison.Ordinal)
            && !n.StartsWith("ranker", StringComparison.Ordinal))
        .DefaultIfEmpty(report.Source);
}
