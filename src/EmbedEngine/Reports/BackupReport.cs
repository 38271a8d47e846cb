namespace EmbedEngine;

/// <summary>What <c>Engine.Backup</c> copied.</summary>
public sealed record BackupReport
{
    /// <summary>Full path of the backup: a store like any other.</summary>
    public required string Path { get; init; }

    /// <summary>Files, the catalog among them.</summary>
    public required long Files { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Versions in the backup.</summary>
    public required long Versions { get; init; }

    /// <summary>Times the copy was begun: more than 1 when a writer removed files meanwhile.</summary>
    public required int Attempts { get; init; }
}
