namespace EmbedEngine;

/// <summary>How a store splits its users between versions.</summary>
public sealed class Experiment
{
    /// <summary>Mixed into the split: another salt, another split.</summary>
    public required string Salt { get; init; }

    /// <summary>When arms or shares were last set, milliseconds since 1970: what is measured begins
    /// here.</summary>
    public required long SinceMs { get; init; }

    /// <summary>The arms, in the order in which they were set; the first is the one compared with.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }
}
