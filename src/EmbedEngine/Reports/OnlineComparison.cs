namespace EmbedEngine;

/// <summary>One arm against another.</summary>
public sealed class OnlineComparison
{
    /// <summary>The arm.</summary>
    public required string Arm { get; init; }

    /// <summary>The arm it is compared with.</summary>
    public required string With { get; init; }

    /// <summary>In clicked answers.</summary>
    public required OnlineDifference Ctr { get; init; }

    /// <summary>In ordered answers.</summary>
    public required OnlineDifference Conversion { get; init; }

    /// <summary>In users who ordered.</summary>
    public required OnlineDifference UserConversion { get; init; }
}
