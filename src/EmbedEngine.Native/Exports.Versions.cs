// Versions: list, manifest, publish, roll back, refresh; and what the store holds.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <content>Versions.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_versions")]
    private static int GetVersions(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return Versions(engine, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_manifest")]
    private static int GetManifest(ulong engine, long version, byte* buffer, long capacity, long* needed)
    {
        try { return Manifest(engine, version, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_info")]
    private static int GetInfo(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return Info(engine, buffer, capacity, needed); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_publish")]
    private static int PublishVersion(ulong engine, long version)
    {
        try { return Publish(engine, version); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_rollback")]
    private static int RollbackVersion(ulong engine, long to, long* version)
    {
        try { return Rollback(engine, to, version); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_refresh")]
    private static int RefreshEngine(ulong engine, int* changed)
    {
        try { return Refresh(engine, changed); } catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Versions(ulong engine, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Versions(lease.Target.Versions()), buffer, capacity,
            needed);
    }

    [MethodImpl(Body)]
    private static int Manifest(ulong engine, long version, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        Engine managed = lease.Target;
        IReadOnlyList<ModelVersion> all = managed.Versions();
        ModelVersion found = all.FirstOrDefault(v => version == 0 ? v.IsActive : v.Number == version)
            ?? throw new EmbedEngineException(
                ErrorCode.Unknown,
                version == 0 ? $"{managed.Path}: no version is active"
                : $"{managed.Path}: there is no version {version}");
        return Arguments.CopyOut(System.Text.Encoding.UTF8.GetBytes(found.Manifest), buffer, capacity,
            needed);
    }

    [MethodImpl(Body)]
    private static int Info(ulong engine, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        Engine managed = lease.Target;
        return Arguments.CopyOut(
            JsonResults.Info(managed.Info(), managed.Problem?.Message, managed.Model?.Version.Number ?? 0),
            buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int Publish(ulong engine, long version)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.Target.Publish(version);
        return 0;
    }

    [MethodImpl(Body)]
    private static int Rollback(ulong engine, long to, long* version)
    {
        if (version != null) *version = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        long active = lease.Target.Rollback(to == 0 ? null : to);
        if (version != null) *version = active;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Refresh(ulong engine, int* changed)
    {
        if (changed != null) *changed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        bool moved = lease.Target.Refresh();
        if (changed != null) *changed = moved ? 1 : 0;
        return 0;
    }
}
