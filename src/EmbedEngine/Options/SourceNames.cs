using EmbedEngine.Recommendation;

namespace EmbedEngine;

/// <summary>The one spelling of each source in C#, C, CLI, Python and JSON.</summary>
public static class SourceNames
{
    /// <summary>What is made of several sources.</summary>
    private static readonly (CandidateSourceKind Kind, string Name)[] Fusions =
    [
        (CandidateSourceKind.HybridDefault, "hybrid_default"),
        (CandidateSourceKind.Hybrid, "hybrid"),
        (CandidateSourceKind.Ranker, "ranker"),
        (CandidateSourceKind.RankerCarts, "ranker_carts"),
        (CandidateSourceKind.RankerOrders, "ranker_orders"),
        (CandidateSourceKind.RankerUser, "ranker_user"),
        (CandidateSourceKind.RankerVisit, "ranker_visit"),
    ];

    private static readonly (CandidateSourceKind Kind, string Name)[] Names =
        [.. SourceCatalog.All.Select(s => (s.Kind, s.Name)).OrderBy(s => s.Kind), .. Fusions];

    /// <summary>Every source, in the order reports use.</summary>
    public static IReadOnlyList<CandidateSourceKind> All { get; } = Array.ConvertAll(Names, n => n.Kind);

    /// <summary>The name of a source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value names no source.</exception>
    public static string NameOf(CandidateSourceKind kind)
    {
        foreach ((CandidateSourceKind k, string name) in Names)
        {
            if (k == kind) return name;
        }
        throw new ArgumentOutOfRangeException(nameof(kind), kind, "is not a source");
    }

    /// <summary>Stands among the names of sources where an item is explored.</summary>
    private const string Explored = "explored";

    /// <summary>
    /// Names of the sources whose bits are set in <see cref="RecommendedItem.Sources"/>, in the order reports
    /// use; then <c>explored</c> where <see cref="RecommendedItem.ExploredBit"/> is.
    /// </summary>
    public static IReadOnlyList<string> OfBits(uint sources)
    {
        var names = new List<string>();
        foreach ((CandidateSourceKind kind, string name) in Names)
            if ((sources & (1u << (int)kind)) != 0) names.Add(name);
        if ((sources & RecommendedItem.ExploredBit) != 0) names.Add(Explored);
        return names;
    }

    /// <summary>The source of a name.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>; the message lists the
    /// names.</exception>
    public static CandidateSourceKind Parse(string name)
    {
        foreach ((CandidateSourceKind kind, string n) in Names)
        {
            if (n == name) return kind;
        }
        throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"source '{name}' is not known; sources are "
            + $"{string.Join(", ", Array.ConvertAll(Names, n => n.Name))}");
    }
}
