// The page around the sections: one file, nothing fetched, no script. Its own policy forbids both, so that
// not even a hostile title that got past the escaping could do more than look odd.

using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>A page of sections.</summary>
/// <param name="title">Heading, and title of the window.</param>
/// <param name="subtitle">The line below it.</param>
/// <param name="sections">What it has, in order.</param>
internal sealed class HtmlPage(string title, string subtitle, IReadOnlyList<PageSection> sections)
{
    /// <summary>The page as text.</summary>
    public override string ToString()
    {
        var html = new StringBuilder(256 * 1024);
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                + "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta name=\"color-scheme\" content=\"light dark\">\n")
            // An icon of nothing: a browser that is given none asks the server for one.
            .Append("<link rel=\"icon\" href=\"data:,\">\n<title>").Append(HtmlText.Escape(title))
            .Append("</title>\n<style>\n").Append(Stylesheet()).Append("</style></head>\n<body>\n")
            .Append("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<header><h1>")
            .Append(HtmlText.Escape(title)).Append("</h1><p>").Append(HtmlText.Escape(subtitle))
            .Append("</p></header>\n");
        if (sections.Count > 1) Navigation(html);
        html.Append("<main id=\"content\" tabindex=\"-1\">\n");
        if (sections.Count > 1) InShort(html);
        foreach (PageSection section in sections) section.Write(html);
        html.Append("</main>\n<footer><p>Made by EmbedEngine ").Append(HtmlText.Escape(EngineInfo.Version))
            .Append(". Charts by OxyPlot. This page is one file: it loads nothing and runs no script."
                + "</p></footer>\n</body></html>\n");
        return html.ToString();
    }

    private void Navigation(StringBuilder html)
    {
        html.Append("<nav aria-label=\"Sections\"><ul>");
        foreach (PageSection section in sections)
        {
            html.Append("<li><a href=\"#").Append(section.Id).Append("\">")
                .Append(HtmlText.Escape(section.Title)).Append("</a></li>");
        }
        html.Append("</ul></nav>\n");
    }

    private void InShort(StringBuilder html)
    {
        html.Append("<section aria-labelledby=\"short-title\"><h2 id=\"short-title\">In short</h2><ul>");
        foreach (PageSection section in sections.Where(s => s.Lead is not null))
        {
            html.Append("<li><a href=\"#").Append(section.Id).Append("\">")
                .Append(HtmlText.Escape(section.Title)).Append("</a>: ")
                .Append(HtmlText.Escape(section.Lead)).Append("</li>");
        }
        html.Append("</ul></section>\n");
    }

    private static string Stylesheet()
    {
        using Stream css = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(css, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
