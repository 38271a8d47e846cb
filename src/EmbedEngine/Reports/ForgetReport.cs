namespace EmbedEngine;

/// <summary>What forgetting a user or an item removed, and where it still is.</summary>
public sealed record ForgetReport
{
    /// <summary>Events removed from the log.</summary>
    public required long RemovedEvents { get; init; }

    /// <summary>Sessions removed from the log.</summary>
    public required long RemovedSessions { get; init; }

    /// <summary>
    /// Versions made before: they may hold what was learned from the events (and, for an item, its vector and
    /// key) until they are collected. Train, then collect.
    /// </summary>
    public required IReadOnlyList<long> VersionsBefore { get; init; }

    /// <summary>
    /// The version made so that nothing answers with a forgotten user's history, now active; null = none was
    /// needed.
    /// </summary>
    public long? NewVersion { get; init; }

    /// <summary>
    /// Live logs of running processes, which may still hold its bytes until those processes close them.
    /// </summary>
    public required long OpenLiveLogs { get; init; }

    /// <summary>Recorded answers to a user, and outcomes of answers, removed from the answer logs.</summary>
    public long RemovedAnswers { get; init; }
}
