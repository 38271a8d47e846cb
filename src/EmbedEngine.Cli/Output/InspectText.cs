// A replayed session as text of at most 100 columns.

using System.Globalization;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints an inspection.</summary>
internal static class InspectText
{
    private const int Width = 100;
    private const int ShownHistory = 8;

    public static void Print(InspectReport report)
    {
        string served =
            report.Source == "hybrid" && report.ServedSource != "hybrid" ? $" (= {report.ServedSource})" : "";
        Line($"session {report.Session} of {report.File ?? "the log"}, version {report.Version}, source "
            + $"{report.Source}{served}");
        if (report.Trained)
            Line("The log trained this version: ranks show what it remembers, not what it would foresee.");
        foreach (InspectStep step in report.Steps) Print(report, step);
        int found = report.Steps.Count(s => s.Rank <= report.Steps.Max(x => x.Items.Count));
        double reciprocal =
            report.Steps.Count == 0 ? 0 : report.Steps.Average(s => s.Rank is int r ? 1.0 / r : 0);
        Console.WriteLine();
        Line(string.Create(CultureInfo.InvariantCulture,
            $"{report.Steps.Count} steps, {found} with the truth in the list, mean reciprocal rank "
            + $"{reciprocal:0.000}"));
    }

    private static void Print(InspectReport report, InspectStep step)
    {
        Console.WriteLine();
        Line($"── step {step.Step} ".PadRight(Width, '─'));
        int skipped = Math.Max(0, step.History.Count - ShownHistory);
        if (skipped > 0) Line($"   history   … {skipped} earlier");
        for (int i = skipped; i < step.History.Count; i++)
            Line($"   {(i == skipped && skipped == 0 ? "history" : ""),-7}   {Describe(step.History[i])}");
        Line($"   truth     {Describe(step.Truth)}");
        Line($"   rank      {Rank(step.Rank, report.Depth)} in {report.Source}");
        Wrap("   ranks     ", step.Ranks.Where(r => r.Key != report.Source)
            .Select(r => $"{r.Key} {r.Value?.ToString(CultureInfo.InvariantCulture) ?? "–"}"));
        if (step.Fallback != Fallback.None) Line($"   fallback  {JsonReports.NameOf(step.Fallback)}");
        for (int i = 0; i < step.Items.Count; i++)
        {
            InspectItem item = step.Items[i];
            string name = item.Item + (item.Title is null ? "" : $" {item.Title}")
                + (item.Category is null ? "" : $" [{item.Category}]");
            string because = item.Because is null ? $"by {string.Join(", ", item.Reasons)}"
                : $"because of {item.Because}, by {item.By}";
            string score = item.Score.ToString("0.0000", CultureInfo.InvariantCulture);
            Line($" {(item.IsTruth ? "▶" : " ")} {i + 1,4}  {Cut(name, 32),-32}  {score,9}  {because}");
        }
    }

    private static string Describe(InspectEvent e)
    {
        string time = e.TimeMs is long ms
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + "  " : "";
        string text = $"{time}{e.Action ?? "next",-7} {e.Item}";
        if (e.Title is not null) text += $" {e.Title}";
        if (e.Category is not null) text += $" [{e.Category}]";
        return e.Known ? text : text + " (not known to the version)";
    }

    private static string Rank(int? rank, int depth) =>
        rank?.ToString(CultureInfo.InvariantCulture)
            ?? $"not among the first {depth.ToString(CultureInfo.InvariantCulture)}";

    private static void Wrap(string head, IEnumerable<string> parts)
    {
        string line = head;
        bool first = true;
        foreach (string part in parts)
        {
            if (!first && line.Length + part.Length + 2 > Width)
            {
                Line(line + ",");
                line = new string(' ', head.Length) + part;
                continue;
            }
            line += first ? part : $", {part}";
            first = false;
        }
        Line(line);
    }

    private static void Line(string text) => Console.WriteLine(Cut(text, Width));

    private static string Cut(string text, int width) =>
        text.Length <= width ? text : text[..(width - 1)] + "…";
}
