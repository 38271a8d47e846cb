namespace EmbedEngine;

/// <summary>What came of the recorded answers, by arm.</summary>
public sealed class OnlineReport
{
    /// <summary>Answers given from this time on, milliseconds since 1970.</summary>
    public required long SinceMs { get; init; }

    /// <summary>Answers given before this time: when the report was made.</summary>
    public required long UntilMs { get; init; }

    /// <summary>How long after an answer what happens counts as its outcome, milliseconds.</summary>
    public required long WindowMs { get; init; }

    /// <summary>The arms: those of the experiment in its order, then others that answers name.</summary>
    public required IReadOnlyList<OnlineArm> Arms { get; init; }

    /// <summary>Each arm against the first; empty where there are not two.</summary>
    public required IReadOnlyList<OnlineComparison> Comparisons { get; init; }

    /// <summary>
    /// Probability of users as unevenly spread as these if the shares were kept to; null = no experiment runs
    /// or nobody was answered. Below 0.001 the split or the recording is broken: believe no difference.
    /// </summary>
    public double? SampleRatioP { get; init; }

    /// <summary>Whether that probability is below 0.001.</summary>
    public bool SampleRatioAlarm => SampleRatioP < 0.001;

    /// <summary>Users who were answered by more than one arm; they are left out.</summary>
    public required long MovedUsers { get; init; }

    /// <summary>Outcomes whose answer is not in the log, as after a power cut.</summary>
    public required long UnmatchedOutcomes { get; init; }

    /// <summary>Outcomes outside the window of their answer.</summary>
    public required long LateOutcomes { get; init; }

    /// <summary>Outcomes with an item that the answer did not hold.</summary>
    public required long OtherItems { get; init; }
}
