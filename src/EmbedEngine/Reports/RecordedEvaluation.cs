namespace EmbedEngine;

/// <summary>Figures of a version on a test file, kept in the store with the version.</summary>
public sealed record RecordedEvaluation
{
    /// <summary>The test file, without its directory.</summary>
    public required string File { get; init; }

    /// <summary>Length and hash of what the file held: says whether another one is the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>As <see cref="EvaluateOptions.MaxHistory"/>; 0 = whole histories.</summary>
    public int MaxHistory { get; init; }

    /// <summary>As <see cref="EvaluateOptions.MaxSessions"/>; 0 = all.</summary>
    public int MaxSessions { get; init; }

    /// <summary>The figures.</summary>
    public required EvaluationReport Report { get; init; }
}
