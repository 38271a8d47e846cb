namespace EmbedEngine.Profiles;

/// <summary>What a vector or a profile of a user was truly made from.</summary>
internal enum ProfileBasis
{
    /// <summary>The user's own history.</summary>
    History,

    /// <summary>The session at hand: no history, or too little of it.</summary>
    Session,

    /// <summary>The category of what little is known.</summary>
    Category,

    /// <summary>What people do that action with, on average.</summary>
    Action,

    /// <summary>The mean of everything.</summary>
    Centroid,

    /// <summary>Nothing: there is no vector to be had, and popularity answers.</summary>
    Popularity,
}
