using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Recommendation;

/// <summary>What users did since a version was made. Thread-safe; reading takes no lock.</summary>
internal interface ILiveHistories
{
    /// <summary>Puts a user's events into an empty tail, as rows of a version, the latest that fit.</summary>
    /// <param name="user">Key of the user as people write it.</param>
    /// <param name="data">The version.</param>
    /// <param name="rows">Receives them.</param>
    void Read(ReadOnlySpan<byte> user, VersionData data, EventTail rows);
}
