// Text keys and action names: strings to numbers and back.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <content>Keys.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_keys_to_items")]
    private static int GetItemsOfKeys(
        ulong model, byte* bytes, long* offsets, long count, long* items, byte* found)
    {
        try { return KeysToItems(model, bytes, offsets, count, items, found); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_item_key")]
    private static int GetItemKey(ulong model, long item, byte* buffer, long capacity, long* needed)
    {
        try { return ItemKey(model, item, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_item_keys")]
    private static int GetItemKeys(
        ulong model, long* items, long count, long* offsets, byte* buffer, long capacity, long* needed)
    {
        try { return ItemKeys(model, items, count, offsets, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_action_code")]
    private static int GetActionCode(ulong model, byte* name, long nameLength, int* code)
    {
        try { return ActionCode(model, name, nameLength, code); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int KeysToItems(
        ulong model, byte* bytes, long* offsets, long count, long* items, byte* found)
    {
        Span<long> to = Arguments.Buffer(items, count, nameof(items));
        Span<byte> flags = Arguments.Buffer(found, count, nameof(found));
        to.Clear();
        flags.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        Model managed = RequireText(lease.Target);
        if (count == 0) return 0;
        Arguments.NotNull(offsets, nameof(offsets));
        for (int i = 0; i < to.Length; i++)
        {
            long length = offsets[i + 1] - offsets[i];
            if (offsets[i] < 0 || length is < 0 or > int.MaxValue)
            {
                throw new ArgumentException(
                    $"offsets[{i + 1}] = {offsets[i + 1]} is not an ascending offset");
            }
            if (length > 0) Arguments.NotNull(bytes, nameof(bytes));
            var key = new ReadOnlySpan<byte>(bytes + offsets[i], (int)length);
            flags[i] = managed.TryGetItem(key, out to[i]) ? (byte)1 : (byte)0;
        }
        return 0;
    }

    [MethodImpl(Body)]
    private static int ItemKey(ulong model, long item, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        return Arguments.CopyOut(lease.Target.Utf8Key(item), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int ItemKeys(
        ulong model, long* items, long count, long* offsets, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        Span<long> asked = Arguments.Buffer(items, count, nameof(items));
        Arguments.NotNull(offsets, nameof(offsets));
        if (capacity < 0) throw new ArgumentException($"capacity {capacity} is negative");
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        Model managed = RequireText(lease.Target);
        long total = 0;
        offsets[0] = 0;
        for (int i = 0; i < asked.Length; i++)
        {
            ReadOnlySpan<byte> key = managed.Utf8Key(asked[i]);
            if (buffer != null && key.Length <= capacity - total)
                key.CopyTo(new Span<byte>(buffer + total, key.Length));
            total += key.Length;
            offsets[i + 1] = total;
        }
        *needed = total;
        if (total == 0 || (buffer != null && total <= capacity)) return 0;
        Guard.Say($"the buffer has {Math.Max(capacity, 0)} bytes, {total} are needed");
        return (int)ErrorCode.BufferTooSmall;
    }

    [MethodImpl(Body)]
    private static int ActionCode(ulong model, byte* name, long nameLength, int* code)
    {
        Arguments.NotNull(code, nameof(code));
        *code = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        *code = lease.Target.ActionCode(Arguments.Text(name, nameLength, nameof(name)));
        return 0;
    }

    private static Model RequireText(Model model) => model.KeyKind == KeyKind.Text ? model
        : throw new EmbedEngineException(
            ErrorCode.KeyKind, "the keys of this store are int64: the item is its own key");
}
