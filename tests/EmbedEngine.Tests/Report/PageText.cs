// A page taken apart: what tests ask of it.

using System.Text.RegularExpressions;
using System.Xml;

namespace EmbedEngine.Tests.Report;

/// <summary>A report as text.</summary>
internal sealed partial class PageText(string html)
{
    public string Html { get; } = html;

    /// <summary>Every svg element.</summary>
    public IReadOnlyList<string> Drawings { get; } = [.. Svg().Matches(html).Select(m => m.Value)];

    /// <summary>Every figure element.</summary>
    public IReadOnlyList<string> Figures { get; } = [.. Figure().Matches(html).Select(m => m.Value)];

    /// <summary>Levels of the headings, in order.</summary>
    public IReadOnlyList<int> Headings { get; } =
        [.. Heading().Matches(html).Select(m => m.Groups[1].Value[0] - '0')];

    /// <summary>All ids.</summary>
    public IReadOnlyList<string> Ids { get; } = [.. Id().Matches(html).Select(m => m.Groups[1].Value)];

    /// <summary>Holds for any page of any store.</summary>
    public void Holds()
    {
        Assert.True(Html.Length < 1_500_000, $"{Html.Length} characters");
        // Nothing from elsewhere and nothing that runs.
        Assert.DoesNotContain("http:", Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(//", Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(Handler(), Html);
        foreach (Match link in Link().Matches(Html))
            Assert.Contains(link.Groups[1].Value.TrimStart('#'), link.Groups[1].Value == "data:,"
                ? ["data:,"] : Ids);
        Assert.Equal(Ids.Count, Ids.Distinct().Count());
        Assert.Equal(1, Headings.Count(h => h == 1));
        for (int i = 1; i < Headings.Count; i++)
            Assert.True(Headings[i] <= Headings[i - 1] + 1, $"heading {i} skips a level");
        // No hole of a text was left as it is written in the source.
        Assert.DoesNotMatch(Hole(), Html[Html.IndexOf("<main", StringComparison.Ordinal)..]);
        WellFormed("main");
        foreach (string svg in Drawings) Drawn(svg);
        foreach (string figure in Figures)
        {
            Assert.Single(Svg().Matches(figure));
            Assert.Contains("<table>", figure, StringComparison.Ordinal);
            Assert.Matches(Caption(), figure);
            Assert.Contains("<details>", figure, StringComparison.Ordinal);
        }
        Assert.Equal(Drawings.Count, Figures.Count);
    }

    /// <summary>An svg that is read as XML, has a name, marks, and colours of the style sheet
    /// alone.</summary>
    private static void Drawn(string svg)
    {
        int marks = 0;
        using var reader = XmlReader.Create(new StringReader(svg));
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.Name == "svg")
            {
                Assert.Equal("img", reader.GetAttribute("role"));
                Assert.True(reader.GetAttribute("aria-label")!.Length > 20, svg[..200]);
            }
            if (reader.GetAttribute("class")?.Split(' ').Contains("mk") == true) marks++;
            Assert.Null(reader.GetAttribute("style"));
            Assert.Null(reader.GetAttribute("fill"));
            Assert.Null(reader.GetAttribute("stroke"));
        }
        Assert.True(marks > 0, svg[..Math.Min(svg.Length, 400)]);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
    }

    /// <summary>The element's markup is balanced: it is read as XML, without HTML's empty elements.</summary>
    private void WellFormed(string element)
    {
        int from = Html.IndexOf($"<{element}", StringComparison.Ordinal);
        int to = Html.IndexOf($"</{element}>", StringComparison.Ordinal) + element.Length + 3;
        string xml = Input().Replace(Html[from..to], m => m.Value[..^1].Replace(" checked", "") + "/>");
        using var reader = XmlReader.Create(new StringReader(xml));
        while (reader.Read())
        {
        }
    }

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("<figure .*?</figure>", RegexOptions.Singleline)]
    private static partial Regex Figure();

    [GeneratedRegex("<h([1-6])[ >]")]
    private static partial Regex Heading();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<figcaption>[^<]{30,}</figcaption>")]
    private static partial Regex Caption();

    [GeneratedRegex("<\\w+(?:\\s+[\\w-]+(?:=\"[^\"]*\")?)*\\s+on\\w+=")]
    private static partial Regex Handler();

    [GeneratedRegex(@"\{[A-Z]\w*[(.]")]
    private static partial Regex Hole();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();
}
