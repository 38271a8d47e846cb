namespace EmbedEngine;

/// <summary>Options of <c>Engine.Open</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>How much of a version is checked when it is opened; default the header.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Header;
}
