namespace EmbedEngine;

/// <summary>What a new version must hold its own against before it is published.</summary>
public enum PublishGate
{
    /// <summary>Nothing: it is published.</summary>
    None = 0,

    /// <summary>The version that is active.</summary>
    Active = 1,
}
