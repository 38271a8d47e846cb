// The names and places of the features a ranker sees. A trained ranker stores the names it asks for; a place
// may move from one release to the next, a name keeps its meaning for ever.

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>Features in order: two a source, then those of item, past, session and relation.</summary>
internal static class RankerSchema
{
    /// <summary>The sources that propose candidates.</summary>
    public static readonly CandidateSourceKind[] Kinds = Array.ConvertAll(SourceCatalog.All, s => s.Kind);

    private const string UserGroup = "user_past";

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
        ("item", Extra.LogCount), ("relation", Extra.CategorySize),
        (UserGroup, Extra.LogPast), (UserGroup, Extra.HoursSincePast), (UserGroup, Extra.PastTimes),
        (UserGroup, Extra.PastSteps), (UserGroup, Extra.PastHours), (UserGroup, Extra.PastAction),
        (UserGroup, Extra.PastOrderHours), (UserGroup, Extra.PastRhythm),
            (UserGroup, Extra.PastCategoryShare),
        (UserGroup, Extra.CosineToUser), (UserGroup, Extra.TraitAffinity),
        (UserGroup, Extra.StandsIn),
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
        LogCount, CategorySize,
        LogPast, HoursSincePast, PastTimes, PastSteps, PastHours, PastAction, PastOrderHours, PastRhythm,
        PastCategoryShare, CosineToUser, TraitAffinity, StandsIn,
    }

    /// <summary>Number of features.</summary>
    public static int Count => 2 * Kinds.Length + Extras.Length;

    /// <summary>Most candidates a request can have.</summary>
    public static int Capacity { get; } = SourceCatalog.All.Sum(s => s.Candidates);

    /// <summary>Name of each feature.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. SourceCatalog.All.SelectMany(s => new[] { RankFeature(s), s.Name + "_score" }),
            .. Extras.Select(e => SnakeCase(e.Feature.ToString()))];

    /// <summary>Group of each feature: the source's name, or that of the extra.</summary>
    public static IReadOnlyList<string> Groups { get; } =
        [.. SourceCatalog.All.SelectMany(s => Enumerable.Repeat(s.Name, 2)),
            .. Extras.Select(e => e.Group)];

    /// <summary>Whether a feature tells of a user's earlier sessions.</summary>
    public static bool IsOfUsers(int feature) => Groups[feature] == UserGroup
        || (feature < 2 * Kinds.Length && SourceCatalog.All[feature / 2].OfUsers);

    /// <summary>Place of the reciprocal rank in a list; the score follows.</summary>
    public static int PlaceOfList(int list) => 2 * list;

    /// <summary>Place of a feature without a source.</summary>
    public static int PlaceOf(Extra feature) => 2 * Kinds.Length + (int)feature;

    /// <summary>Name of the first feature of a source.</summary>
    public static string RankFeature(SourceEntry source) => source.Name + "_rank";

    private static string SnakeCase(string name) => string.Concat(
        name.Select(
        (c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
