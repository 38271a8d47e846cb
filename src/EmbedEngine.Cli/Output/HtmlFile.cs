using System.CommandLine;
using EmbedEngine.Report;

namespace EmbedEngine.Cli.Output;

/// <summary>Pages that commands write beside what they print.</summary>
internal static class HtmlFile
{
    /// <summary>The option that asks for one.</summary>
    public static Option<string?> Option() => new("--html")
    {
        Description = "Also write this as an HTML page that needs nothing else.",
    };

    /// <summary>Makes and writes the page where one was asked for.</summary>
    public static void WriteIfAsked(ParseResult parsed, Option<string?> option, Func<string> page)
    {
        if (parsed.GetValue(option) is string path) HtmlReport.Save(page(), path);
    }
}
