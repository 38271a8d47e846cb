namespace EmbedEngine;

/// <summary>The difference of two arms in one measure.</summary>
public sealed class OnlineDifference
{
    /// <summary>Arm less the other, with its 95 % interval.</summary>
    public required Measured Difference { get; init; }

    /// <summary>The difference as a share of the other arm's figure; 0 where that is 0.</summary>
    public required double Lift { get; init; }

    /// <summary>Two-sided: how likely so large a difference is where there is none. 1 where it is not
    /// judged.</summary>
    public required double P { get; init; }

    /// <summary>The smallest difference that this much data finds in four cases of five.</summary>
    public required double Detectable { get; init; }

    /// <summary>Why there is no judgement: too few users or outcomes; null = there is one.</summary>
    public string? NotJudged { get; init; }

    /// <summary>Whether the difference is judged to be there: p below 0.05.</summary>
    public bool Alarm => NotJudged is null && P < 0.05;
}
