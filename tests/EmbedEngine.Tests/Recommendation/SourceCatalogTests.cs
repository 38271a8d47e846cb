// One list says what a source is: what else knows of sources follows from it. With EMBEDENGINE_WRITE_DOCS=1
// the header's enum is written from the list instead of compared.

using System.Text;
using System.Text.RegularExpressions;
using EmbedEngine.Recommendation;
using EmbedEngine.Tests.Architecture;

namespace EmbedEngine.Tests.Recommendation;

public sealed partial class SourceCatalogTests
{
    private const int CommentColumn = 35;

    [Fact]
    public void Names_AreEveryKindsOnce_InOrderOfNumbers()
    {
        Assert.Equal(Enum.GetValues<CandidateSourceKind>().Order(), SourceNames.All.Order());
        Assert.Equal(SourceNames.All.Count, SourceNames.All.Select(SourceNames.NameOf).Distinct().Count());
        CandidateSourceKind[] single = [.. SourceNames.All.Where(SourceCatalog.IsSingle)];
        Assert.Equal(single.Order(), single);
        Assert.All(SourceNames.All, kind => Assert.Equal(kind, SourceNames.Parse(SourceNames.NameOf(kind))));
    }

    [Fact]
    public void Kinds_FitTheBitsOfAnAnswer() =>
        Assert.All(SourceCatalog.All, s => Assert.InRange((int)s.Kind, 0, 31));

    [Fact]
    public void Header_HasEveryKindByItsNameAndNumber()
    {
        string path = Path.Combine(SourceRulesTests.Root, "include", "embed_engine.h");
        string header = File.ReadAllText(path);
        string rewritten = HeaderEnum().Replace(header, block => Enumeration(block.Value), 1);
        if (Environment.GetEnvironmentVariable("EMBEDENGINE_WRITE_DOCS") == "1")
            File.WriteAllText(path, rewritten);
        Assert.True(
            rewritten == File.ReadAllText(path),
            "the header's enum of sources is not what SourceCatalog says; EMBEDENGINE_WRITE_DOCS=1 dotnet "
            + $"test --filter {nameof(SourceCatalogTests)} writes it");
        Assert.Equal(SourceNames.All.Count, HeaderKind().Count(rewritten));
    }

    [Fact]
    public void Enumeration_OfAnOldBlock_HasEveryKind_AndKeepsCommentsByName()
    {
        string text = Enumeration("enum {\n    EE_SOURCE_SVD = 3 /* near */\n};");
        Assert.Contains("\n    EE_SOURCE_SVD = 7,              /* near */\n", text, StringComparison.Ordinal);
        Assert.StartsWith("enum {\n    EE_SOURCE_POPULARITY = 0,\n", text, StringComparison.Ordinal);
        CandidateSourceKind last = SourceNames.All.Max();
        string end = $"\n    EE_SOURCE_{SourceNames.NameOf(last).ToUpperInvariant()} = {(int)last}\n}};";
        Assert.EndsWith(end, text, StringComparison.Ordinal);
        Assert.Equal(text, Enumeration(text));
    }

    /// <summary>The enum as the catalog has it; what stood beside a name stays beside it.</summary>
    private static string Enumeration(string block)
    {
        var comments = HeaderKind().Matches(block)
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        CandidateSourceKind[] kinds = [.. SourceNames.All.OrderBy(kind => (int)kind)];
        var text = new StringBuilder("enum {\n");
        foreach (CandidateSourceKind kind in kinds)
        {
            string name = SourceNames.NameOf(kind).ToUpperInvariant();
            string line = $"    EE_SOURCE_{name} = {(int)kind}{(kind == kinds[^1] ? "" : ",")}";
            string comment = comments.GetValueOrDefault(name, "");
            if (comment.Length > 0) line = $"{line.PadRight(CommentColumn)} {comment}";
            text.Append(line).Append('\n');
        }
        return text.Append("};").ToString();
    }

    [GeneratedRegex(@"enum \{\s*EE_SOURCE_[^}]*\};")]
    private static partial Regex HeaderEnum();

    [GeneratedRegex(@"\bEE_SOURCE_(\w+) = \d+,?[ \t]*(/\*.*?\*/)?")]
    private static partial Regex HeaderKind();
}
