using System.Text;

namespace EmbedEngine.Report.Page;

/// <summary>One thing in a section: a figure, a table, a list of sessions.</summary>
internal interface IBlock
{
    /// <summary>Whether it takes the whole width of the page.</summary>
    bool Wide { get; }

    /// <summary>Writes it.</summary>
    /// <param name="html">Where it goes.</param>
    /// <param name="id">Its id in the page; whatever ids it gives begin with it.</param>
    void Write(StringBuilder html, string id);
}
