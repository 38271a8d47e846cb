namespace EmbedEngine;

/// <summary>Options of <see cref="Engine.Evaluate"/>.</summary>
public sealed record EvaluateOptions
{
    /// <summary>
    /// Test cases: JSONL with targets, or any event format. Null returns the figures stored by train.
    /// </summary>
    public EventSource? Test { get; init; }

    /// <summary>How the test file is read.</summary>
    public ImportOptions TestOptions { get; init; } = new();

    /// <summary>What is predicted; a file with targets has its own protocol, next.</summary>
    public EvaluationProtocol Protocol { get; init; } = EvaluationProtocol.Next;

    /// <summary>Length of the lists, 1 to 1000; default 20.</summary>
    public int K { get; init; } = 20;

    /// <summary>Sources to evaluate; empty = all the version has.</summary>
    public IReadOnlyList<CandidateSourceKind> Sources { get; init; } = [];

    /// <summary>At most this many sessions, taken evenly over the file; 0 = all.</summary>
    public int MaxSessions { get; init; }

    /// <summary>Threads; 0 = all the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>Seed of the bootstrap and of the rest protocol's cuts.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>
    /// A version to compare with on the same cases, source by source, with paired intervals; 0 = none. Needs
    /// a test file: the figures that train stored are of other cases for every version.
    /// </summary>
    public long CompareWith { get; init; }

    /// <summary>
    /// Histories are cut to their last so many known events before anything is asked: how a version does for
    /// callers who keep no more. 0 (default) = all that a request keeps. Needs a test file. Slices go by the
    /// whole history.
    /// </summary>
    public int MaxHistory { get; init; }

    /// <summary>
    /// What a request knows of its user: the session alone (default), or earlier sessions too, of the store's
    /// log and of the test file. With <see cref="EvaluationHistory.User"/> every figure comes with its gain
    /// over the session alone (<see cref="EvaluationReport.AgainstSession"/>). Needs a test file.
    /// </summary>
    public EvaluationHistory History { get; init; }

    /// <summary>
    /// Share of the places, 0 (default) to 1, that <c>hybrid</c> explores in a second run over the same
    /// cases: <see cref="EvaluationReport.Exploration"/> has what it costs and what it shows. Needs a
    /// test file, and <c>hybrid</c> among the sources. Draws go by <see cref="Seed"/>.
    /// </summary>
    public float Explore { get; init; }

    /// <summary>
    /// Keeps the figures in the store, in the manifest of the version measured, when they are whole: one
    /// transaction under the writer lock. Needs a test file and a store that can be written to.
    /// </summary>
    public bool Record { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(K, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(K, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxSessions);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(CompareWith);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxHistory);
        if (MaxHistory != 0 && Test is null)
        {
            throw new ArgumentException(
                "the stored figures are of whole histories; cutting them needs a test file (--test)",
                nameof(MaxHistory));
        }
        if (!Enum.IsDefined(History))
            throw new ArgumentOutOfRangeException(nameof(History), History, "is neither Session nor User");
        if (History != EvaluationHistory.Session && Test is null)
        {
            throw new ArgumentException(
                "the stored figures are of sessions alone; those with users' histories need a test file "
                + "(--test)", nameof(History));
        }
        if (CompareWith != 0 && Test is null)
        {
            throw new ArgumentException(
                "comparing two versions needs a test file of sessions that neither has seen (--test)",
                nameof(CompareWith));
        }
        if (!(Explore >= 0 && Explore <= 1))
            throw new ArgumentOutOfRangeException(nameof(Explore), Explore, "is not 0 to 1");
        if (Explore > 0 && Test is null)
        {
            throw new ArgumentException(
                "what exploration costs is measured on a test file (--test)", nameof(Explore));
        }
        if (Explore > 0 && Sources.Count > 0 && !Sources.Contains(CandidateSourceKind.Hybrid))
        {
            throw new ArgumentException(
                "exploration is measured on hybrid: leave it among the sources", nameof(Explore));
        }
        if (Record && Test is null)
        {
            throw new ArgumentException(
                "what train measured is recorded already; recording needs a test file (--test)",
                nameof(Record));
        }
        ArgumentNullException.ThrowIfNull(TestOptions);
        TestOptions.Validate();
    }
}
