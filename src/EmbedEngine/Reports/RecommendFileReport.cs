namespace EmbedEngine;

/// <summary>What a file of recommendations came to.</summary>
public sealed record RecommendFileReport
{
    /// <summary>The file written; "-" = a stream of the caller.</summary>
    public required string Output { get; init; }

    /// <summary>Version that answered.</summary>
    public required long Version { get; init; }

    /// <summary>Sessions answered.</summary>
    public required long Sessions { get; init; }

    /// <summary>Lines that could not be read; each has a line with its error in the output.</summary>
    public required long Rejected { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<RejectedRow> FirstErrors { get; init; }

    /// <summary>Wall time.</summary>
    public required double Seconds { get; init; }
}
