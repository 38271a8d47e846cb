// Items that were observed since a version was made and that it does not know: they have no vector, no
// statistics, no row. Each gets a number behind the version's rows, for as long as the version is open, so
// that what callers hold of it keeps its meaning; callers speak of it by its int64 key, or in a store of text
// keys by a number far above every ordinal.

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// Numbers and keys of unknown items. Thread-safe; finding takes no lock and allocates nothing.
/// </summary>
internal sealed class LiveItems(KeyKind kind, int rowCount)
{
    /// <summary>Items kept at most; later ones wait for the next training.</summary>
    public const int Most = 10_000;

    /// <summary>What callers call the first item of a text store; ordinals are far below.</summary>
    public const long FirstTextItem = 1L << 40;

    private sealed record Item(long Name, byte[] Key);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, int> _byName = new();
    private readonly Item?[] _items = new Item?[Most];
    private int _count;

    /// <summary>The number of a key as people write it, given now if it has none; false beyond <see
    /// cref="Most"/>, and for what cannot be a key of the store.</summary>
    public bool TryAdd(string key, out int row)
    {
        row = -1;
        long name = 0;
        if (kind == KeyKind.Int64)
        {
            if (!KeyText.TryParseInt64(Encoding.UTF8.GetBytes(key), out name)) return false;
            key = name.ToString(CultureInfo.InvariantCulture); // +7 is 7
        }
        if (_byKey.TryGetValue(key, out row)) return true;
        lock (_gate)
        {
            if (_count == Most) return false;
            if (kind == KeyKind.Text) name = FirstTextItem + _count;
            row = rowCount + _count;
            Volatile.Write(ref _items[_count], new Item(name, Encoding.UTF8.GetBytes(key)));
            _byName[name] = row;
            _byKey[key] = row;
            Volatile.Write(ref _count, _count + 1);
            return true;
        }
    }

    /// <summary>The number of what callers call an item.</summary>
    public bool TryGetRow(long name, out int row) => _byName.TryGetValue(name, out row);

    /// <summary>What callers call the item of a text key.</summary>
    public bool TryGetItem(ReadOnlySpan<byte> utf8, out long name)
    {
        name = 0;
        if (Volatile.Read(ref _count) == 0) return false;
        Span<char> key = stackalloc char[KeyDictionary.MaxTextBytes];
        bool found = Encoding.UTF8.TryGetChars(utf8, key, out int length)
            && _byKey.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key[..length], out int row)
            && TryGetName(row, out name);
        return found;
    }

    /// <summary>What callers call the item of a number; false where it was forgotten.</summary>
    public bool TryGetName(int row, out long name)
    {
        Item? item = (uint)(row - rowCount) < Most ? Volatile.Read(ref _items[row - rowCount]) : null;
        name = item?.Name ?? 0;
        return item is not null;
    }

    /// <summary>UTF-8 key of what callers call an item; empty where there is none.</summary>
    public ReadOnlySpan<byte> KeyOf(long name) =>
        TryGetRow(name, out int row) ? Volatile.Read(ref _items[row - rowCount])?.Key : default;

    /// <summary>Forgets every item that nothing is known of any more.</summary>
    public void Retain(Func<int, bool> isKnown)
    {
        foreach ((string key, int row) in _byKey)
        {
            if (!isKnown(row)) Forget(key);
        }
    }

    /// <summary>Forgets a key; its number is not given again.</summary>
    public void Forget(string key)
    {
        lock (_gate)
        {
            if (!_byKey.TryRemove(key, out int row)) return;
            if (_items[row - rowCount] is { } item) _byName.TryRemove(item.Name, out _);
            Volatile.Write(ref _items[row - rowCount], null);
        }
    }
}
