namespace EmbedEngine;

/// <summary>What <c>Model.WriteBundle</c> wrote.</summary>
public sealed record BundleReport
{
    /// <summary>Full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Version in it.</summary>
    public required long Version { get; init; }

    /// <summary>Names of the artifacts in it.</summary>
    public required IReadOnlyList<string> Artifacts { get; init; }

    /// <summary>Length of the file.</summary>
    public required long Bytes { get; init; }
}
