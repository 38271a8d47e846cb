// What watches a store: drift between versions, health.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Drift and health.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_drift")]
    private static int GetDrift(
        ulong engine, long from, long to, ProgressCallback progress, void* userData, int* drifted)
    {
        try { return Drift(engine, from, to, progress, userData, drifted); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_health")]
    private static int GetHealth(ulong engine, ProgressCallback progress, void* userData, int* ok)
    {
        try { return Health(engine, progress, userData, ok); } catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Drift(
        ulong engine, long from, long to, ProgressCallback callback, void* userData, int* drifted)
    {
        if (drifted != null) *drifted = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        DriftReport report = lease.Target.Drift(from, to, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Drift(report);
        if (drifted != null) *drifted = report.Drifted ? 1 : 0;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Health(ulong engine, ProgressCallback callback, void* userData, int* ok)
    {
        if (ok != null) *ok = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        HealthReport report = lease.Target.Health(progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Health(report);
        if (ok != null) *ok = report.Ok ? 1 : 0;
        return 0;
    }
}
