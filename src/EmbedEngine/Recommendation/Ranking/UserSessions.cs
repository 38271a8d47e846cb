namespace EmbedEngine.Recommendation.Ranking;

/// <summary>Sessions of users with a past, by what is known of them: which of them a ranker is for.</summary>
[Flags]
internal enum UserSessions
{
    None = 0,

    /// <summary>At least one item of the session is known.</summary>
    Known = 1,

    /// <summary>No item of the session is known: the user's last one stands in.</summary>
    Unknown = 2,

    All = Known | Unknown,
}
