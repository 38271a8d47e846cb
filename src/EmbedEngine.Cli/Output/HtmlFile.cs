using System.CommandLine;
using System.Text;

namespace EmbedEngine.Cli.Output;

/// <summary>Pages that commands write beside what they print.</summary>
internal static class HtmlFile
{
    /// <summary>What was written.</summary>
    /// <param name="Path">The file as it was named.</param>
    /// <param name="Bytes">Its length.</param>
    internal readonly record struct Written(string Path, long Bytes);

    /// <summary>The option that asks for one.</summary>
    public static Option<string?> Option() => new("--html")
    {
        Description = "Also write this as an HTML page that needs nothing else.",
    };

    /// <summary>Writes a page under another name first: whoever has the old one open keeps a whole one.
    /// </summary>
    public static Written Write(string path, string page)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(page);
        string temporary = $"{path}.tmp-{Environment.ProcessId}";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        return new Written(path, bytes.Length);
    }
}
