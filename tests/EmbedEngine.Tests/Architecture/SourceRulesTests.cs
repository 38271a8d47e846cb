// Reads the sources and holds them to the rules of CONTRIBUTING.md: layers, threads, names, sizes, who writes
// files.

using System.Text.RegularExpressions;

namespace EmbedEngine.Tests.Architecture;

public sealed partial class SourceRulesTests
{
    /// <summary>
    /// Each layer may use those before it; one line holds layers that must not see each other.
    /// </summary>
    private static readonly string[][] Layers =
    [
        ["Collections"], ["Numerics"], ["Storage"], ["Interactions"], ["Statistics", "Training", "Indexing"],
        ["Profiles"], ["Recommendation"], ["Evaluation"], ["Pipelines"], ["Native", "Server", "Cli"],
    ];

    /// <summary>Folders whose types are the root's: what a caller may set, what calls return.</summary>
    private static readonly string[] RootRooms = ["Options", "Reports"];

    internal static readonly string Root = FindRoot();

    private static string FindRoot()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Directory.Exists(Path.Combine(at, "src", "EmbedEngine", "Numerics"))) return at;
        }
        throw new DirectoryNotFoundException("src/EmbedEngine was not found above the tests");
    }

    /// <summary>Path below src, and text, of every source file of the projects named.</summary>
    private static List<(string Path, string Text)> Sources(params string[] projects)
    {
        var sources = new List<(string, string)>();
        string src = Path.Combine(Root, "src");
        foreach (string project in projects.Select(p => Path.Combine(src, p)).Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(src, file).Replace('\\', '/');
                if (relative.Contains("/obj/", StringComparison.Ordinal)
                    || relative.Contains("/bin/", StringComparison.Ordinal))
                    continue;
                sources.Add((relative, File.ReadAllText(file)));
            }
        }
        return sources;
    }

    /// <summary>The code alone: no comments; what a rule forbids may be spoken of.</summary>
    private static string Code(string text) => Comments().Replace(text, "");

    private static int LevelOf(string layer) => Array.FindIndex(Layers, l => l.Contains(layer));

    /// <summary>Layers a file of a layer (empty = the root) uses against the order.</summary>
    private static IEnumerable<string> Violations(string layer, string text)
    {
        foreach (Match match in References().Matches(Code(text)))
        {
            string used = match.Groups[1].Value;
            if (used == layer || LevelOf(used) < 0) continue;
            bool allowed =
                layer.Length == 0 ? LevelOf(used) < Layers.Length - 1 : LevelOf(used) < LevelOf(layer);
            if (!allowed) yield return used;
        }
    }

    [Fact]
    public void Layers_UseOnlyWhatStandsToTheirLeft()
    {
        var sources = Sources("EmbedEngine");
        Assert.True(sources.Count > 100, $"only {sources.Count} files were found");
        var found = new List<string>();
        foreach ((string path, string text) in sources)
        {
            string[] parts = path.Split('/');
            string layer = parts.Length == 2 || RootRooms.Contains(parts[1]) ? "" : parts[1];
            if (layer.Length > 0 && LevelOf(layer) < 0) found.Add($"{path}: folder {layer} is in no layer");
            else found.AddRange(Violations(layer, text).Select(used => $"{path} uses {used}"));
        }
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("Numerics", "using EmbedEngine.Storage;", true)]
    [InlineData("Storage", "using EmbedEngine.Numerics;", false)]
    [InlineData("Statistics", "using EmbedEngine.Indexing;", true)]
    [InlineData("Training", "var x = new EmbedEngine.Statistics.PopularityTable();", true)]
    [InlineData("Training", "// see EmbedEngine.Statistics", false)]
    [InlineData("Recommendation", "using static EmbedEngine.Evaluation.Bootstrap;", true)]
    [InlineData("Recommendation", "using B = EmbedEngine.Pipelines.ServingGate;", true)]
    [InlineData("Recommendation", "/// <see cref=\"EmbedEngine.Pipelines.X\"/>", false)]
    [InlineData("", "using EmbedEngine.Pipelines;", false)]
    [InlineData("", "using EmbedEngine.Cli;", true)]
    public void Violations_KnownCases_AreFound(string layer, string text, bool violates) =>
        Assert.Equal(violates, Violations(layer, text).Any());

    [Fact]
    public void Layers_DoNotNameTheFacade()
    {
        foreach ((string path, string text) in Sources("EmbedEngine"))
        {
            string[] parts = path.Split('/');
            if (parts.Length == 2 || RootRooms.Contains(parts[1])) continue;
            Match match = Facade().Match(Code(text));
            Assert.False(match.Success, $"{path}: {match.Value}");
        }
    }

    [Theory]
    [InlineData("public BatchRun(Model model)", true)]
    [InlineData("Engine? engine = null;", true)]
    [InlineData("using var x = Model.OpenBundle(path);", true)]
    [InlineData("RankerModel model = RankerModel.Open(path);", false)]
    [InlineData("$\"Engine of {x}\"", false)]
    public void Facade_KnownCases_AreFound(string code, bool found) =>
        Assert.Equal(found, Facade().IsMatch(Code(code)));

    [Fact]
    public void Namespaces_AreTheFolders()
    {
        foreach ((string path, string text) in Sources(
            "EmbedEngine", "EmbedEngine.Bench", "EmbedEngine.Arrow", "EmbedEngine.Server", "EmbedEngine.Cli",
            "EmbedEngine.Native"))
        {
            Match match = Namespace().Match(text);
            string[] parts = path.Split('/');
            string expected = string.Join('.', parts[..^1].Where((p, i) => i != 1 || !RootRooms.Contains(p)));
            if (match.Success)
                Assert.True(expected == match.Groups[1].Value, $"{path}: {match.Groups[1].Value}");
        }
    }

    /// <summary>The library and the engine below it know nothing of HTTP, nor of who reads metrics.</summary>
    [Fact]
    public void Engine_ReferencesNoServer()
    {
        foreach (string project in (string[])["EmbedEngine", "EmbedEngine.Native"])
        {
            string file = File.ReadAllText(Path.Combine(Root, "src", project, $"{project}.csproj"));
            Assert.DoesNotMatch("FrameworkReference|AspNetCore|prometheus|OpenTelemetry|Server", file);
        }
        Assert.Equal(
            ["K4os.Compression.LZ4", "Microsoft.Data.Sqlite", "System.Numerics.Tensors"],
            PackageReference().Matches(File.ReadAllText(Path.Combine(
                Root, "src", "EmbedEngine", "EmbedEngine.csproj")))
                .Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            typeof(Engine).Assembly.GetReferencedAssemblies(),
            a => a.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || a.Name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
    }

    [Fact]
    public void Threads_AreTheEnginesOwn()
    {
        foreach ((string path, string text) in Sources("EmbedEngine", "EmbedEngine.Native"))
        {
            Match match = Pools().Match(Code(text));
            Assert.False(match.Success, $"{path}: {match.Value}");
        }
    }

    [Fact]
    public void Files_AreWrittenInStorageOnly()
    {
        foreach ((string path, string text) in Sources(
            "EmbedEngine", "EmbedEngine.Bench", "EmbedEngine.Native"))
        {
            if (path.StartsWith("EmbedEngine/Storage/", StringComparison.Ordinal)) continue;
            Match match = Writes().Match(Code(text));
            Assert.False(match.Success, $"{path}: {match.Value}");
        }
    }

    [Fact]
    public void Statements_AreTheCatalogsOwn()
    {
        foreach ((string path, string text) in Sources(
            "EmbedEngine", "EmbedEngine.Bench", "EmbedEngine.Arrow", "EmbedEngine.Server", "EmbedEngine.Cli",
            "EmbedEngine.Native"))
        {
            if (path.StartsWith("EmbedEngine/Storage/Catalog/", StringComparison.Ordinal)) continue;
            Match match = Statements().Match(Code(text));
            Assert.False(match.Success, $"{path}: {match.Value}");
        }
    }

    [Fact]
    public void Names_SayWhatThingsAre()
    {
        foreach ((string path, string text) in Sources(
            "EmbedEngine", "EmbedEngine.Bench", "EmbedEngine.Arrow", "EmbedEngine.Server", "EmbedEngine.Cli",
            "EmbedEngine.Native"))
        {
            Assert.False(BannedName().IsMatch(Path.GetFileNameWithoutExtension(path)), path);
            Match match = BannedType().Match(Code(text));
            Assert.False(match.Success, $"{path}: {match.Value}");
            Assert.DoesNotContain("#region", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LongFiles_SayWhyInTheirHeader()
    {
        foreach ((string path, string text) in Sources(
            "EmbedEngine", "EmbedEngine.Bench", "EmbedEngine.Arrow", "EmbedEngine.Server", "EmbedEngine.Cli",
            "EmbedEngine.Native"))
        {
            string[] lines = text.Split('\n');
            if (lines.Length <= 500) continue;
            string header =
                string.Join(' ', lines.TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal)));
            Assert.True(header.Contains("long", StringComparison.OrdinalIgnoreCase)
                || header.Contains("one file", StringComparison.OrdinalIgnoreCase),
                $"{path}: {lines.Length} lines");
        }
    }

    [Theory]
    [InlineData("ThreadPool.QueueUserWorkItem(x);", 0)]
    [InlineData("await Task.Run(() => 1);", 0)]
    [InlineData("Parallel.For(0, 1, f);", 0)]
    [InlineData("new System.Threading.Timer(f);", 0)]
    [InlineData("File.WriteAllText(path, text);", 1)]
    [InlineData("new FileStream(p, FileMode.CreateNew);", 1)]
    [InlineData("new StreamWriter(path)", 1)]
    [InlineData("Directory.CreateDirectory(path);", 1)]
    [InlineData("Directory.CreateTempSubdirectory().FullName", 1)]
    [InlineData("Path.Combine(Path.GetTempPath(), name)", 1)]
    [InlineData("Directory.Delete(path, recursive: true);", 1)]
    [InlineData("new FileStream(p, FileMode.Open, FileAccess.ReadWrite)", 1)]
    [InlineData("internal static class StringUtils", 2)]
    [InlineData("public sealed record CacheManager(int x)", 2)]
    [InlineData("c.Scalar(\"SELECT count(*) FROM meta\")", 3)]
    [InlineData("\"INSERT OR REPLACE INTO seal VALUES (1)\"", 3)]
    [InlineData("$\"UPDATE {table} SET key = 1\"", 3)]
    [InlineData("\"DELETE FROM segment\"", 3)]
    [InlineData("\"PRAGMA integrity_check\"", 3)]
    [InlineData("CREATE TABLE t (a);", 3)]
    [InlineData("using Microsoft.Data.Sqlite;", 3)]
    [InlineData("Action<SqliteConnection> rows", 3)]
    public void Rules_KnownOffences_AreFound(string code, int rule) =>
        Assert.Matches(
            rule switch { 0 => Pools(), 1 => Writes(), 2 => BannedType(), _ => Statements() }, code);

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<![\w.""])(Model|Engine)(\?? \w+\s*[,)=;(]|\.[A-Z]|>)")]
    private static partial Regex Facade();

    [GeneratedRegex(@"\bEmbedEngine\.([A-Z]\w*)")]
    private static partial Regex References();

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bThreadPool\b|\bTask\s*\.\s*(Run|Factory)|\bParallel\s*\.|"
        + @"\bThreading\.Timer\b|\bnew Timer\(|\basync\b")]
    private static partial Regex Pools();

    [GeneratedRegex(@"\bFile\.(Create|Write|Append|OpenWrite|Open\(|Move|Copy|Delete|Replace)\w*|"
        + @"\bFileMode\.(Create|OpenOrCreate|Append|Truncate)\w*|"
        + @"\bFileAccess\.(Write|ReadWrite)\b|\bnew StreamWriter\(|\bGetTemp(Path|FileName)\b|"
        + @"\bDirectory\.(Create\w*|Move|Delete)\b")]
    private static partial Regex Writes();

    [GeneratedRegex(@"\bSELECT\s+[\w*$(]|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+[\w{}.]+\s+SET\b|"
        + @"\bDELETE\s+FROM\b|\bPRAGMA\s+\w|\bCREATE\s+TABLE\b|\bSqlite\w*")]
    private static partial Regex Statements();

    [GeneratedRegex("(Utils?|Helpers?|Common|Manager|Service|Impl)$")]
    private static partial Regex BannedName();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record|record struct)"
        + @"\s+\w*(Utils?|Helpers?|Common|Manager|Service|Impl)\b")]
    private static partial Regex BannedType();
}
