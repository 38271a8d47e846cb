// Where items lie, what is near them, and what is seen together.

using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Measures;
using EmbedEngine.Report.Page;
using OxyPlot;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "Items".</summary>
internal static class ItemsSection
{
    private const string Id = "items";
    private const int Groups = 7;
    private const int MapLabels = 14;
    private const int LabelLength = 26;
    private const int Neighbors = 5;
    private const int NeighborRows = 12;
    private const int Together = 16;

    public static PageSection Create(Engine engine, Model model, ReportOptions options)
    {
        var section = new PageSection(Id, "Items");
        var names = new ItemNames(engine, model);
        ItemMap? map = ItemMap.Of(model, options.MapItems);
        section.Lead = map is null
            ? $"The version knows {Count(model.ItemCount)} items and no vectors of them."
            : $"The version knows {Count(model.ItemCount)} items; {map.Space} has {map.Dimensions} numbers "
            + "of each that was seen often enough. The map shows "
            + $"{Percent(map.FirstShare + map.SecondShare)} of how they differ.";
        if (map is not null) section.Add(Map(map, model, names));
        if (Covisitation(model, names) is { } together) section.Add(together);
        if (map is not null) section.Add(Nearest(map, model, names));
        return section;
    }

    private static Figure Map(ItemMap map, Model model, ItemNames names)
    {
        long[] items = [.. map.Rows.Select(model.ItemAt)];
        string?[] categories = [.. items.Select(i => names.Of(i).Category)];
        (string Name, int[] Members)[] groups = categories.Any(c => c is not null)
            ? ByCategory(categories) : ByFrequency(items.Length);
        var drawn = new List<PointGroup>();
        for (int g = groups.Length - 1; g >= 0; g--)
        {
            bool rest = g == Groups || (categories.All(c => c is null) && g == groups.Length - 1);
            drawn.Add(new PointGroup(
                Shorten(groups[g].Name, 24), rest ? ChartColors.Rest : ChartColors.Group(g),
                [.. groups[g].Members.Select(m => (map.Points[m, 0], map.Points[m, 1],
                    Shorten(names.Long(items[m]), 80)))]));
        }
        string coloured = categories.Any(c => c is not null)
            ? $"coloured by category, the largest being {groups[0].Name} with "
            + $"{Count(groups[0].Members.Length)}"
            : "coloured by how often they occur, for the catalogue names no categories";
        return new Figure(
            "Map of the items",
            $"The {Count(items.Length)} most frequent of {Count(model.ItemCount)} items by their vectors in "
            + $"{map.Space}, {coloured}. The two axes are the principal components: they show "
            + $"{Percent(map.FirstShare)} and {Percent(map.SecondShare)} of the variance in {map.Dimensions} "
            + "dimensions, so items that lie apart here are apart, and items that lie together need not be "
            + "alike.",
            PointChart.Map(
                drawn, LabelsOf(map, items, names), $"first component, {Percent(map.FirstShare)}",
                $"second component, {Percent(map.SecondShare)}"),
            new DataTable(
                $"The first {Math.Min(items.Length, 100)} items of the map by frequency",
                ["item", "title", "category", "first", "second"],
                [.. items.Take(100).Select((item, i) =>
                {
                    (string key, string? title, string? category) = names.Of(item);
                    return (string[])[Shorten(key, 60), Shorten(title ?? "–", 80),
                        Shorten(category ?? "–", 40), Number(map.Points[i, 0]), Number(map.Points[i, 1])];
                })]) { TextColumns = 3 });
    }

    private static (string, int[])[] ByCategory(string?[] categories)
    {
        var sizes = Enumerable.Range(0, categories.Length).GroupBy(i => categories[i])
            .OrderBy(g => g.Key is null).ThenByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .ToArray();
        int named = Math.Min(Groups, sizes.Count(g => g.Key is not null));
        var groups = sizes.Take(named).Select(g => (g.Key!, g.ToArray())).ToList();
        int[] rest = [.. sizes.Skip(named).SelectMany(g => g)];
        if (rest.Length > 0) groups.Add(("other", rest));
        return [.. groups];
    }

    private static (string, int[])[] ByFrequency(int count)
    {
        int first = Math.Max(1, count / 40), second = Math.Max(first + 1, count / 5);
        return
        [
            ($"the {Count(first)} most frequent", [.. Enumerable.Range(0, first)]),
            ($"to the {Count(second)}th", [.. Enumerable.Range(first, Math.Min(second, count) - first)]),
            ("less frequent",
                [.. Enumerable.Range(Math.Min(second, count), Math.Max(0, count - second))]),
        ];
    }

    /// <summary>Names of the most frequent items that have room for one.</summary>
    private static List<(double X, double Y, string Text)> LabelsOf(
        ItemMap map, long[] items, ItemNames names)
    {
        double width = Spread(map, 0), height = Spread(map, 1);
        var labels = new List<(double X, double Y, string Text)>();
        for (int i = 0; i < items.Length && labels.Count < MapLabels; i++)
        {
            (double x, double y) = (map.Points[i, 0], map.Points[i, 1]);
            if (labels.Any(l => Math.Abs(l.X - x) < width * .2 && Math.Abs(l.Y - y) < height * .04)) continue;
            labels.Add((x, y, Shorten(names.Short(items[i]), LabelLength)));
        }
        return labels;
    }

    private static double Spread(ItemMap map, int axis)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int i = 0; i < map.Rows.Count; i++)
        {
            low = Math.Min(low, map.Points[i, axis]);
            high = Math.Max(high, map.Points[i, axis]);
        }
        return high - low;
    }

    /// <summary>
    /// Weights of the co-visitation lists among the most frequent items: what the source of that name would
    /// score the column's item after the row's.
    /// </summary>
    private static Figure? Covisitation(Model model, ItemNames names)
    {
        int count = Math.Min(Together, model.ItemCount);
        if (count < 2) return null;
        long[] items = [.. Enumerable.Range(0, count).Select(model.ItemAt)];
        var place = new Dictionary<long, int>();
        for (int i = 0; i < count; i++) place[items[i]] = i;
        var weights = new double[count, count];
        var found = new RecommendedItem[count];
        (int Row, int Column) best = (0, 0);
        for (int r = 0; r < count; r++)
        {
            for (int c = 0; c < count; c++) weights[r, c] = double.NaN;
            RecommendResult answer = model.Recommend(
                [new SessionEvent(items[r])], found,
                new RecommendOptions { Source = CandidateSourceKind.Covisitation, NoPadding = true },
                new RecommendRules { Allow = items });
            // Popularity that stands in for no neighbours is no weight.
            if (answer.Fallback != Fallback.None) continue;
            foreach (RecommendedItem item in found.AsSpan(0, answer.Count))
            {
                int c = place[item.Item];
                if (c == r || !(item.Score > 0)) continue;
                weights[r, c] = item.Score;
                double most = weights[best.Row, best.Column];
                if (double.IsNaN(most) || item.Score > most)
                    best = (r, c);
            }
        }
        int pairs = weights.Cast<double>().Count(w => !double.IsNaN(w));
        if (pairs == 0) return null;
        string[] labels = [.. items.Select(i => Shorten(names.Short(i), 24))];
        return new Figure(
            "Seen together",
            $"Among the {count} most frequent items {Count(pairs)} of {Count(count * (count - 1))} ordered "
            + $"pairs stand in each other's co-visitation lists; the strongest is {labels[best.Row]} with "
            + $"{labels[best.Column]}, weight {Number(weights[best.Row, best.Column])}. The more a cell "
            + "stands out, the larger, on a logarithmic scale; a dash is none.",
            HeatChart.Create(
                new HeatTable(labels, labels, weights)
                {
                    Format = v => Number(v, 2), Scale = Math.Log, Turned = true, Written = count <= Together,
                }, Chart.Wide),
            new DataTable(
                "Co-visitation weight of the column's item after the row's", ["item", .. labels],
                [.. items.Select((_, r) => (string[])[labels[r], .. Enumerable.Range(0, count).Select(
                    c => double.IsNaN(weights[r, c]) ? "–" : Number(weights[r, c], 2))])]));
    }

    private static TableBlock Nearest(ItemMap map, Model model, ItemNames names)
    {
        var rows = new List<string[]>();
        var near = new RecommendedItem[Neighbors];
        var together = new RecommendedItem[Neighbors];
        int shared = 0, compared = 0;
        foreach (int row in map.Rows.Take(NeighborRows))
        {
            long item = model.ItemAt(row);
            int n = model.Similar(item, near, map.Space);
            RecommendResult answer = model.Recommend(
                [new SessionEvent(item)], together,
                new RecommendOptions
                {
                    Source = CandidateSourceKind.Covisitation, NoPadding = true, Seen = SeenPolicy.Drop,
                });
            int m = answer.Fallback == Fallback.None ? answer.Count : 0;
            foreach (RecommendedItem other in together.AsSpan(0, m))
            {
                compared++;
                foreach (RecommendedItem s in near.AsSpan(0, n)) if (s.Item == other.Item) shared++;
            }
            rows.Add([Shorten(names.Long(item), 70), List(near.AsSpan(0, n), names),
                List(together.AsSpan(0, m), names)]);
        }
        string sentence = compared == 0
            ? $"Nearest in {map.Space}; co-visitation has no neighbours of these items."
            : $"Of the {Neighbors} items most seen with each of these, {Percent((double)shared / compared)} "
            + $"are also among its {Neighbors} nearest in {map.Space}: the two see different things where "
            + "that is low.";
        return new TableBlock(
            "Neighbours of the most frequent items", sentence,
            new DataTable(
                $"The {Neighbors} nearest by cosine, and the {Neighbors} most seen together",
                ["item", $"nearest in {map.Space} (cosine)", "most seen together (weight)"], rows)
            { TextColumns = 3 });
    }

    private static string List(ReadOnlySpan<RecommendedItem> items, ItemNames names)
    {
        var texts = new List<string>();
        foreach (RecommendedItem item in items)
            texts.Add($"{Shorten(names.Short(item.Item), 40)} ({Number(item.Score, 2)})");
        return texts.Count == 0 ? "–" : string.Join(", ", texts);
    }
}
