// Sessions to click through, without a script: one radio button each, and report.css shows the session whose
// button is chosen. Arrow keys go from one to the next.

using System.Globalization;
using System.Text;
using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Page;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Sessions step by step, one shown at a time.</summary>
/// <param name="sessions">At most as many as report.css has rules for: 12.</param>
internal sealed class SessionBlock(IReadOnlyList<InspectReport> sessions) : IBlock
{
    private const int ItemsShown = 5;
    private const int HistoryShown = 4;
    private const int LongestName = 60;

    /// <inheritdoc/>
    public bool Wide => true;

    /// <inheritdoc/>
    public void Write(StringBuilder html, string id)
    {
        html.Append("<section id=\"").Append(id).Append("\" class=\"wide sessions\"><h3>")
            .Append(sessions.Count == 1 ? "The session, step by step" : "Sessions, step by "
                + "step").Append("</h3>\n");
        if (sessions.Count > 1)
        {
            html.Append("<fieldset><legend>Session (arrow keys go through them)</legend>");
            for (int i = 0; i < sessions.Count; i++)
            {
                html.Append(CultureInfo.InvariantCulture,
                    $"<label class=\"pick\"><input type=\"radio\" name=\"{id}\" value=\"{i + 1}\"");
                html.Append(i == 0 ? " checked>" : ">").Append("<bdi>")
                    .Append(Escape(Shorten(sessions[i].Session, 24))).Append("</bdi> <span class=\"muted\">")
                    .Append(Steps(sessions[i].Steps.Count)).Append("</span></label>");
            }
            html.Append("</fieldset>\n");
        }
        for (int i = 0; i < sessions.Count; i++) Session(html, sessions[i], id, i + 1);
        html.Append("</section>\n");
    }

    private void Session(StringBuilder html, InspectReport report, string id, int number)
    {
        html.Append(CultureInfo.InvariantCulture,
            $"<section class=\"{(sessions.Count == 1 ? "only" : "session")}\" data-n=\"{number}\">");
        html.Append("<h4>Session <bdi>").Append(Escape(report.Session)).Append("</bdi></h4><div "
            + "class=\"blocks\">");
        RankFigure(report).Write(html, $"{id}-{number}");
        html.Append("<ol class=\"steps\">");
        foreach (InspectStep step in report.Steps) Step(html, report, step);
        html.Append("</ol></div></section>\n");
    }

    private static Figure RankFigure(InspectReport report)
    {
        string[] sources = Ordered(report);
        var values = new double[sources.Length, report.Steps.Count];
        for (int s = 0; s < sources.Length; s++)
        {
            for (int t = 0; t < report.Steps.Count; t++)
                values[s, t] = RankOf(report.Steps[t], sources[s], report) ?? double.NaN;
        }
        string[] steps = [.. report.Steps.Select(s => s.Step.ToString(CultureInfo.InvariantCulture))];
        InspectStep[] found = [.. report.Steps.Where(s => s.Rank is not null)];
        string sentence = found.Length == 0
            ? $"{report.Source} never had what came next among its first {report.Depth}."
            : $"{report.Source} had what came next at rank {found.Min(s => s.Rank)} in its best step, "
                + (found.Length == report.Steps.Count ? "and always "
                    : $"in {found.Length} of {report.Steps.Count} steps ")
                + $"among the first {report.Depth}. The more a cell stands out, the nearer to the top; a "
                + "dash is not found; sources that never had it are left out.";
        return new Figure(
            $"Rank of what came next, session {Shorten(report.Session, 24)}", sentence,
            HeatChart.Create(
                new HeatTable(sources, steps, values)
                {
                    Format = v => v.ToString("0", CultureInfo.InvariantCulture),
                    Scale = v => -Math.Log10(v), Least = report.Depth,
                }, Chart.Half),
            new DataTable(
                $"Rank by source and step of session {report.Session}", ["source", .. steps],
                [.. sources.Select((s, i) => (string[])[s, .. Enumerable.Range(0, steps.Length)
                    .Select(t => double.IsNaN(values[i, t]) ? "–" : $"{values[i, t]:0}")])])) { Level = 5 };
    }

    /// <summary> Sources that had what came next at least once, the one asked first, then those that had it
    /// nearest to the top. </summary>
    private static string[] Ordered(InspectReport report)
    {
        double Nearness(string source) =>
            report.Steps.Sum(s => RankOf(s, source, report) is { } rank ? 1.0 / rank : 0);
        IEnumerable<string> others = report.Steps[0].Ranks.Keys.Where(
            s => s != report.Source && (report.Source != "hybrid" || s != report.ServedSource)
                && Nearness(s) > 0);
        return [report.Source, .. others.OrderByDescending(Nearness)];
    }

    private static int? RankOf(InspectStep step, string source, InspectReport report) =>
        source == report.Source ? step.Rank : step.Ranks.GetValueOrDefault(source);

    private static void Step(StringBuilder html, InspectReport report, InspectStep step)
    {
        html.Append("<li><p><strong>Step ").Append(step.Step).Append("</strong> <span "
            + "class=\"muted\">after ");
        int first = Math.Max(0, step.History.Count - HistoryShown);
        if (first > 0) html.Append(first).Append(" more, ");
        html.AppendJoin(", ", step.History.Skip(first).Select(e => Name(e.Item, e.Title) + Doing(e.Action)))
            .Append("</span></p><p>Then: ").Append(Name(step.Truth.Item, step.Truth.Title))
            .Append(Doing(step.Truth.Action));
        if (!step.Truth.Known) html.Append(" <span class=\"muted\">(unknown to the version)</span>");
        html.Append(step.Rank is { } rank
            ? $" – <span class=\"{(rank <= 20 ? "hit" : "muted")}\">rank {rank}</span>"
            : $" – <span class=\"miss\">not among {report.Depth}</span>");
        html.Append("</p><details><summary>What was recommended<span class=\"hidden\"> at step ")
            .Append(step.Step).Append("</span></summary><ol>");
        foreach (InspectItem item in step.Items.Take(ItemsShown)) Item(html, item);
        html.Append("</ol></details></li>\n");
    }

    private static void Item(StringBuilder html, InspectItem item)
    {
        html.Append("<li>").Append(Name(item.Item, item.Title));
        if (item.IsTruth) html.Append(" <span class=\"hit\">came next</span>");
        html.Append(" <span class=\"muted\">");
        if (item.Because is not null)
        {
            html.Append("because of <bdi>").Append(Escape(Shorten(item.Because, LongestName)))
                .Append("</bdi> by ").Append(Escape(item.By)).Append("; ");
        }
        html.Append("proposed by ").Append(item.Reasons.Count == 0 ? "none"
            : Escape(string.Join(", ", item.Reasons))).Append("</span></li>");
    }

    private static string Name(string key, string? title) => title is null
        ? $"<bdi>{Escape(Shorten(key, LongestName))}</bdi>"
        : $"<bdi>{Escape(Shorten(title, LongestName))}</bdi> <span "
            + $"class=\"muted\">(<bdi>{Escape(Shorten(key, LongestName))}</bdi>)</span>";

    private static string Doing(string? action) =>
        action is null ? "" : $" <span class=\"muted\">{Escape(action)}</span>";

    private static string Steps(int count) => count == 1 ? "1 step" : $"{count} steps";
}
