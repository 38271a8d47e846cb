namespace EmbedEngine;

/// <summary>
/// What <see cref="TrainOptions.Gate"/> found: a new version against the one that was active, on the same
/// later sessions.
/// </summary>
public sealed record PublishGateReport
{
    /// <summary>The version that was active.</summary>
    public required long Against { get; init; }

    /// <summary>
    /// <c>as_is</c>: the active version itself, on sessions that it has not seen. <c>rebuilt</c>: it has seen
    /// all there are, so its settings were built anew on what ended before the cut. <c>none</c>: there was
    /// nothing to measure on.
    /// </summary>
    public required string Method { get; init; }

    /// <summary>What was compared, by its name in reports.</summary>
    public required string Metric { get; init; }

    /// <summary>Sessions both were measured on.</summary>
    public required long Sessions { get; init; }

    /// <summary>Requests both were measured on.</summary>
    public required long Cases { get; init; }

    /// <summary>Metric of the new version's <c>hybrid</c>.</summary>
    public required double New { get; init; }

    /// <summary>Metric of the active version's <c>hybrid</c>.</summary>
    public required double Active { get; init; }

    /// <summary>New less active, paired, with its 95 % interval by bootstrap over sessions.</summary>
    public required Measured Difference { get; init; }

    /// <summary>Lowest share of neighbours that a space keeps; null where none can be told.</summary>
    public double? NeighborOverlap { get; init; }

    /// <summary>Share of the active version's events on items that the new one has no row for.</summary>
    public required double LostShare { get; init; }

    /// <summary>Whether the new version may be published.</summary>
    public bool Passed => Reasons.Count == 0;

    /// <summary>Why not, a sentence each; empty where it may.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
