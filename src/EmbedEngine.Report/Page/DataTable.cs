using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>Numbers as a table: the twin of a chart, or what no chart would say better.</summary>
/// <param name="Caption">What it holds.</param>
/// <param name="Columns">Headings; the first column names the rows.</param>
/// <param name="Rows">Cells, as many a row as there are columns; text as it is, not escaped.</param>
internal sealed record DataTable(
    string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>How many columns from the left are text; the others are numbers, to the right.</summary>
    public int TextColumns { get; init; } = 1;

    public void Write(StringBuilder html)
    {
        html.Append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
            .Append(HtmlText.Escape(Caption)).Append("\"><table><caption>")
            .Append(HtmlText.Escape(Caption)).Append("</caption><thead><tr>");
        for (int c = 0; c < Columns.Count; c++)
        {
            html.Append(c < TextColumns ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"n\">")
                .Append(HtmlText.Escape(Columns[c])).Append("</th>");
        }
        html.Append("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in Rows)
        {
            html.Append("<tr><th scope=\"row\"><bdi>").Append(HtmlText.Escape(row[0])).Append("</bdi></th>");
            for (int c = 1; c < row.Count; c++)
            {
                bool text = c < TextColumns;
                html.Append(text ? "<td><bdi>" : "<td class=\"n\">").Append(HtmlText.Escape(row[c]))
                    .Append(text ? "</bdi></td>" : "</td>");
            }
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>\n");
    }
}
