using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>
/// What a ranker is trained to foretell: any next item, or the items carted or ordered in the rest of a
/// session.
/// </summary>
/// <param name="Kind">The source that answers by it.</param>
/// <param name="Action">Action of the true items; null = the next event, whatever it is.</param>
/// <param name="Artifact">File name without extension.</param>
internal sealed record RankerTarget(CandidateSourceKind Kind, ActionKind? Action, string Artifact)
{
    /// <summary>Which sessions of users with a past it is for; None = it knows no past.</summary>
    public UserSessions Sessions { get; init; }

    /// <summary>
    /// Whether it is for users with a past: it alone asks the sources that need one, and the others answer as
    /// if there were none.
    /// </summary>
    public bool OfUsers => Sessions != UserSessions.None;

    /// <summary>
    /// Whether it asks a source for candidates. <c>user_history</c> stands in for <c>user</c> where a past is
    /// known: a second walk of the same index finds most of what the first did.
    /// </summary>
    public bool Asks(SourceEntry source) =>
        OfUsers ? source.Kind != CandidateSourceKind.User : !source.OfUsers;

    /// <summary>The general one first.</summary>
    public static readonly RankerTarget[] All =
    [
        new(CandidateSourceKind.Ranker, null, "ranker"),
        new(CandidateSourceKind.RankerCarts, ActionKind.Cart, "ranker-carts"),
        new(CandidateSourceKind.RankerOrders, ActionKind.Order, "ranker-orders"),
        new(CandidateSourceKind.RankerUser, null, "ranker-user") { Sessions = UserSessions.Known },
        new(CandidateSourceKind.RankerVisit, null, "ranker-visit") { Sessions = UserSessions.Unknown },
    ];

    public static RankerTarget Any => All[0];

    /// <summary>Whether a source is a ranker.</summary>
    public static bool IsRanker(CandidateSourceKind kind) => IndexOf(kind) >= 0;

    /// <summary>The target of a source that is a ranker.</summary>
    public static RankerTarget Of(CandidateSourceKind kind) => All[IndexOf(kind)];

    /// <summary>Place in <see cref="All"/>, or −1.</summary>
    public static int IndexOf(CandidateSourceKind kind)
    {
        int index = (int)kind - (int)CandidateSourceKind.Ranker;
        return (uint)index < (uint)All.Length ? index : -1;
    }
}
