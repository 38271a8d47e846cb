using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>A table that stands for itself.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Sentence">What it shows for this store.</param>
/// <param name="Table">The table.</param>
internal sealed record TableBlock(string Title, string Sentence, DataTable Table) : IBlock
{
    /// <inheritdoc/>
    public bool Wide => true;

    /// <inheritdoc/>
    public void Write(StringBuilder html, string id)
    {
        html.Append("<section id=\"").Append(id).Append("\" class=\"wide\"><h3>")
            .Append(HtmlText.Escape(Title)).Append("</h3>\n<p>").Append(HtmlText.Escape(Sentence))
            .Append("</p>\n");
        Table.Write(html);
        html.Append("</section>\n");
    }
}
