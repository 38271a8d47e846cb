// What the first rows of an input say about its keys and times.

using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Votes of the sniffed rows.</summary>
internal sealed class SniffTally
{
    public const int MaxRows = 10_000;

    private readonly long[] _units = new long[(int)TimeUnit.MonthFirst + 1];
    private long _compact, _either;
    private string? _eitherText;
    private bool _itemsNotInt, _sessionsNotInt, _usersNotInt;
    private long _items, _itemsInt;

    /// <summary>
    /// An item key that is a number written with a fraction or an exponent; null = none seen.
    /// </summary>
    public string? FloatingItem { get; private set; }

    public bool AnyTime => Times > 0;

    private long Times => _units.Sum();

    public bool AnyUser { get; private set; }

    public bool AnySession { get; private set; }

    public void Item(ReadOnlySpan<byte> text)
    {
        if (KeyText.IsMissing(text)) return;
        _items++;
        if (KeyText.TryParseInt64(text, out _))
        {
            _itemsInt++;
            return;
        }
        _itemsNotInt = true;
        if (FloatingItem is null && KeyText.IsFloating(text)) FloatingItem = Encoding.UTF8.GetString(text);
    }

    public void Session(ReadOnlySpan<byte> text)
    {
        if (KeyText.IsMissing(text)) return;
        AnySession = true;
        _sessionsNotInt |= !KeyText.TryParseInt64(text, out _);
    }

    public void User(ReadOnlySpan<byte> text)
    {
        if (KeyText.IsMissing(text)) return;
        AnyUser = true;
        _usersNotInt |= !KeyText.TryParseInt64(text, out _);
    }

    public void Time(ReadOnlySpan<byte> text)
    {
        if (KeyText.IsMissing(text.Trim((byte)' '))) return;
        if (DateText.IsCompact(text)) _compact++;
        TimeUnit unit = TimeText.Guess(text);
        _units[(int)unit]++;
        if (unit != TimeUnit.Auto) return;
        _ = DateText.GuessOrder(text, out bool either);
        if (!either) return;
        _either++;
        _eitherText ??= Encoding.UTF8.GetString(text);
    }

    /// <summary>The unit to read times with: the caller's, else the majority's.</summary>
    /// <exception cref="EmbedEngineException">BadInput: dates whose day and month cannot be told
    /// apart.</exception>
    public TimeUnit Unit(TimeUnit given, string file)
    {
        if (given != TimeUnit.Auto) return given;
        long slashed = _either + _units[(int)TimeUnit.DayFirst] + _units[(int)TimeUnit.MonthFirst];
        if (slashed * 2 > Times) return Order(file);
        // 20240101: as a number of seconds it is August 1970, and where most rows are such dates it is none.
        if (_compact * 2 > Times) return TimeUnit.Iso;
        TimeUnit best = TimeUnit.Seconds;
        foreach (TimeUnit unit in (TimeUnit[])[TimeUnit.Milliseconds, TimeUnit.Microseconds,
            TimeUnit.Nanoseconds, TimeUnit.Iso])
        {
            if (_units[(int)unit] > _units[(int)best]) best = unit;
        }
        return best;
    }

    /// <summary>Day or month first: one row that can only be one of them decides.</summary>
    private TimeUnit Order(string file)
    {
        bool day = _units[(int)TimeUnit.DayFirst] > 0, month = _units[(int)TimeUnit.MonthFirst] > 0;
        if (day != month) return day ? TimeUnit.DayFirst : TimeUnit.MonthFirst;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            day ? $"{file}: some times have the day first and some the month: --time-unit dmy or mdy reads "
                + "them one way and rejects the others"
                : $"{file}: whether times such as '{_eitherText}' have the day or the month first, no row "
                + "says: --time-unit dmy or mdy does");
    }

    /// <summary>Kind of the session keys: what the rows show.</summary>
    public KeyKind DecideSessions(KeyGuess guess) =>
        _sessionsNotInt || guess.IsText(KeyGuess.Sessions) ? KeyKind.Text : KeyKind.Int64;

    /// <summary>
    /// Settles the kind of the item keys: the store's, else the caller's, else what the rows show.
    /// </summary>
    /// <exception cref="KeyKindChangedException">The import guessed otherwise so far.</exception>
    public KeyKind DecideItems(KeyDictionary items, ImportOptions options, KeyGuess guess, string file)
    {
        if (_itemsNotInt && items.Kind == KeyKind.Int64) guess.Doubt(KeyGuess.Items);
        if (items.Count > 0 && items.Kind != KeyKind.Unset)
        {
            if (options.Keys != KeyKind.Unset && options.Keys != items.Kind)
                items.SetKind(options.Keys); // Throws: it says which kind the store has.
            if (items.Kind == KeyKind.Int64 && _items > 0 && _itemsInt * 2 < _items)
            {
                throw new EmbedEngineException(
                    ErrorCode.KeyKind,
                    $"{file}: the item keys are text and the store's are int64: import into another store");
            }
            return items.Kind;
        }
        KeyKind kind = options.Keys != KeyKind.Unset ? options.Keys
            : items.Kind != KeyKind.Unset ? items.Kind
            : _itemsNotInt || guess.IsText(KeyGuess.Items) ? KeyKind.Text : KeyKind.Int64;
        items.SetKind(kind);
        return kind;
    }

    /// <summary>Settles the kind of the user keys: the store's, else what the rows show.</summary>
    /// <exception cref="KeyKindChangedException">The import guessed otherwise so far.</exception>
    public KeyKind DecideUsers(KeyDictionary users, KeyGuess guess)
    {
        if (_usersNotInt && users.Kind == KeyKind.Int64) guess.Doubt(KeyGuess.Users);
        if (users.Kind == KeyKind.Unset)
            users.SetKind(_usersNotInt || guess.IsText(KeyGuess.Users) ? KeyKind.Text : KeyKind.Int64);
        return users.Kind;
    }
}
