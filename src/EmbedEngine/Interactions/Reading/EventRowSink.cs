// One event a row, whatever the layout: keys and times are checked, then resolved, then sorted. A bad row is
// counted and changes nothing.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Takes the rows of one source into the sorter.</summary>
internal sealed class EventRowSink
{
    private const double LargestOrder = 9e12;

    private readonly ImportContext _context;
    private readonly KeyColumn _itemKeys;
    private readonly KeyColumn? _userKeys;
    private readonly TimeUnit _unit;
    private readonly TimeZoneInfo? _zone;
    private readonly bool _hasOrder;
    private readonly double? _minRating;

    public EventRowSink(ImportContext context, ColumnMap map, SniffTally tally)
    {
        _context = context;
        string file = context.Rejects.File;
        _unit = tally.Unit(context.Options.TimeUnit, file);
        _zone = TimeZones.Find(context.Options.TimeZone);
        _hasOrder = map.Has(ColumnRole.Order);
        _minRating = context.Options.MinRating;
        bool hasSession = map.Has(ColumnRole.Session);
        KeyGuess guess = context.Guess;
        _itemKeys = new KeyColumn(
            "item", tally.DecideItems(context.Items, context.Options, guess, file), context.Items, guess);
        if (map.Has(ColumnRole.User))
            _userKeys = new KeyColumn("user", tally.DecideUsers(context.Users, guess), context.Users, guess);
        KeyKind sessions = tally.DecideSessions(guess);
        GroupKeys = hasSession
            ? new KeyColumn(
                "session", sessions, sessions == KeyKind.Text ? new KeyDictionary(KeyKind.Text) : null, guess)
            : _userKeys!;
        Header = context.Rules with
        {
            HasTimes = map.Has(ColumnRole.Time),
            HasUsers = _userKeys is not null,
            UserCut = !hasSession,
            SessionKeys = GroupKeys.Kind,
        };
        context.Notes.Begin(tally, _unit, Header.HasTimes, Header.UserCut);
    }

    public SegmentHeader Header { get; }

    /// <summary>The column that sessions are grouped by.</summary>
    public KeyColumn GroupKeys { get; }

    /// <summary>Takes a row, or counts it as bad.</summary>
    /// <param name="row">What it says.</param>
    /// <param name="number">Its place among the rows.</param>
    /// <param name="line">Where it is in the file.</param>
    /// <param name="sorter">Takes it.</param>
    public bool TryAdd(in EventRow row, long number, long line, EventSorter sorter)
    {
        string? problem = _itemKeys.Check(row.Item, out long itemNumber);
        if (problem is not null) return Bad(line, problem, row.Item);
        ReadOnlySpan<byte> user = default;
        long userNumber = 0;
        if (_userKeys is not null)
        {
            user = row.User;
            if (!Header.UserCut && KeyText.IsMissing(user)) user = default;
            problem = user.IsEmpty && !Header.UserCut ? null : _userKeys.Check(user, out userNumber);
            if (problem is not null) return Bad(line, problem, user);
        }
        long sessionNumber = 0;
        if (!Header.UserCut)
        {
            problem = GroupKeys.Check(row.Session, out sessionNumber);
            if (problem is not null) return Bad(line, problem, row.Session);
        }
        long timeMs = LogEvent.NoTime;
        if (Header.HasTimes && !TimeText.TryParse(row.Time, _unit, out timeMs, _zone))
            return Bad(line, TimeProblem(_unit), row.Time);
        long order = 0;
        if (_hasOrder && !TryOrder(row.Order, out order))
            return Bad(line, "order '{0}' is not a number from -9*10^12 to 9*10^12 (--order)", row.Order);
        if (_minRating is { } least)
        {
            double rating = double.NegativeInfinity;
            if (!KeyText.IsMissing(row.Rating) && !DecimalText.TryParse(row.Rating, out rating))
                return Bad(line, "rating '{0}' is not a number (--rating)", row.Rating);
            if (rating < least)
            {
                _context.BelowRating++;
                return false;
            }
        }
        problem = _context.TryAction(row.Action, out byte code);
        if (problem is not null) return Bad(line, problem, row.Action);
        int itemOrdinal = (int)_itemKeys.Resolve(row.Item, itemNumber);
        int userOrdinal = user.IsEmpty ? -1 : (int)_userKeys!.Resolve(user, userNumber);
        long group = Header.UserCut ? userOrdinal : GroupKeys.Resolve(row.Session, sessionNumber);
        _context.Touched.Add(itemOrdinal);
        _context.Metadata?.Set(itemOrdinal, Label(row.Category), Label(row.Title));
        sorter.Add(new SortRecord(
            group, timeMs, order, (number << 8) | code, itemOrdinal, userOrdinal));
        _context.Rejects.Accept();
        return true;
    }

    internal static string TimeProblem(TimeUnit unit) => unit switch
    {
        TimeUnit.Seconds => "time '{0}' is not seconds since 1970 up to the year 9999 (--time-unit)",
        TimeUnit.Milliseconds =>
            "time '{0}' is not milliseconds since 1970 up to the year 9999 (--time-unit)",
        TimeUnit.Microseconds =>
            "time '{0}' is not microseconds since 1970 up to the year 9999 (--time-unit)",
        TimeUnit.Nanoseconds => "time '{0}' is not nanoseconds since 1970 (--time-unit)",
        TimeUnit.DayFirst => "time '{0}' is not a date like 31/12/2023 from 1970 to 9999 (--time-unit)",
        TimeUnit.MonthFirst => "time '{0}' is not a date like 12/31/2023 from 1970 to 9999 (--time-unit)",
        _ => "time '{0}' is not an ISO 8601 time from 1970 to 9999 (--time-unit)",
    };

    /// <summary>A title that is no text is worth less than none.</summary>
    private ReadOnlySpan<byte> Label(ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text)) return text;
        _context.UnreadableLabels++;
        return default;
    }

    private static bool TryOrder(ReadOnlySpan<byte> text, out long thousandths)
    {
        thousandths = 0;
        if (!DecimalText.TryParse(text, out double number) || Math.Abs(number) > LargestOrder) return false;
        thousandths = (long)Math.Round(number * 1000);
        return true;
    }

    private bool Bad(long line, string reason, ReadOnlySpan<byte> text)
    {
        _context.Rejects.Reject(line, reason, text);
        return false;
    }
}
