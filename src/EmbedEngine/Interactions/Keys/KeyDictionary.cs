// The caller's keys and their permanent ordinals, in memory. Ordinals are dense from 0 in order of first
// appearance. Must never change or reuse the ordinal of a key that was handed out: the event log holds
// ordinals. Not thread-safe for writing; any number of threads may read while nobody writes.

using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Keys;

/// <summary>Two-way map between keys (int64 or UTF-8) and ordinals.</summary>
internal sealed class KeyDictionary
{
    public const int MaxTextBytes = 4096;

    private const int ChunkBits = 20;
    private const int ChunkBytes = 1 << ChunkBits;
    private const int Absent = -1;
    // entries of the table of small keys a key held, before rounding up
    private const ulong SmallKeysEach = 8;
    private const ulong SmallKeysAtOnce = 1024;
    private const ulong HashMultiplier = 0x9E3779B97F4A7C15;

    // Open addressing, linear probing, load at most 1/2: ordinal + 1, 0 = free.
    private int[] _slots = new int[64];
    private int _shift = 64 - 6;
    private int _count;
    private int _present;

    // int64 keys by ordinal; or for text the arena position << 13 | length. Absent ordinals are listed apart.
    private long[] _keys = new long[32];
    private uint[] _hashes = [];
    // int64 keys that are small and not negative, as most catalogues number theirs: ordinal + 1 by key, 0 =
    // ask the slots. One load instead of two and no mispredicted probe. A cache: the slots hold every key.
    private int[] _small = [];
    private readonly List<byte[]> _chunks = [];
    private long _arenaEnd;
    private HashSet<int>? _holes;

    public KeyDictionary(KeyKind kind = KeyKind.Unset) => Kind = kind;

    public KeyKind Kind { get; private set; }

    /// <summary>One more than the largest ordinal: the ordinal the next new key gets.</summary>
    public long Count => _count;

    /// <summary>Keys held: <see cref="Count"/> without the holes that forgotten keys left.</summary>
    public long PresentCount => _present;

    /// <summary>Decides the kind of a dictionary that has none yet.</summary>
    /// <exception cref="EmbedEngineException">KeyKind: it has another kind already.</exception>
    public void SetKind(KeyKind kind)
    {
        if (Kind == kind) return;
        if (Kind != KeyKind.Unset && _count != 0)
        {
            throw new EmbedEngineException(
                ErrorCode.KeyKind,
                $"the store's keys are {Name(Kind)}, not {Name(kind)}: import into another store");
        }
        Kind = kind;
    }

    public static string Name(KeyKind kind) => kind switch
    {
        KeyKind.Int64 => "int64",
        KeyKind.Text => "text",
        _ => "not decided",
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long GetOrAdd(long key)
    {
        int[] small = _small;
        return (ulong)key < (ulong)small.Length && small[key] != 0 ? small[key] - 1 : GetOrAddBySlot(key);
    }

    /// <summary>Whether so many keys are held that <see cref="Soon"/> pays.</summary>
    public bool IsLarge => _small.Length > 1 << 18;

    /// <summary>Says that <see cref="GetOrAdd(long)"/> will be asked for this key.</summary>
    public void Soon(long key)
    {
        int[] small = _small;
        if ((ulong)key < (ulong)small.Length) MemoryHint.Soon(ref small[key]);
    }

    private long GetOrAddBySlot(long key)
    {
        Require(KeyKind.Int64);
        int slot = FindSlot(key);
        int ordinal = _slots[slot] != 0 ? _slots[slot] - 1 : AddAt(slot, key);
        NoteSmall(key, ordinal);
        return ordinal;
    }

    /// <summary>Adds a text key of 1 to 4,096 bytes of valid UTF-8 (the caller has checked).</summary>
    public long GetOrAdd(ReadOnlySpan<byte> key)
    {
        Require(KeyKind.Text);
        uint hash = Hash(key);
        int slot = FindSlot(key, hash);
        return _slots[slot] != 0 ? _slots[slot] - 1 : AddAt(slot, key, hash);
    }

    public bool TryGet(long key, out long ordinal)
    {
        ordinal = Kind == KeyKind.Int64 ? _slots[FindSlot(key)] - 1 : Absent;
        return ordinal >= 0;
    }

    public bool TryGet(ReadOnlySpan<byte> key, out long ordinal)
    {
        ordinal = Kind == KeyKind.Text ? _slots[FindSlot(key, Hash(key))] - 1 : Absent;
        return ordinal >= 0;
    }

    /// <summary>Finds a key written as text, whatever the kind.</summary>
    public bool TryFind(string key, out long ordinal)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Kind == KeyKind.Text) return TryGet(Encoding.UTF8.GetBytes(key), out ordinal);
        ordinal = Absent;
        return KeyText.TryParseInt64(Encoding.UTF8.GetBytes(key), out long number)
            && TryGet(number, out ordinal);
    }

    /// <summary>
    /// False for the ordinal of a key that was forgotten before this dictionary was loaded.
    /// </summary>
    public bool HasKey(long ordinal) =>
        (ulong)ordinal < (ulong)_count && (_holes is null || !_holes.Contains((int)ordinal));

    public long Int64Key(long ordinal)
    {
        Require(KeyKind.Int64);
        return _keys[Checked(ordinal)];
    }

    /// <summary>The UTF-8 bytes; valid for the life of the dictionary.</summary>
    public ReadOnlySpan<byte> TextKey(long ordinal)
    {
        Require(KeyKind.Text);
        return Text(_keys[Checked(ordinal)]);
    }

    /// <summary>The key as people write it, whatever the kind.</summary>
    public string KeyString(long ordinal) => Kind == KeyKind.Int64
        ? Int64Key(ordinal).ToString(CultureInfo.InvariantCulture)
        : Encoding.UTF8.GetString(TextKey(ordinal));

    /// <summary>
    /// The ordinals given out since <paramref name="mark"/> (a former <see cref="Count"/>).
    /// </summary>
    public IEnumerable<long> NewSince(long mark)
    {
        for (long ordinal = mark; ordinal < _count; ordinal++)
            if (HasKey(ordinal)) yield return ordinal;
    }

    public bool IsNewSince(long mark) => _count > mark;

    /// <summary>
    /// Puts back a persisted key. Ordinals come in ascending order; those left out stay without a key.
    /// </summary>
    public void Load(long ordinal, long key)
    {
        SetKind(KeyKind.Int64);
        SkipTo(ordinal);
        int slot = FindSlot(key);
        if (_slots[slot] != 0) throw Twice(ordinal);
        AddAt(slot, key);
    }

    /// <inheritdoc cref="Load(long, long)"/>
    public void Load(long ordinal, ReadOnlySpan<byte> key)
    {
        SetKind(KeyKind.Text);
        if (key.IsEmpty || key.Length > MaxTextBytes)
            throw new EmbedEngineException(
                ErrorCode.Corrupt, $"key of ordinal {ordinal} has {key.Length} bytes");
        SkipTo(ordinal);
        uint hash = Hash(key);
        int slot = FindSlot(key, hash);
        if (_slots[slot] != 0) throw Twice(ordinal);
        AddAt(slot, key, hash);
    }

    /// <summary>Makes the next key's ordinal at least <paramref name="count"/>.</summary>
    public void Reserve(long count)
    {
        if (count > _count) SkipTo(count);
    }

    /// <summary>
    /// Takes back every key added since <paramref name="mark"/>: an import that failed leaves none behind.
    /// </summary>
    public void Truncate(long mark)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mark);
        if (mark >= _count) return;
        if (Kind == KeyKind.Text)
        {
            int first = (int)mark;
            while (first < _count && !HasKey(first)) first++;
            if (first < _count) _arenaEnd = _keys[first] >> 13;
        }
        _count = (int)mark;
        _holes?.RemoveWhere(hole => hole >= _count);
        _present = _count - (_holes?.Count ?? 0);
        _small = [];
        Rehash(_slots.Length);
    }

    private void Require(KeyKind kind)
    {
        if (Kind != kind) throw WrongKind(kind);
    }

    private EmbedEngineException WrongKind(KeyKind kind) =>
        new(ErrorCode.KeyKind, $"the keys are {Name(Kind)}, not {Name(kind)}");

    private static EmbedEngineException Twice(long ordinal) =>
        new(ErrorCode.Corrupt, $"the key of ordinal {ordinal} was loaded before under another ordinal");

    private int Checked(long ordinal)
    {
        if (!HasKey(ordinal))
            throw new EmbedEngineException(ErrorCode.Unknown, $"no key has ordinal {ordinal}");
        return (int)ordinal;
    }

    private void SkipTo(long ordinal)
    {
        if (ordinal < _count || ordinal >= int.MaxValue)
            throw new EmbedEngineException(ErrorCode.Corrupt, $"ordinal {ordinal} after {_count - 1}");
        while (_count < ordinal)
        {
            (_holes ??= []).Add(_count);
            Reserve();
            _count++;
        }
    }

    /// <summary>
    /// Remembers where a small key is; the table never has more than 16 entries a key held.
    /// </summary>
    private void NoteSmall(long key, int ordinal)
    {
        if ((ulong)key >= (ulong)_small.Length)
        {
            if ((ulong)key >= SmallKeysEach * ((ulong)_count + SmallKeysAtOnce)) return;
            long size = (long)BitOperations.RoundUpToPowerOf2((ulong)key + 1);
            Array.Resize(ref _small, (int)Math.Min(size, Array.MaxLength));
            if (key >= _small.Length) return;
        }
        _small[key] = ordinal + 1;
    }

    private int AddAt(int slot, long key)
    {
        Reserve();
        _keys[_count] = key;
        return Occupy(slot);
    }

    private int AddAt(int slot, ReadOnlySpan<byte> key, uint hash)
    {
        // A key never straddles chunks, so that its bytes are one span.
        if ((_arenaEnd & (ChunkBytes - 1)) + key.Length > ChunkBytes)
            _arenaEnd = ((_arenaEnd >> ChunkBits) + 1) << ChunkBits;
        int chunk = (int)(_arenaEnd >> ChunkBits);
        while (_chunks.Count <= chunk) _chunks.Add(new byte[ChunkBytes]);
        key.CopyTo(_chunks[chunk].AsSpan((int)(_arenaEnd & (ChunkBytes - 1))));
        Reserve();
        if (_hashes.Length < _keys.Length) Array.Resize(ref _hashes, _keys.Length);
        _keys[_count] = (_arenaEnd << 13) | (uint)key.Length;
        _hashes[_count] = hash;
        _arenaEnd += key.Length;
        return Occupy(slot);
    }

    private void Reserve()
    {
        if (_count == int.MaxValue - 1)
            throw new EmbedEngineException(ErrorCode.BadInput, "more than 2,147,483,646 distinct keys");
        if (_count < _keys.Length) return;
        int size = (int)Math.Min((long)_keys.Length * 2, Array.MaxLength);
        Array.Resize(ref _keys, size);
    }

    private int Occupy(int slot)
    {
        int ordinal = _count++;
        _present++;
        _slots[slot] = ordinal + 1;
        if (_present > _slots.Length / 2) Rehash(checked(_slots.Length * 2));
        return ordinal;
    }

    private void Rehash(int size)
    {
        _slots = new int[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        int mask = size - 1;
        for (int ordinal = 0; ordinal < _count; ordinal++)
        {
            if (_holes is not null && _holes.Contains(ordinal)) continue;
            int slot = Kind == KeyKind.Text ? Home(_hashes[ordinal]) : Home(_keys[ordinal]);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = ordinal + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(long key)
    {
        // The xor brings high bits of ids that differ there only (shard numbers) into the product.
        ulong mixed = (ulong)key ^ ((ulong)key >> 32);
        return (int)((mixed * HashMultiplier) >> _shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(uint hash) => (int)((hash * HashMultiplier) >> _shift);

    private int FindSlot(long key)
    {
        int[] slots = _slots;
        int mask = slots.Length - 1;
        int slot = Home(key);
        while (slots[slot] != 0 && _keys[slots[slot] - 1] != key) slot = (slot + 1) & mask;
        return slot;
    }

    private int FindSlot(ReadOnlySpan<byte> key, uint hash)
    {
        int mask = _slots.Length - 1;
        int slot = Home(hash);
        while (true)
        {
            int ordinal = _slots[slot] - 1;
            if (ordinal < 0 || (_hashes[ordinal] == hash && Text(_keys[ordinal]).SequenceEqual(key)))
                return slot;
            slot = (slot + 1) & mask;
        }
    }

    private ReadOnlySpan<byte> Text(long position)
    {
        long start = position >> 13;
        return _chunks[(int)(start >> ChunkBits)].AsSpan(
            (int)(start & (ChunkBytes - 1)), (int)(position & 0x1FFF));
    }

    /// <summary>CRC-32C with a length mix: the processor's instruction, 8 bytes a step.</summary>
    private static uint Hash(ReadOnlySpan<byte> key) =>
        Storage.Crc32C.Update((uint)key.Length * 0x85EBCA6B, key);
}
