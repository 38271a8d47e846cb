// Handles are numbers, not pointers: generation << 32 | slot + 1. A stale, doubly closed or mistyped handle
// is found out by arithmetic and answered with EE_E_HANDLE. Entering takes no lock; opening and freeing
// take a short one.

namespace EmbedEngine.Native;

/// <summary>All open handles of the process.</summary>
internal static class HandleTable
{
    private const int FirstCapacity = 64;

    private static readonly Lock Gate = new();
    private static readonly Stack<HandleSlot> FreeSlots = [];
    private static HandleSlot[] _slots = [];
    private static int _used;

    /// <summary>Makes a handle for an object that the table owns from here on.</summary>
    public static ulong Open(IDisposable target)
    {
        HandleSlot slot;
        lock (Gate)
        {
            if (!FreeSlots.TryPop(out slot!)) slot = NewSlot();
        }
        uint generation = slot.Open(target, ForkMark.Current);
        return ((ulong)generation << 32) | (uint)(slot.Index + 1);
    }

    /// <summary>Enters a handle; dispose the lease to leave.</summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Handle"/>: stale or of another type. <see cref="ErrorCode.Forked"/>: opened
    /// before a fork.
    /// </exception>
    public static Lease<T> Enter<T>(ulong handle)
        where T : class
    {
        HandleSlot[] slots = Volatile.Read(ref _slots);
        uint index = (uint)handle - 1;
        if (index >= (uint)slots.Length || slots[index] is not HandleSlot slot
            || !slot.TryEnter((uint)(handle >> 32)))
            throw Stale<T>();
        if (slot.Target is T target && slot.Epoch == ForkMark.Current) return new Lease<T>(slot, target);
        bool forked = slot.Target is T;
        slot.Leave();
        if (!forked) throw Stale<T>();
        throw new EmbedEngineException(
            ErrorCode.Forked, "the handle was opened before fork; open the store again in the child process");
    }

    /// <summary>Closes a handle. The object is disposed by the last call that is still using it.</summary>
    public static void Close<T>(ulong handle)
        where T : class
    {
        using Lease<T> lease = Enter<T>(handle);
        if (!lease.TryClose()) throw Stale<T>();
    }

    /// <summary>Takes back a slot whose object is gone.</summary>
    public static void Free(HandleSlot slot)
    {
        lock (Gate) FreeSlots.Push(slot);
    }

    private static HandleSlot NewSlot()
    {
        if (_used == _slots.Length)
        {
            var grown = new HandleSlot[Math.Max(FirstCapacity, _slots.Length * 2)];
            _slots.CopyTo(grown, 0);
            Volatile.Write(ref _slots, grown);
        }
        var slot = new HandleSlot(_used);
        Volatile.Write(ref _slots[_used++], slot);
        return slot;
    }

    private static EmbedEngineException Stale<T>() => new(
        ErrorCode.Handle, $"the handle is not an open "
            + (typeof(T) == typeof(Model) ? "model" : typeof(T) == typeof(FilterHandle) ? "filter"
                : "engine"));
}
