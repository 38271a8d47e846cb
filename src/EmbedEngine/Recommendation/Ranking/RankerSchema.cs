// The names and places of the features a ranker sees. A trained ranker stores the names it asks for; a place
// may move from one release to the next, a name keeps its meaning for ever.

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>Features in order: two a source, then those of item, past, session and relation.</summary>
internal static class RankerSchema
{
    /// <summary>Sources that propose candidates, each with how many it may propose.</summary>
    public static readonly (CandidateSourceKind Kind, int Count)[] Lists =
    [
        (CandidateSourceKind.SessionKnn, 100), (CandidateSourceKind.Covisitation, 100),
        (CandidateSourceKind.Item2Vec, 100), (CandidateSourceKind.Graph, 60), (CandidateSourceKind.Svd, 60),
        (CandidateSourceKind.Sequential, 60), (CandidateSourceKind.Self, 60),
        (CandidateSourceKind.CovisitationNormalized, 60), (CandidateSourceKind.Item2VecSimilar, 40),
        (CandidateSourceKind.User, 40), (CandidateSourceKind.CovisitationCart, 60),
        (CandidateSourceKind.BoughtTogether, 40), (CandidateSourceKind.Trending, 60),
        (CandidateSourceKind.Category, 30), (CandidateSourceKind.Popularity, 20),
        (CandidateSourceKind.Traits, 30),
    ];

    /// <summary>The sources alone.</summary>
    public static readonly CandidateSourceKind[] Kinds = [.. Lists.Select(l => l.Kind)];

    /// <summary>Features that belong to no source, in place order, each with its group.</summary>
    private static readonly (string Group, Extra Feature)[] Extras =
    [
        ("item", Extra.LogRank), ("trend", Extra.TrendShort), ("trend", Extra.TrendMid),
        ("trend", Extra.TrendLong),
        ("trend", Extra.RecentRank), ("age", Extra.Age), ("age", Extra.Idle), ("action", Extra.CartShare),
        ("action", Extra.OrderShare), ("item", Extra.RepeatRate), ("item", Extra.ExitShare),
        ("item", Extra.EntryShare),
        ("item", Extra.SessionLength), ("past", Extra.StepsSinceSeen), ("past", Extra.TimesSeen),
        ("past", Extra.IsLast),
        ("past", Extra.LastActionOnItem), ("past", Extra.InCart), ("session", Extra.LogLength),
        ("session", Extra.DistinctShare), ("session", Extra.LastRank), ("session", Extra.LastAction),
        ("session", Extra.SecondsSinceLast), ("relation", Extra.Proposals),
        ("relation", Extra.CovisitationOfLast),
        ("relation", Extra.CosineToLast), ("relation", Extra.CosineToMean), ("relation", Extra.NextOfLast),
        ("relation", Extra.SameCategory), ("relation", Extra.CategoryShare),
        ("relation", Extra.SequentialOfLast), ("relation", Extra.CovisitationOfPrevious),
    ];

    /// <summary>Features without a source.</summary>
    public enum Extra
    {
        LogRank, TrendShort, TrendMid, TrendLong, RecentRank, Age, Idle, CartShare, OrderShare, RepeatRate,
        ExitShare,
        EntryShare, SessionLength, StepsSinceSeen, TimesSeen, IsLast, LastActionOnItem, InCart, LogLength,
        DistinctShare,
        LastRank, LastAction, SecondsSinceLast, Proposals, CovisitationOfLast, CosineToLast, CosineToMean,
        NextOfLast,
        SameCategory, CategoryShare, SequentialOfLast, CovisitationOfPrevious,
    }

    /// <summary>Number of features.</summary>
    public static int Count => 2 * Lists.Length + Extras.Length;

    /// <summary>Most candidates a request can have.</summary>
    public static int Capacity { get; } = Lists.Sum(l => l.Count);

    /// <summary>Name of each feature.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Lists.SelectMany(
            l => new[] { SourceNames.NameOf(l.Kind) + "_rank", SourceNames.NameOf(l.Kind) + "_score" }),
            .. Extras.Select(e => SnakeCase(e.Feature.ToString()))];

    /// <summary>Group of each feature: the source's name, or that of the extra.</summary>
    public static IReadOnlyList<string> Groups { get; } =
        [.. Lists.SelectMany(l => Enumerable.Repeat(SourceNames.NameOf(l.Kind), 2)),
            .. Extras.Select(e => e.Group)];

    /// <summary>Place of the reciprocal rank in a list; the score follows.</summary>
    public static int PlaceOfList(int list) => 2 * list;

    /// <summary>Place of a feature without a source.</summary>
    public static int PlaceOf(Extra feature) => 2 * Lists.Length + (int)feature;

    private static string SnakeCase(string name) => string.Concat(
        name.Select(
        (c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
