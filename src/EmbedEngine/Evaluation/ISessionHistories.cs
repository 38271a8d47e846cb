using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Evaluation;

/// <summary>
/// What the users of an evaluation set's sessions had done before each of them. Thread-safe.
/// </summary>
internal interface ISessionHistories
{
    /// <summary>The known events before a session, as rows of the version under test.</summary>
    /// <param name="session">As <see cref="EvaluationSet.HistoryNumbers"/> numbers it.</param>
    /// <param name="spare">Of the thread; its content is lost.</param>
    /// <param name="rows">Receives them; empty where nothing is known.</param>
    void Read(int session, EventTail spare, EventTail rows);
}

/// <summary>Histories of a corpus's sessions.</summary>
internal sealed class CorpusHistories(UserHistories histories, int[] rowOf) : ISessionHistories
{
    public void Read(int session, EventTail spare, EventTail rows)
    {
        histories.Before(session, spare);
        spare.MapTo(rowOf, rows);
    }
}
