using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>A section of the page.</summary>
/// <param name="id">Its anchor.</param>
/// <param name="title">Its heading.</param>
internal sealed class PageSection(string id, string title)
{
    private readonly List<IBlock> _blocks = [];
    private readonly List<(string Name, string Value)> _tiles = [];
    private readonly List<string> _notes = [];

    /// <summary>Its anchor.</summary>
    public string Id { get; } = id;

    /// <summary>Its heading.</summary>
    public string Title { get; } = title;

    /// <summary>What it says in one or two sentences, also on top of the page; null = nothing.</summary>
    public string? Lead { get; set; }

    /// <summary>What is in it.</summary>
    public IReadOnlyList<IBlock> Blocks => _blocks;

    /// <summary>Adds a block.</summary>
    public void Add(IBlock block) => _blocks.Add(block);

    /// <summary>Adds a number with its name, before all blocks.</summary>
    public void Tile(string name, string value) => _tiles.Add((name, value));

    /// <summary>Adds a sentence after the lead: what is missing, and why.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>Writes it.</summary>
    public void Write(StringBuilder html)
    {
        html.Append("<section id=\"").Append(Id).Append("\" aria-labelledby=\"").Append(Id)
            .Append("-title\"><h2 id=\"").Append(Id).Append("-title\">").Append(HtmlText.Escape(Title))
            .Append("</h2>\n");
        if (Lead is not null) Paragraph(html, "lead", Lead);
        if (_tiles.Count > 0)
        {
            html.Append("<dl class=\"tiles\">");
            foreach ((string name, string value) in _tiles)
            {
                html.Append("<div><dt>").Append(HtmlText.Escape(name)).Append("</dt><dd>")
                    .Append(HtmlText.Escape(value)).Append("</dd></div>");
            }
            html.Append("</dl>\n");
        }
        foreach (string note in _notes) Paragraph(html, "note", note);
        html.Append("<div class=\"blocks\">\n");
        for (int i = 0; i < _blocks.Count; i++) _blocks[i].Write(html, $"{Id}-{i + 1}");
        html.Append("</div></section>\n");
    }

    private static void Paragraph(StringBuilder html, string style, string text) =>
        html.Append("<p class=\"").Append(style).Append("\">").Append(HtmlText.Escape(text)).Append("</p>\n");
}
