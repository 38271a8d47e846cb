namespace EmbedEngine.Interactions.Sessions;

/// <summary>Takes finished sessions: the segment writer, or the collector of test cases.</summary>
internal interface ISessionSink
{
    /// <summary>Takes one session; its spans are valid during the call only.</summary>
    void Add(in SessionRecord session);
}
