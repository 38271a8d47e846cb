using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Recommendation.Live;

/// <summary>What happened since a version was made. Thread-safe; reading takes no lock.</summary>
internal interface ILiveEvents
{
    /// <summary>Items that happened and the version does not know, as of now.</summary>
    LiveItems Items { get; }

    /// <summary>What is counted of all users together, as of now; null = nothing happened.</summary>
    LiveCounts? Counts();

    /// <summary>Puts a user's events into an empty tail, as rows of a version, the latest that fit.</summary>
    /// <param name="user">Key of the user as people write it.</param>
    /// <param name="rows">Receives those of items that the version knows.</param>
    /// <param name="unknown">Receives the numbers of the other items in <see cref="Items"/>.</param>
    void Read(ReadOnlySpan<byte> user, EventTail rows, LiveRows unknown);
}
