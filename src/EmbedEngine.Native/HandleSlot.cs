// One slot of the handle table: a counter that lets a close wait for nobody. Must never be reused under the
// same generation.

namespace EmbedEngine.Native;

/// <summary>
/// State in one word: generation (32 bits), closed (1 bit), calls in flight (31 bits). A call enters by
/// adding one while the generation is its own and the slot is open; close sets the bit; whoever leaves last
/// with the bit set disposes.
/// </summary>
internal sealed class HandleSlot(int index)
{
    private const long ClosedBit = 0x8000_0000L;
    private const long LowMask = 0xFFFF_FFFFL;

    private long _word = (1L << 32) | ClosedBit;
    private IDisposable? _target;
    private long _epoch;
    private byte[]? _lastResult;

    public int Index { get; } = index;

    /// <summary>The object; only between enter and leave.</summary>
    public object? Target => _target;

    /// <summary>The process (since fork) that opened it; only between enter and leave.</summary>
    public long Epoch => _epoch;

    /// <summary>JSON of the last long call on the object; only between enter and leave.</summary>
    public byte[]? LastResult
    {
        get => Volatile.Read(ref _lastResult);
        set => Volatile.Write(ref _lastResult, value);
    }

    /// <summary>Puts an object into a free slot; returns its generation.</summary>
    public uint Open(IDisposable target, long epoch)
    {
        long generation = Volatile.Read(ref _word) >>> 32;
        _target = target;
        _lastResult = null;
        _epoch = epoch;
        Volatile.Write(ref _word, generation << 32);
        return (uint)generation;
    }

    /// <summary>Counts a call in; false when the handle is stale or being closed.</summary>
    public bool TryEnter(uint generation)
    {
        while (true)
        {
            long word = Volatile.Read(ref _word);
            if ((uint)(word >>> 32) != generation || (word & ClosedBit) != 0) return false;
            if (Interlocked.CompareExchange(ref _word, word + 1, word) == word) return true;
        }
    }

    /// <summary>
    /// Sets the closed bit; false when another close was first. Only between enter and leave.
    /// </summary>
    public bool TryClose() => (Interlocked.Or(ref _word, ClosedBit) & ClosedBit) == 0;

    /// <summary>Counts a call out; disposes when it was the last of a closed slot.</summary>
    public void Leave()
    {
        if ((Interlocked.Decrement(ref _word) & LowMask) != ClosedBit) return;
        // Nobody can enter a closed slot, so exactly one thread gets here for each generation.
        IDisposable? target = _target;
        _target = null;
        _lastResult = null;
        long next = (((Volatile.Read(ref _word) >>> 32) + 1) & LowMask) << 32;
        Volatile.Write(ref _word, (next == 0 ? 1L << 32 : next) | ClosedBit);
        HandleTable.Free(this);
        target?.Dispose();
    }
}
