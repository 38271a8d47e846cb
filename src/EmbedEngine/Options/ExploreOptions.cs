namespace EmbedEngine;

/// <summary>Options of <see cref="Engine.Explore"/>.</summary>
public sealed record ExploreOptions
{
    /// <summary>
    /// Whether events count that were observed and not taken up by an import or training yet; default true.
    /// </summary>
    public bool Live { get; init; } = true;
}
