// Events as they happen, and what becomes of the log: observe, compaction, forgetting.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Live events and the event log.</content>
internal static unsafe partial class Exports
{
    private const int ForgetUser = 0;
    private const int ForgetItem = 1;

    [UnmanagedCallersOnly(EntryPoint = "ee_observe")]
    private static int ObserveEvent(
        ulong engine, byte* user, long userLength, byte* item, long itemLength, byte* action,
        long actionLength,
        long timeMs)
    {
        try { return Observe(engine, user, userLength, item, itemLength, action, actionLength, timeMs); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_knows_action")]
    private static int KnowsAnAction(ulong engine, byte* action, long actionLength, int* known)
    {
        try { return KnowsAction(engine, action, actionLength, known); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_flush_observed")]
    private static int FlushObservedEvents(ulong engine)
    {
        try { return FlushObserved(engine); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_compact")]
    private static int CompactLog(ulong engine, long retentionMs, ProgressCallback progress, void* userData)
    {
        try { return Compact(engine, retentionMs, progress, userData); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_forget")]
    private static int ForgetKey(
        ulong engine, int what, byte* key, long keyLength, ProgressCallback progress, void* userData)
    {
        try { return Forget(engine, what, key, keyLength, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Observe(
        ulong engine, byte* user, long userLength, byte* item, long itemLength, byte* action,
        long actionLength,
        long timeMs)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.Observe(
            Arguments.Text(user, userLength, nameof(user)), Arguments.Text(item, itemLength, nameof(item)),
            Arguments.Text(action, actionLength, nameof(action)), timeMs == 0 ? null : timeMs);
        return 0;
    }

    [MethodImpl(Body)]
    private static int KnowsAction(ulong engine, byte* action, long actionLength, int* known)
    {
        Arguments.NotNull(known, nameof(known));
        *known = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        *known = lease.Target.KnowsAction(Arguments.Text(action, actionLength, nameof(action))) ? 1 : 0;
        return 0;
    }

    [MethodImpl(Body)]
    private static int FlushObserved(ulong engine)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.FlushObserved();
        return 0;
    }

    [MethodImpl(Body)]
    private static int Compact(ulong engine, long retentionMs, ProgressCallback callback, void* userData)
    {
        if (retentionMs < -1)
            throw new ArgumentOutOfRangeException(nameof(retentionMs), retentionMs, "is below -1");
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        // Longer than a TimeSpan can say is longer than any log: everything is kept.
        bool all = retentionMs < 0 || retentionMs > TimeSpan.MaxValue.TotalMilliseconds / 2;
        CompactReport report = lease.Target.Compact(
            all ? null : TimeSpan.FromMilliseconds(retentionMs), progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Compact(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int Forget(
        ulong engine, int what, byte* key, long keyLength, ProgressCallback callback, void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        string text = Arguments.Text(key, keyLength, nameof(key));
        ForgetReport report = what switch
        {
            ForgetUser => lease.Target.ForgetUser(text, progress.Handler, progress.Token),
            ForgetItem => lease.Target.ForgetItem(text, progress.Handler, progress.Token),
            _ => throw new ArgumentOutOfRangeException(
            nameof(what), what, "is neither EE_FORGET_USER nor EE_FORGET_ITEM"),
        };
        lease.LastResult = JsonResults.Forget(report);
        return 0;
    }
}
