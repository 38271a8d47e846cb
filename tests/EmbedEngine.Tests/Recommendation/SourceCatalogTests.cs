// One list says what a source is: what else knows of sources follows from it.

using System.Text.RegularExpressions;
using EmbedEngine.Recommendation;
using EmbedEngine.Tests.Architecture;

namespace EmbedEngine.Tests.Recommendation;

public sealed partial class SourceCatalogTests
{
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
        string header = File.ReadAllText(Path.Combine(SourceRulesTests.Root, "include", "embed_engine.h"));
        var found = HeaderKind().Matches(header).ToDictionary(
            m => m.Groups[1].Value.ToLowerInvariant(),
            m => int.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(
            SourceNames.All.ToDictionary(SourceNames.NameOf, kind => (int)kind).OrderBy(p => p.Key),
            found.OrderBy(p => p.Key));
    }

    [GeneratedRegex(@"\bEE_SOURCE_(\w+) = (\d+)")]
    private static partial Regex HeaderKind();
}
