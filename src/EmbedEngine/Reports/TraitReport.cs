namespace EmbedEngine;

/// <summary>The traits of a version's customers, to be read.</summary>
public sealed record TraitReport
{
    /// <summary>Version they are of.</summary>
    public required long Version { get; init; }

    /// <summary>Customers they were learned from.</summary>
    public required int Customers { get; init; }

    /// <summary>
    /// How well traits of parts of the customers agree with these: mean cosine of matched traits; null = not
    /// measured.
    /// </summary>
    public required double? Stability { get; init; }

    /// <summary>Kind of the store's user keys.</summary>
    public required KeyKind UserKeys { get; init; }

    /// <summary>Each trait, in the order of profiles.</summary>
    public required IReadOnlyList<Trait> Traits { get; init; }
}

/// <summary>One trait.</summary>
/// <param name="Index">Place in a profile.</param>
/// <param name="Name">A suggestion: its categories, or what stands in the titles of its items.</param>
/// <param name="Share">Share of it in the mean profile.</param>
/// <param name="Tokens">What marks it most: heavy in it and rarer elsewhere.</param>
/// <param name="Items">Its heaviest items.</param>
/// <param name="Categories">Categories by lift; empty where there are none.</param>
/// <param name="Customers">Customers with the largest share of it.</param>
public sealed record Trait(
    int Index, string Name, double Share, IReadOnlyList<TraitToken> Tokens, IReadOnlyList<TraitItem> Items,
    IReadOnlyList<TraitToken> Categories, IReadOnlyList<SimilarUser> Customers);

/// <summary>A token or a category of a trait.</summary>
/// <param name="Token">Key of the item, or name of the category.</param>
/// <param name="Lift">How many times likelier it is in the trait than in all of the log.</param>
public sealed record TraitToken(string Token, double Lift);

/// <summary>An item of a trait.</summary>
/// <param name="Item">Its key.</param>
/// <param name="Title">Its title; null where none is known.</param>
/// <param name="Share">Share of the trait's weight.</param>
public sealed record TraitItem(string Item, string? Title, double Share);

/// <summary>The users most like a user.</summary>
/// <param name="Users">Best first.</param>
/// <param name="UserKeys">Kind of the store's user keys.</param>
public sealed record SimilarUserReport(IReadOnlyList<SimilarUser> Users, KeyKind UserKeys);

/// <summary>An action-item token and how alike.</summary>
/// <param name="Token">Such as <c>cart_X</c>.</param>
/// <param name="Score">The cosine.</param>
public sealed record SimilarToken(string Token, double Score);

/// <summary>A user and how alike or how much of something.</summary>
/// <param name="User">Key of the user.</param>
/// <param name="Score">A cosine, or the share of a trait.</param>
public sealed record SimilarUser(string User, double Score);
