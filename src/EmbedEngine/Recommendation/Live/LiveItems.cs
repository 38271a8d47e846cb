// Items that a version has no row for: observed since it was made, or in the catalogue with texts that place
// them in the space `content` (ColdItems). Each gets one number behind the version's rows, whoever named it
// first, for as long as the version is open, so that what callers hold of it keeps its meaning; callers speak
// of it by its int64 key, or in a store of text keys by a number far above every ordinal. Numbers begin at a
// multiple of 64: bitmaps over them follow those over rows word by word.

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// Numbers and keys of unknown items. Thread-safe; finding takes no lock and allocates nothing.
/// </summary>
internal sealed class LiveItems(KeyKind kind, int rowCount)
{
    /// <summary>Numbers given to items that were observed; later ones wait for the next training.</summary>
    public const int Most = 10_000;

    /// <summary>Numbers given to items of the catalogue; further ones wait for the next training.</summary>
    public const int MostHeld = 65_536;

    /// <summary>What callers call the first item of a text store; ordinals are far below.</summary>
    public const long FirstTextItem = 1L << 40;

    private const int FirstRoom = 1024;

    private sealed class Item(long name, byte[] key)
    {
        public long Name => name;

        public byte[] Key => key;

        public bool IsHeld { get; set; }

        public bool IsObserved { get; set; }
    }

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, int> _byName = new();
    private Item?[] _items = [];
    private int _count;
    private int _heldGiven;
    private int _observedGiven;

    /// <summary>The first number.</summary>
    public int FirstRow { get; } = checked(rowCount + 63) & ~63;

    /// <summary>The number of a key that was observed, as people write it, given now if it has none; false
    /// beyond <see cref="Most"/>, and for what cannot be a key of the store.</summary>
    public bool TryAdd(string key, out int row) => TryName(key, held: false, out row);

    /// <summary>
    /// As <see cref="TryAdd"/>, of an item that the catalogue places: it keeps its number until it is <see
    /// cref="Release">released</see>. False beyond <see cref="MostHeld"/>.
    /// </summary>
    public bool TryHold(string key, out int row) => TryName(key, held: true, out row);

    /// <summary>The catalogue does not place an item any more.</summary>
    public void Release(int row)
    {
        lock (_gate)
        {
            if (ItemAt(row) is not { } item) return;
            item.IsHeld = false;
            if (!item.IsObserved) Forget(Encoding.UTF8.GetString(item.Key));
        }
    }

    private bool TryName(string key, bool held, out int row)
    {
        row = -1;
        long name = 0;
        if (kind == KeyKind.Int64)
        {
            if (!KeyText.TryParseInt64(Encoding.UTF8.GetBytes(key), out name)) return false;
            key = name.ToString(CultureInfo.InvariantCulture); // +7 is 7
        }
        bool known = _byKey.TryGetValue(key, out row);
        // What was observed before is so for ever: most events take no lock.
        if (known && !held && ItemAt(row) is { IsObserved: true }) return true;
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out row) && !TryGive(key, name, held, out row)) return false;
            if (ItemAt(row) is not { } item) return false;
            if (held) item.IsHeld = true;
            else item.IsObserved = true;
            return true;
        }
    }

    private bool TryGive(string key, long name, bool held, out int row)
    {
        row = -1;
        if (held ? _heldGiven == MostHeld : _observedGiven == Most) return false;
        if (held) _heldGiven++;
        else _observedGiven++;
        if (_count == _items.Length)
        {
            var larger = new Item?[Math.Max(FirstRoom, 2 * _count)];
            _items.CopyTo(larger, 0);
            Volatile.Write(ref _items, larger);
        }
        if (kind == KeyKind.Text) name = FirstTextItem + _count;
        row = FirstRow + _count;
        Volatile.Write(ref _items[_count++], new Item(name, Encoding.UTF8.GetBytes(key)));
        _byName[name] = row;
        _byKey[key] = row;
        return true;
    }

    /// <summary>The number of what callers call an item.</summary>
    public bool TryGetRow(long name, out int row) => _byName.TryGetValue(name, out row);

    /// <summary>What callers call the item of a text key.</summary>
    public bool TryGetItem(ReadOnlySpan<byte> utf8, out long name)
    {
        name = 0;
        return TryFind(utf8, out int row) && TryGetName(row, out name);
    }

    /// <summary>The number of a key as it is kept: an int64 in its shortest form.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8, out int row)
    {
        row = -1;
        if (Volatile.Read(ref _items).Length == 0) return false;
        Span<char> key = stackalloc char[KeyDictionary.MaxTextBytes];
        return Encoding.UTF8.TryGetChars(utf8, key, out int length)
            && _byKey.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key[..length], out row);
    }

    /// <summary>What callers call the item of a number; false where it was forgotten.</summary>
    public bool TryGetName(int row, out long name)
    {
        Item? item = ItemAt(row);
        name = item?.Name ?? 0;
        return item is not null;
    }

    /// <summary>UTF-8 key of what callers call an item; empty where there is none.</summary>
    public ReadOnlySpan<byte> KeyOf(long name) => TryGetRow(name, out int row) ? ItemAt(row)?.Key : default;

    /// <summary>UTF-8 key of the item of a number; false where it was forgotten.</summary>
    public bool TryGetKey(int row, [NotNullWhen(true)] out byte[]? key)
    {
        key = ItemAt(row)?.Key;
        return key is not null;
    }

    /// <summary>Forgets every item that nothing was observed of any more.</summary>
    public void Retain(Func<int, bool> isKnown)
    {
        foreach ((string key, int row) in _byKey)
        {
            if (isKnown(row)) continue;
            lock (_gate)
            {
                if (ItemAt(row) is { IsHeld: true } held) held.IsObserved = false;
                else Forget(key);
            }
        }
    }

    /// <summary>Forgets a key; its number is not given again.</summary>
    public void Forget(string key)
    {
        lock (_gate)
        {
            if (!_byKey.TryRemove(key, out int row)) return;
            if (ItemAt(row) is { } item) _byName.TryRemove(item.Name, out _);
            Volatile.Write(ref _items[row - FirstRow], null);
        }
    }

    private Item? ItemAt(int row)
    {
        Item?[] items = Volatile.Read(ref _items);
        return (uint)(row - FirstRow) < (uint)items.Length ? Volatile.Read(ref items[row - FirstRow]) : null;
    }
}
