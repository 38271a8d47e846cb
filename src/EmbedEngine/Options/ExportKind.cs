namespace EmbedEngine;

/// <summary>What <c>export</c> writes of a version.</summary>
public enum ExportKind
{
    /// <summary>The vectors of a space.</summary>
    Vectors = 0,

    /// <summary>The manifest.</summary>
    Manifest = 1,

    /// <summary>Every item with its popularity, best first.</summary>
    Popularity = 2,

    /// <summary>The co-visitation neighbours of every item.</summary>
    Neighbors = 3,

    /// <summary>How often items lie near each other in the sessions of the store's log.</summary>
    Cooccurrence = 4,

    /// <summary>Their positive pointwise mutual information, of the same counts.</summary>
    Ppmi = 5,
}
