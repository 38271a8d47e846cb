namespace EmbedEngine;

/// <summary>What <see cref="Engine.Upgrade"/> did.</summary>
public sealed record UpgradeReport
{
    /// <summary>Format the store had.</summary>
    public required int From { get; init; }

    /// <summary>Format it has now; equal where there was nothing to do.</summary>
    public required int To { get; init; }
}
