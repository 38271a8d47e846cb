namespace EmbedEngine;

/// <summary>What came of one arm's answers.</summary>
public sealed class OnlineArm
{
    /// <summary>Its name; <c>active</c> for answers outside an experiment.</summary>
    public required string Name { get; init; }

    /// <summary>Answers.</summary>
    public required long Answers { get; init; }

    /// <summary>Users, and anonymous sessions, who were answered: the clusters of every interval.</summary>
    public required long Users { get; init; }

    /// <summary>Answers of which an item was clicked.</summary>
    public required long Clicks { get; init; }

    /// <summary>Answers of which an item was ordered.</summary>
    public required long Conversions { get; init; }

    /// <summary>Users who ordered an item of an answer.</summary>
    public required long Buyers { get; init; }

    /// <summary>Clicked answers of all answers, 0 to 1, with its 95 % interval.</summary>
    public required Measured Ctr { get; init; }

    /// <summary>Ordered answers of all answers.</summary>
    public required Measured Conversion { get; init; }

    /// <summary>Buyers of all users.</summary>
    public required Measured UserConversion { get; init; }
}
