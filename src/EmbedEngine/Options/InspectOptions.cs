namespace EmbedEngine;

/// <summary>Options of <see cref="Engine.Inspect"/>.</summary>
public sealed record InspectOptions
{
    /// <summary>
    /// Key of the session to replay (of sessions cut by user the user's key: the newest); null = a random
    /// one.
    /// </summary>
    public string? Session { get; init; }

    /// <summary>File to take the session from; null = the store's log.</summary>
    public EventSource? Test { get; init; }

    /// <summary>How the test file is read.</summary>
    public ImportOptions TestOptions { get; init; } = new();

    /// <summary>Which source answers; default <see cref="CandidateSourceKind.Hybrid"/>.</summary>
    public CandidateSourceKind Source { get; init; } = CandidateSourceKind.Hybrid;

    /// <summary>Length of each answer, 1 to 1000; default 20.</summary>
    public int K { get; init; } = 20;

    /// <summary>Steps replayed at most, from the first; 0 = all.</summary>
    public int Steps { get; init; }

    /// <summary>Draws the random session.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(K, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(K, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentNullException.ThrowIfNull(TestOptions);
        TestOptions.Validate();
    }
}
