// Traits of users and how many have which.

using EmbedEngine.Report.Charts;
using EmbedEngine.Report.Page;
using static EmbedEngine.Report.Page.HtmlText;

namespace EmbedEngine.Report.Sections;

/// <summary>Section "People".</summary>
internal static class PeopleSection
{
    private const string Id = "people";
    private const int MostColumns = 14;
    private const int ItemsEach = 2;
    private const int TableItems = 4;

    /// <param name="users">Users the version knows.</param>
    /// <param name="report">Their traits; null = the version has none.</param>
    public static PageSection Create(int users, TraitReport? report)
    {
        var section = new PageSection(Id, "People");
        section.Tile("users with a history", Count(users));
        if (report is null || report.Traits.Count == 0)
        {
            section.Lead = $"The version knows the histories of {Count(users)} users and has no traits of "
                + "them.";
            return section;
        }
        section.Tile("traits", Count(report.Traits.Count));
        if (report.Stability is { } stability) section.Tile("stability", Number(stability));
        Trait[] bySize = [.. report.Traits.OrderByDescending(t => t.Share)];
        section.Lead = $"{Count(report.Traits.Count)} traits of {Count(report.Customers)} users; the largest "
            + $"({Shorten(bySize[0].Name, 60)}) makes up {Percent(bySize[0].Share)} of a mean user."
            + (report.Stability is { } s
                ? $" Traits learned from parts of the users agree with these at a cosine of "
                + $"{Number(s)}." : "");
        section.Add(Segments(bySize));
        if (Loadings(bySize) is { } loadings) section.Add(loadings);
        section.Add(Table(bySize));
        return section;
    }

    private static string NameOf(Trait trait) => $"{trait.Index}: {Shorten(trait.Name, 22)}";

    private static Figure Segments(Trait[] traits)
    {
        double half = 0;
        int needed = 0;
        while (needed < traits.Length && half < .5) half += traits[needed++].Share;
        return new Figure(
            "Segments",
            $"{needed} of {traits.Length} traits make up {Percent(half)} of the mean user; the smallest "
            + $"({NameOf(traits[^1])}) is {Percent(traits[^1].Share)}.",
            BarChart.Create(
                [.. traits.Select(t => (NameOf(t), t.Share))], "share of the mean "
                    + "profile", Percent, Chart.Half,
                ChartColors.Group(3)),
            new DataTable(
                "Share of each trait in the mean profile", ["trait", "share"],
                [.. traits.Select(t => (string[])[$"{t.Index}: {t.Name}", Percent(t.Share)])]));
    }

    private static Figure? Loadings(Trait[] traits)
    {
        bool categories = traits.Any(t => t.Categories.Count > 0);
        // Columns: what traits have most of, each trait's first before any trait's second.
        var columns = new List<(string Key, string Label)>();
        for (int place = 0; place < ItemsEach && columns.Count < MostColumns; place++)
        {
            foreach (Trait trait in traits)
            {
                (string Key, string Label)? at = categories
                    ? place < trait.Categories.Count
                        ? (trait.Categories[place].Token, trait.Categories[place].Token) : null
                    : place < trait.Items.Count
                        ? (trait.Items[place].Item, trait.Items[place].Title ?? trait.Items[place].Item)
                        : null;
                if (at is { } column && columns.Count < MostColumns && columns.All(c => c.Key != column.Key))
                    columns.Add(column);
            }
        }
        if (columns.Count == 0) return null;
        var values = new double[traits.Length, columns.Count];
        (int Row, int Column) best = (0, 0);
        for (int t = 0; t < traits.Length; t++)
        {
            for (int c = 0; c < columns.Count; c++)
            {
                values[t, c] = (categories
                    ? traits[t].Categories.FirstOrDefault(x => x.Token == columns[c].Key)?.Lift
                    : traits[t].Items.FirstOrDefault(x => x.Item == columns[c].Key)?.Share) ?? double.NaN;
                double most = values[best.Row, best.Column];
                if (double.IsNaN(most) || values[t, c] > most)
                    best = (t, c);
            }
        }
        double top = values[best.Row, best.Column];
        string label = Shorten(columns[best.Column].Label, 40);
        string what = categories ? "categories" : "items";
        string[] names = [.. columns.Select(c => Shorten(c.Label, 22))];
        return new Figure(
            $"Traits and their {what}",
            (categories
                ? $"{label} is {Number(top)} times likelier in trait {traits[best.Row].Index} than in all of "
                + "the log, the strongest mark there is. A dash: not among the trait's marks."
                : $"{label} makes up {Percent(top)} of trait {traits[best.Row].Index}, the largest share of "
                + "one item. Cells are percent; a dash: not among the trait's heaviest items."),
            HeatChart.Create(
                new HeatTable([.. traits.Select(NameOf)], names, values)
                {
                    Format = v => categories ? Number(v, 2) : (v * 100).ToString(
                        "0.0", System.Globalization.CultureInfo.InvariantCulture),
                    Scale = categories ? v => Math.Log(Math.Max(v, .01)) : v => v, Turned = true,
                    Least = categories ? null : 0,
                }, columns.Count > 8 ? Chart.Wide : Chart.Half),
            new DataTable(
                categories ? "Lift of categories by trait" : "Share of items in a trait's weight, percent",
                ["trait", .. names],
                [.. traits.Select((t, r) => (string[])[$"{t.Index}: "
                    + $"{t.Name}", .. Enumerable.Range(0, columns.Count)
                    .Select(c => double.IsNaN(values[r, c]) ? "–"
                        : categories ? Number(values[r, c]) : Number(values[r, c] * 100))])]));
    }

    /// <summary>The traits that go by one item most and least.</summary>
    private static string Concentration(Trait[] traits)
    {
        Trait[] made = [.. traits.Where(t => t.Items.Count > 0).OrderByDescending(t => t.Items[0].Share)];
        if (made.Length == 0) return "No trait has an item.";
        static string Of(Trait t) =>
            $"trait {t.Index} ({Shorten(t.Items[0].Title ?? t.Items[0].Item, 50)}, "
                + $"{Percent(t.Items[0].Share)})";
        return made.Length == 1 ? $"The one trait goes by {Of(made[0])}."
            : $"A single item weighs most in {Of(made[0])} and least in {Of(made[^1])}.";
    }

    private static TableBlock Table(Trait[] traits) => new(
        "What traits are made of",
        Concentration(traits),
        new DataTable(
            "Heaviest items of each trait", ["trait", "items (share of its weight)", "marked by", "share"],
            [.. traits.Select(t => (string[])[$"{t.Index}: {t.Name}",
                string.Join(", ", t.Items.Take(TableItems).Select(
                    i => $"{Shorten(i.Title ?? i.Item, 50)} ({Percent(i.Share)})")),
                string.Join(", ", t.Tokens.Take(TableItems).Select(
                    x => $"{Shorten(x.Token, 40)} (× {Number(x.Lift, 2)})")),
                Percent(t.Share)])]) { TextColumns = 3 });
}
