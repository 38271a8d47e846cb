namespace EmbedEngine.Report;

/// <summary>Options of <see cref="HtmlReport.Of"/>.</summary>
public sealed record ReportOptions
{
    /// <summary>
    /// Test cases, as <see cref="EvaluateOptions.Test"/>: quality is measured on them and the sessions shown
    /// are of them. Null (default) = quality as train measured it, sessions of the log.
    /// </summary>
    public EventSource? Test { get; init; }

    /// <summary>How the test file is read.</summary>
    public ImportOptions TestOptions { get; init; } = new();

    /// <summary>Length of answers, 1 to 1000; default 20. Of stored figures it is what train used.</summary>
    public int K { get; init; } = 20;

    /// <summary>Sessions to click through, 0 to 12; default 10.</summary>
    public int Sessions { get; init; } = 10;

    /// <summary>Steps of a session at most, 1 to 40; default 12.</summary>
    public int Steps { get; init; } = 12;

    /// <summary>Items on the map at most, the most frequent ones, 10 to 5000; default 2000.</summary>
    public int MapItems { get; init; } = 2000;

    /// <summary>Draws the sessions.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        Within(K, 1, 1000, nameof(K));
        Within(Sessions, 0, 12, nameof(Sessions));
        Within(Steps, 1, 40, nameof(Steps));
        Within(MapItems, 10, 5000, nameof(MapItems));
        ArgumentNullException.ThrowIfNull(TestOptions);
        TestOptions.Validate();
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is not {least} to {most}");
    }
}
