using System.Text;
using EmbedEngine.Report.Charts;

namespace EmbedEngine.Report.Page;

/// <summary>A chart with what it says and the table of its numbers.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Sentence">What it shows for this store.</param>
/// <param name="Chart">The chart.</param>
/// <param name="Table">The same numbers.</param>
internal sealed record Figure(string Title, string Sentence, Chart Chart, DataTable Table) : IBlock
{
    /// <summary>Level of its heading.</summary>
    public int Level { get; init; } = 3;

    /// <inheritdoc/>
    public bool Wide => Chart.Width > Chart.Half;

    /// <inheritdoc/>
    public void Write(StringBuilder html, string id)
    {
        html.Append("<figure id=\"").Append(id).Append("\" class=\"").Append(Wide ? "wide" : "half")
            .Append("\"><h").Append(Level).Append('>').Append(HtmlText.Escape(Title)).Append("</h")
            .Append(Level).Append(">\n<div class=\"drawing\"");
        // A wide drawing is scrolled on a narrow screen, by keyboard too: small print helps nobody.
        if (Wide)
        {
            html.Append(" tabindex=\"0\" role=\"region\" aria-label=\"").Append(HtmlText.Escape(Title))
                .Append(", drawing\"");
        }
        html.Append('>');
        Chart.Write(html, id, $"{Title}. {Sentence}");
        html.Append("</div><figcaption>").Append(HtmlText.Escape(Sentence)).Append("</figcaption>\n");
        html.Append("<details><summary>The numbers<span class=\"hidden\"> of ")
            .Append(HtmlText.Escape(Title)).Append("</span></summary>");
        Table.Write(html);
        html.Append("</details></figure>\n");
    }
}
