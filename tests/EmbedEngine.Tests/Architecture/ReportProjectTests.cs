// The page is the command line's: what an application links to has no chart library in it.

using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EmbedEngine.Tests.Architecture;

public sealed partial class ReportProjectTests
{
    private static readonly string Source = Path.Combine(SourceRulesTests.Root, "src");

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Source, project, project + ".csproj")).Descendants()
            .Where(e => e.Name.LocalName is "ProjectReference" or "PackageReference")
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')));

    [Fact]
    public void Report_IsReferencedByTheCommandLineAlone()
    {
        string[] projects = [.. Directory.EnumerateDirectories(Source).Select(d => Path.GetFileName(d))
            .Where(n => File.Exists(Path.Combine(Source, n, n + ".csproj")))];
        Assert.Contains("EmbedEngine.Report", projects);
        Assert.Equal(["EmbedEngine.Cli"], projects.Where(p => References(p).Contains("EmbedEngine.Report")));
        Assert.Equal(["EmbedEngine.Report"], projects.Where(
            p => References(p).Any(r => r.StartsWith("OxyPlot", StringComparison.Ordinal))));
        Assert.Equal(["EmbedEngine"], References("EmbedEngine.Report").Where(
            r => r.StartsWith("EmbedEngine", StringComparison.Ordinal)));
        Assert.DoesNotContain(typeof(Engine).Assembly.GetReferencedAssemblies(), a => a.Name!.Contains(
            "OxyPlot", StringComparison.Ordinal) || a.Name == "EmbedEngine.Report");
    }

    [Fact]
    public void Sources_AreFoldersOfTheirNamespace_OfModestLength()
    {
        string root = Path.Combine(Source, "EmbedEngine.Report");
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(Source, file).Replace('\\', '/');
            if (path.Contains("/obj/", StringComparison.Ordinal)
                || path.Contains("/bin/", StringComparison.Ordinal))
                continue;
            string text = File.ReadAllText(file);
            Assert.Equal(string.Join('.', path.Split('/')[..^1]), Namespace().Match(text).Groups[1].Value);
            Assert.True(text.Count(c => c == '\n') <= 330, path);
            // Its door to the file system is the engine's; all else is what any caller may use.
            foreach (Match used in Internals().Matches(text))
                Assert.Equal("Storage HtmlReport.cs", $"{used.Groups[1].Value} {Path.GetFileName(path)}");
            // Colours come from the style sheet, by name.
            if (!path.EndsWith("ChartColors.cs", StringComparison.Ordinal))
                Assert.DoesNotContain("FromRgb", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"\busing (?:static )?EmbedEngine\.(?!Report\b)(\w+)")]
    private static partial Regex Internals();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
