// What is in the log.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Exploring the log.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_explore")]
    private static int ExploreLog(ulong engine, int live, ProgressCallback progress, void* userData)
    {
        try { return Explore(engine, live, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Explore(ulong engine, int live, ProgressCallback callback, void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        lease.LastResult = JsonResults.Explore(lease.Target.Explore(
            new ExploreOptions { Live = live != 0 }, progress.Handler, progress.Token));
        return 0;
    }
}
