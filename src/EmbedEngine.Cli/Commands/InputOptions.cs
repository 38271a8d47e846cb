using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// How an event file is read: the same options on <c>import</c> and on <c>evaluate --test</c>.
/// </summary>
internal sealed class InputOptions
{
    private readonly Option<string> _format = new("--format")
    {
        Description = "auto, otto, csv, tsv, sessions, jsonl (one event an object) or headerless (no header "
            + "row: columns by number, --session 1 --item 3); default auto.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> _session;
    private readonly Option<string?> _user = new("--user") { Description = "Column of user keys." };
    private readonly Option<string?> _time = new("--time") { Description = "Column of times." };
    private readonly Option<string?> _action = new("--action") { Description = "Column of actions." };
    private readonly Option<string?> _item = new("--item") { Description = "Column of item keys." };
    private readonly Option<string?> _category =
        new("--category") { Description = "Column of item categories." };
    private readonly Option<string?> _title = new("--title") { Description = "Column of item titles." };

    private readonly Option<string> _timeUnit = new("--time-unit")
    {
        Description = "auto, s, ms, us, ns, iso, dmy (31/12/2023) or mdy (12/31/2023); default auto.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> _zone = new("--time-zone")
    {
        Description = "Zone of dates that name none: Europe/Berlin, +02:00 (default UTC).",
    };

    private readonly Option<string?> _order = new("--order")
    {
        Description = "Column of numbers that orders events of one session and time.",
    };

    private readonly Option<string?> _rating = new("--rating") { Description = "Column of ratings." };

    private readonly Option<double?> _minRating = new("--min-rating")
    {
        Description = "Rows with a lower rating, or none, are left out.",
    };

    private readonly Option<string?> _delimiter = new("--delimiter")
    {
        Description = "One character, tab or ::; found where not given.",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description = "utf-8, utf-16 or latin1; by default UTF-16 where its first bytes say so, else UTF-8.",
    };

    private readonly Option<string?> _actions = new("--actions")
    {
        Description = "Names and weights of actions: view=view:1,add_cart=cart:3,…",
    };

    private readonly Option<string> _keys = new("--keys")
    {
        Description = "auto, int64 or string item keys (default auto).", DefaultValueFactory = _ => "auto",
    };

    private readonly Option<int> _gap = new("--session-gap-minutes")
    {
        Description = "Inactivity that ends a session where none are given (default 30).",
        DefaultValueFactory = _ => ImportOptions.DefaultSessionGapMinutes,
    };

    private readonly Option<int> _minSession = new("--min-session")
    {
        Description = "Sessions with fewer events are kept in the log but not learned from (default 2).",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<int> _maxEvents = new("--max-events-per-session")
    {
        Description = "Longer sessions (robots) are not learned from; 0 = no limit (default).",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<int> _maxPerMinute = new("--max-events-per-minute")
    {
        Description = "Faster sessions (robots) are not learned from; 0 = no limit (default).",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<long> _maxErrors = new("--max-errors")
    {
        Description = $"Bad rows allowed (default {ImportOptions.DefaultMaxErrors}).",
        DefaultValueFactory = _ => ImportOptions.DefaultMaxErrors,
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "End at the first bad row." };

    /// <param name="sessionIsKey">--session means a key to this command: the column is --session-column
    /// alone.</param>
    public InputOptions(bool sessionIsKey = false) => _session = new Option<string?>(
        "--session-column", sessionIsKey ? [] : ["--session"]) { Description = "Column of session keys." };

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
    }

    private Option[] All =>
        [_format, _session, _user, _time, _action, _item, _category, _title, _order, _rating, _minRating,
            _timeUnit, _zone, _delimiter, _encoding, _actions, _keys, _gap, _minSession, _maxEvents,
            _maxPerMinute, _maxErrors, _strict];

    public ImportOptions Read(ParseResult parsed) => new()
    {
        Format = Format(parsed),
        Session = parsed.GetValue(_session),
        User = parsed.GetValue(_user),
        Time = parsed.GetValue(_time),
        Action = parsed.GetValue(_action),
        Item = parsed.GetValue(_item),
        Category = parsed.GetValue(_category),
        Title = parsed.GetValue(_title),
        TimeUnit = parsed.GetValue(_timeUnit) switch
        {
            "auto" => TimeUnit.Auto,
            "s" => TimeUnit.Seconds,
            "ms" => TimeUnit.Milliseconds,
            "iso" => TimeUnit.Iso,
            "us" => TimeUnit.Microseconds,
            "ns" => TimeUnit.Nanoseconds,
            "dmy" => TimeUnit.DayFirst,
            "mdy" => TimeUnit.MonthFirst,
            string other => throw Wrong("--time-unit", other, "auto, s, ms, us, ns, iso, dmy or mdy"),
            null => TimeUnit.Auto,
        },
        Actions = parsed.GetValue(_actions) is string actions ? ActionMapping.ParseList(actions) : [],
        Keys = parsed.GetValue(_keys) switch
        {
            "auto" or null => KeyKind.Unset,
            "int64" => KeyKind.Int64,
            "string" or "text" => KeyKind.Text,
            string other => throw Wrong("--keys", other, "auto, int64 or string"),
        },
        SessionGapMinutes = parsed.GetValue(_gap),
        MinSession = parsed.GetValue(_minSession),
        MaxEventsPerSession = parsed.GetValue(_maxEvents),
        MaxEventsPerMinute = parsed.GetValue(_maxPerMinute),
        MaxErrors = parsed.GetValue(_maxErrors),
        Strict = parsed.GetValue(_strict),
        Order = parsed.GetValue(_order),
        Rating = parsed.GetValue(_rating),
        MinRating = parsed.GetValue(_minRating),
        Delimiter = parsed.GetValue(_delimiter) is "tab" or "\\t" ? "\t" : parsed.GetValue(_delimiter),
        Encoding = parsed.GetValue(_encoding),
        TimeZone = parsed.GetValue(_zone),
    };

    /// <summary>The first of these options that was typed; null = none.</summary>
    public string? IsGiven(ParseResult parsed) =>
        Array.Find(All, o => parsed.GetResult(o) is { Implicit: false })?.Name;

    /// <summary>Options that a file of items has no use for, where one is imported.</summary>
    public void RefuseWithCatalog(ParseResult parsed)
    {
        foreach (Option option in (Option[])
            [_session, _user, _time, _action, _order, _rating, _minRating, _timeUnit, _zone, _delimiter,
                _encoding, _actions, _gap, _minSession, _maxEvents, _maxPerMinute])
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new ArgumentException(
                    $"{option.Name} is of event files: --catalog does not read by it");
            }
        }
    }

    /// <summary>For what is read more than once.</summary>
    public static void RefuseStandardInput(string? file)
    {
        if (file == "-") throw new ArgumentException("--test - is read more than once: name a file");
    }

    private EventFormat Format(ParseResult parsed) => parsed.GetValue(_format) switch
    {
        "auto" or null => EventFormat.Auto,
        "otto" => EventFormat.Otto,
        "csv" => EventFormat.Csv,
        "tsv" => EventFormat.Tsv,
        "sessions" => EventFormat.Sessions,
        "jsonl" => EventFormat.JsonLines,
        "headerless" => EventFormat.Headerless,
        string other => throw Wrong("--format", other, "auto, otto, csv, tsv, sessions, jsonl or headerless"),
    };

    private static ArgumentException Wrong(string option, string value, string allowed) =>
        new($"{option} '{value}' is not one of {allowed}");
}
