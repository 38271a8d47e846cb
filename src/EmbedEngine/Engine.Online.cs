// The part of the facade that measures answers where they are given: which version answers whom, what was
// answered, and what came of it. docs/online.md.

namespace EmbedEngine;

/// <content>Recorded answers and experiments.</content>
public sealed partial class Engine
{
    /// <summary>How long after an answer what happens counts as its outcome, unless said otherwise.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(1);

    /// <summary>
    /// Splits the store's users between versions, from now on and in every process that opens or refreshes the
    /// store. Setting it again moves as few users as the new shares ask for.
    /// </summary>
    /// <param name="arms"><c>control=active:50,treatment=candidate:50</c>: 1 to 16 arms of name, alias and
    /// percent, in steps of 0.01. Users beyond their sum are answered by the active version and in no
    /// arm.</param>
    /// <param name="salt">Mixed into the split, at most 64 bytes; null = the one there is, else "". Another one
    /// splits everybody anew.</param>
    /// <exception cref="ArgumentException">The text is none of this form; it says where.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such alias.</exception>
    public Experiment SetExperiment(string arms, string? salt = null) => throw new NotSupportedException();

    /// <summary>Ends the experiment: the active version answers everybody. What was recorded stays.</summary>
    public void EndExperiment() => throw new NotSupportedException();

    /// <summary>The store's experiment; null = none runs.</summary>
    public Experiment? Experiment() => throw new NotSupportedException();

    /// <summary>
    /// The arm of a user, or of an anonymous session by its id; null = in none. Takes no lock and allocates
    /// nothing.
    /// </summary>
    /// <param name="unit">Key of the user, or id of the session.</param>
    public string? ArmOf(string unit) => throw new NotSupportedException();

    /// <summary>
    /// The version that answers a user, or an anonymous session: that of the arm, else the one that answers
    /// everybody. Takes no lock and allocates nothing. As <see cref="Model"/> it is the engine's.
    /// </summary>
    /// <param name="unit">Key of the user, or id of the session.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public Model ModelFor(string unit) => throw new NotSupportedException();

    /// <summary>
    /// Records an answer, so that what comes of it can be measured: one write to this engine's own answer log.
    /// It fails open: where nothing can be written (a read-only store, a full disk) the id is none and <see
    /// cref="StoreInfo.AnswerProblem"/> says why.
    /// </summary>
    /// <param name="model">The version that answered.</param>
    /// <param name="answer">What it returned.</param>
    /// <param name="items">The answered items, best first; of more than 1,000 the first are kept.</param>
    /// <param name="user">Key of the user who was answered; null = unknown.</param>
    /// <param name="session">Id of the anonymous session; not asked where there is a user. Where there is
    /// neither, each answer is on its own.</param>
    /// <returns>The answer's id, for <see cref="Observe(string, string, string, long?, string, out
    /// RequestLink)"/>.</returns>
    public AnswerId RecordAnswer(
        Model model, in RecommendResult answer, ReadOnlySpan<RecommendedItem> items, string? user = null,
        string? session = null) => throw new NotSupportedException();

    /// <summary>As <see cref="Observe(string, string, string, long?)"/>, of an event that an answer led
    /// to.</summary>
    /// <param name="user">As there.</param>
    /// <param name="item">As there.</param>
    /// <param name="action">As there.</param>
    /// <param name="timeMs">As there.</param>
    /// <param name="request">Id of the answer, as <see cref="AnswerId.ToString"/> writes it.</param>
    /// <param name="link">What became of the id; the event is taken whatever it is.</param>
    /// <returns>As there.</returns>
    public bool Observe(
        string user, string item, string action, long? timeMs, string request, out RequestLink link) =>
        throw new NotSupportedException();

    /// <summary>
    /// What came of the recorded answers, by arm: clicks and orders of answered items that were observed with
    /// the answer's id, with intervals clustered by user.
    /// </summary>
    /// <param name="sinceMs">Answers from this time on; null = since the experiment was last set, else
    /// all.</param>
    /// <param name="window">How long after an answer what happens counts; null = <see
    /// cref="DefaultWindow"/>.</param>
    public OnlineReport EvaluateOnline(long? sinceMs = null, TimeSpan? window = null) =>
        throw new NotSupportedException();
}
