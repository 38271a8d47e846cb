// What the first rows of an input say about its keys and times.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Votes of the sniffed rows.</summary>
internal sealed class SniffTally
{
    public const int MaxRows = 10_000;

    private long _seconds, _milliseconds, _iso, _unknown;
    private bool _itemsNotInt, _sessionsNotInt, _usersNotInt;
    private long _items, _itemsInt;

    public bool AnyTime => _seconds + _milliseconds + _iso + _unknown > 0;

    public bool AnyUser { get; private set; }

    public bool AnySession { get; private set; }

    public void Item(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        _items++;
        if (KeyText.TryParseInt64(text, out _)) _itemsInt++;
        else _itemsNotInt = true;
    }

    public void Session(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        AnySession = true;
        _sessionsNotInt |= !KeyText.TryParseInt64(text, out _);
    }

    public void User(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        AnyUser = true;
        _usersNotInt |= !KeyText.TryParseInt64(text, out _);
    }

    public void Time(ReadOnlySpan<byte> text)
    {
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
        if (_iso > _seconds && _iso > _milliseconds) return TimeUnit.Iso;
        return _milliseconds > _seconds ? TimeUnit.Milliseconds : TimeUnit.Seconds;
    }

    public KeyKind SessionKind => _sessionsNotInt ? KeyKind.Text : KeyKind.Int64;

    /// <summary>
    /// Settles the kind of the item keys: the store's, else the caller's, else what the rows show.
    /// </summary>
    public KeyKind DecideItems(KeyDictionary items, ImportOptions options, string file)
    {
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
            : _itemsNotInt ? KeyKind.Text : KeyKind.Int64;
        items.SetKind(kind);
        return kind;
    }

    /// <summary>Settles the kind of the user keys: the store's, else what the rows show.</summary>
    public KeyKind DecideUsers(KeyDictionary users)
    {
        if (users.Kind == KeyKind.Unset)
            users.SetKind(_usersNotInt ? KeyKind.Text : KeyKind.Int64);
        return users.Kind;
    }
}
