// What the first rows of an input say about its keys and times.

using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Votes of the sniffed rows.</summary>
internal sealed class SniffTally
{
    public const int MaxRows = 10_000;

    private long _seconds, _milliseconds, _iso, _unknown, _compact;
    private bool _itemsNotInt, _sessionsNotInt, _usersNotInt;
    private long _items, _itemsInt;

    /// <summary>
    /// An item key that is a number written with a fraction or an exponent; null = none seen.
    /// </summary>
    public string? FloatingItem { get; private set; }

    public bool AnyTime => _seconds + _milliseconds + _iso + _unknown > 0;

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
        if (TimeText.IsCompact(text)) _compact++;
        switch (TimeText.Guess(text))
        {
            case TimeUnit.Seconds: _seconds++; break;
            case TimeUnit.Milliseconds: _milliseconds++; break;
            case TimeUnit.Iso: _iso++; break;
            default: _unknown++; break;
        }
    }

    /// <summary>The unit to read times with: the caller's, else the majority's.</summary>
    public TimeUnit Unit(TimeUnit given)
    {
        if (given != TimeUnit.Auto) return given;
        // 20240101: as a number of seconds it is August 1970, and where every row is such a date it is none.
        if (_compact > 0 && _compact == _seconds + _milliseconds + _iso + _unknown) return TimeUnit.Iso;
        if (_iso > _seconds && _iso > _milliseconds) return TimeUnit.Iso;
        return _milliseconds > _seconds ? TimeUnit.Milliseconds : TimeUnit.Seconds;
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
