// What a reader made of an input, for the report: people must see what was taken and what was not before they
// believe any figure that follows.

using System.Globalization;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Gathers what one source was taken for.</summary>
internal sealed class ReadingNotes(string file)
{
    // Event logs of before 1990 are seconds taken for milliseconds, or counts taken for times.
    private const long EarliestPlausibleMs = 631_152_000_000;
    private const long DayMs = 86_400_000;

    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, string> _columns = [];
    private readonly List<string> _unused = [];

    public IReadOnlyDictionary<string, string> Columns => _columns;

    public IReadOnlyList<string> Unused => _unused;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Null: no times.</summary>
    public TimeUnit? Unit { get; private set; }

    public void Take(string role, string column) => _columns[role] = column;

    public void Leave(string column) => _unused.Add(column);

    /// <summary>What the first rows showed, once the header is known.</summary>
    public void Begin(SniffTally? tally, TimeUnit unit, bool hasTimes, bool userCut)
    {
        if (hasTimes) Unit = unit;
        string others =
            _unused.Count == 0 ? "" : $"; columns that were not taken: {string.Join(", ", _unused)}";
        if (!hasTimes && userCut)
        {
            Warn("no session and no time column was taken, so all events of a user are one session in the "
                + $"order they are given (name columns with --session and --time){others}");
        }
        else if (!hasTimes)
        {
            Warn("no time column was taken, so events keep the order they are given in, and nothing can be "
                + $"cut by time (name it with --time){others}");
        }
        if (tally?.FloatingItem is { } number)
        {
            Warn($"item keys such as '{number}' are numbers with a fraction or an exponent and were taken as "
                + "text: a column with gaps, or a spreadsheet, writes them so; export integers instead");
        }
    }

    /// <summary>What all rows showed.</summary>
    public void End(Sessions.SessionAssembler done)
    {
        if (Unit is not null && done.Events > 0) Times(done);
        if (Unit is not null && done.OneTimeSessions * 2 > done.LongerSessions)
        {
            Warn($"in {N(done.OneTimeSessions)} of {N(done.LongerSessions)} sessions of several events all "
                + "have the same time (a day?), so their order is that of the input");
        }
        if (done.MixedSessions > 0)
        {
            Warn($"{N(done.MixedSessions)} sessions have events of several users, each is taken for the "
                + "first one's: is --session the right column?");
        }
        long dropped = done.ShortSessions + done.LongSessions + done.RobotSessions;
        if (done.Sessions > 0 && dropped == done.Sessions)
        {
            Warn($"nothing can be learned from any of the {N(done.Sessions)} sessions: "
                + $"{N(done.ShortSessions)} are too short (--min-session), {N(done.LongSessions)} too long "
                + $"(--max-events-per-session), {N(done.RobotSessions)} too fast (--max-events-per-minute)");
        }
    }

    /// <summary>Something a person should know before they go on.</summary>
    public void Warn(string text) => _warnings.Add($"{file}: {text}");

    private void Times(Sessions.SessionAssembler done)
    {
        if (done.LastMs < EarliestPlausibleMs)
        {
            Warn($"all times lie from {Day(done.FirstMs)} to {Day(done.LastMs)}, read as "
                + $"{Name(Unit!.Value)}: is the unit right (--time-unit s, ms or iso)?");
        }
        else if (done.FirstMs < EarliestPlausibleMs)
        {
            Warn($"the first time is {Day(done.FirstMs)}: some times are not what they seem");
        }
        if (done.LastMs > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + DayMs)
        {
            Warn($"the last time is {Day(done.LastMs)}, which is in the future: "
                + $"{N(done.FutureEvents)} events lie there");
        }
    }

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Day(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms)
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Name(TimeUnit unit) => unit switch
    {
        TimeUnit.Seconds => "seconds since 1970",
        TimeUnit.Milliseconds => "milliseconds since 1970",
        _ => "dates",
    };
}
