namespace EmbedEngine;

/// <summary>One arm of an experiment.</summary>
public sealed class ExperimentArm
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The alias whose version answers its users.</summary>
    public required string Alias { get; init; }

    /// <summary>Users that are to be in it, percent, in steps of 0.01.</summary>
    public required double Share { get; init; }

    /// <summary>The alias's version; 0 = there is no such alias any more, and the active version
    /// answers.</summary>
    public required long Version { get; init; }
}
