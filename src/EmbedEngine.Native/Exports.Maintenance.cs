// Keeping a store in order: aliases, collection, verification, comparison of versions.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Maintenance.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_set_alias")]
    private static int SetVersionAlias(ulong engine, byte* alias, long aliasLength, long version)
    {
        try { return SetAlias(engine, alias, aliasLength, version); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_remove_alias")]
    private static int RemoveVersionAlias(ulong engine, byte* alias, long aliasLength)
    {
        try { return RemoveAlias(engine, alias, aliasLength); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_aliases")]
    private static int GetAliases(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return Aliases(engine, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_resolve_version")]
    private static int ResolveVersionName(ulong engine, byte* name, long nameLength, long* version)
    {
        try { return ResolveVersion(engine, name, nameLength, version); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_diff")]
    private static int GetDiff(ulong engine, long a, long b, byte* buffer, long capacity, long* needed)
    {
        try { return Diff(engine, a, b, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_lineage")]
    private static int GetLineage(ulong engine, long version, byte* buffer, long capacity, long* needed)
    {
        try { return Lineage(engine, version, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_collect")]
    private static int CollectVersions(ulong engine, int keep, long* collected)
    {
        try { return Collect(engine, keep, collected); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_verify")]
    private static int VerifyStore(
        ulong engine, int full, ProgressCallback progress, void* userData,
        long* faults)
    {
        try { return Verify(engine, full, progress, userData, faults); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_upgrade")]
    private static int UpgradeStore(ulong engine, int* from, int* to)
    {
        try { return Upgrade(engine, from, to); } catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Upgrade(ulong engine, int* from, int* to)
    {
        if (from != null) *from = 0;
        if (to != null) *to = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        UpgradeReport report = lease.Target.Upgrade();
        if (from != null) *from = report.From;
        if (to != null) *to = report.To;
        return 0;
    }

    [MethodImpl(Body)]
    private static int SetAlias(ulong engine, byte* alias, long aliasLength, long version)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.SetAlias(Arguments.Text(alias, aliasLength, nameof(alias)), version);
        return 0;
    }

    [MethodImpl(Body)]
    private static int RemoveAlias(ulong engine, byte* alias, long aliasLength)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.RemoveAlias(Arguments.Text(alias, aliasLength, nameof(alias)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Aliases(ulong engine, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Aliases(lease.Target.Aliases()), buffer, capacity,
            needed);
    }

    [MethodImpl(Body)]
    private static int ResolveVersion(ulong engine, byte* name, long nameLength, long* version)
    {
        Arguments.NotNull(version, nameof(version));
        *version = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        *version = lease.Target.ResolveVersion(Arguments.Text(name, nameLength, nameof(name)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Diff(ulong engine, long a, long b, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Diff(lease.Target.Diff(a, b)), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int Lineage(ulong engine, long version, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Numbers(lease.Target.Lineage(version)), buffer,
            capacity, needed);
    }

    [MethodImpl(Body)]
    private static int Collect(ulong engine, int keep, long* collected)
    {
        if (collected != null) *collected = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        CollectReport report = lease.Target.Collect(keep);
        lease.LastResult = JsonResults.Collect(report);
        if (collected != null) *collected = report.Collected.Count;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Verify(
        ulong engine, int full, ProgressCallback callback, void* userData,
        long* faults)
    {
        Arguments.NotNull(faults, nameof(faults));
        *faults = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        VerifyReport report = lease.Target.Verify(full != 0, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Verify(report);
        *faults = report.Faults.Count;
        return 0;
    }
}
