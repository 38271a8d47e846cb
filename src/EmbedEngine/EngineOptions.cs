namespace EmbedEngine;

/// <summary>Options of <see cref="Engine.Open"/>.</summary>
public sealed record EngineOptions
{
    /// <summary>How much of a version is checked when it is opened; default the header.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Header;
}
