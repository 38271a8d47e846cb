namespace EmbedEngine;

/// <summary>What a store holds, from its catalog.</summary>
public sealed record StoreInfo
{
    /// <summary>Directory of the store.</summary>
    public required string Path { get; init; }

    /// <summary>Format of the store directory.</summary>
    public required int Format { get; init; }

    /// <summary>Kind of the item keys.</summary>
    public required KeyKind ItemKeys { get; init; }

    /// <summary>Items ever seen.</summary>
    public required long Items { get; init; }

    /// <summary>Users ever seen.</summary>
    public required long Users { get; init; }

    /// <summary>Imports made.</summary>
    public required long Imports { get; init; }

    /// <summary>Segments of the event log.</summary>
    public required long Segments { get; init; }

    /// <summary>Events in the log.</summary>
    public required long Events { get; init; }

    /// <summary>Sessions in the log, by segment: one that goes on in a later import counts in both.</summary>
    public required long Sessions { get; init; }

    /// <summary>Bytes of the event log.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Items that the catalogue has attributes of.</summary>
    public long CatalogueItems { get; init; }

    /// <summary>Attributes of the catalogue.</summary>
    public int Attributes { get; init; }

    /// <summary>Versions.</summary>
    public required long Versions { get; init; }

    /// <summary>Active version, 0 = none.</summary>
    public required long ActiveVersion { get; init; }

    /// <summary>Bytes of all versions' artifacts.</summary>
    public required long ArtifactBytes { get; init; }

    /// <summary>Files and directories of interrupted writers that later writers have removed, ever.</summary>
    public long SweptOrphans { get; init; }

    /// <summary>Bytes of torn records that were cut off the live logs of dead processes, ever.</summary>
    public long CutBytes { get; init; }

    /// <summary>Observed events left out because their keys were not of the store's kind, ever.</summary>
    public long UnfitEvents { get; init; }

    /// <summary>
    /// Live logs under <c>events/</c> that could not be read and were given another name, so that nothing
    /// waits for them; whoever needs them no more deletes them.
    /// </summary>
    public IReadOnlyList<string> SetAside { get; init; } = [];

    /// <summary>When recovery last did any of this; null = never.</summary>
    public DateTimeOffset? LastRecovery { get; init; }

    /// <summary>Answer logs of the store.</summary>
    public long AnswerLogs { get; init; }

    /// <summary>Their bytes.</summary>
    public long AnswerBytes { get; init; }

    /// <summary>Answers and outcomes that this engine has recorded.</summary>
    public long AnswersRecorded { get; init; }

    /// <summary>Answers and outcomes that this engine was to record and could not.</summary>
    public long AnswersMissed { get; init; }

    /// <summary>Why the last one could not be; null = every one was.</summary>
    public string? AnswerProblem { get; init; }
}
