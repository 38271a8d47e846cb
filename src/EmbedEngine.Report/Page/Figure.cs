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
    /// <inheritdoc/>
    public bool Wide => Chart.Width > Chart.Half;

    /// <inheritdoc/>
    public void Write(StringBuilder html, string id)
    {
        html.Append("<figure id=\"").Append(id).Append("\" class=\"").Append(Wide ? "wide" : "half")
            .Append("\"><h3>").Append(HtmlText.Escape(Title)).Append("</h3>\n");
        // A wide drawing is scrolled on a narrow screen: small print helps nobody.
        html.Append(Wide ? "<div class=\"drawing\" tabindex=\"0\" role=\"group\" aria-label=\"" : "<div class=\"drawing\" role=\"group\" aria-label=\"")
            .Append(HtmlText.Escape(Title)).Append("\">");
        Chart.Write(html, id, $"{Title}. {Sentence}");
        html.Append("</div><figcaption>").Append(HtmlText.Escape(Sentence)).Append("</figcaption>\n");
        html.Append("<details><summary>The numbers<span class=\"hidden\"> of ")
            .Append(HtmlText.Escape(Title)).Append("</span></summary>");
        Table.Write(html);
        html.Append("</details></figure>\n");
    }
}
