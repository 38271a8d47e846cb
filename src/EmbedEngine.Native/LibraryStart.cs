// What happens once, at the library's first call of whatever kind: the threads that the runtime or a package
// would make later are made now. One made in a forked child would be given the stack of a thread that the
// fork did not copy: docs/decisions/0007-fork.md. And what address_space.c has told the runtime is taken out
// of the environment again, for it is not meant for the host's children. Must never fail.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <summary>Runs when the runtime of the library starts.</summary>
internal static partial class LibraryStart
{
#pragma warning disable CA2255 // This is the library's own start, not that of a library others link.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Run()
    {
        const string Chosen = "EMBEDENGINE_CHOSE_REGION_RANGE";
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Chosen) is not null)
        {
            _ = Unset("DOTNET_GCRegionRange");
            _ = Unset(Chosen);
        }
        HostProcess.PrepareForFork();
        // A fork while the finalizer thread is still on its way leaves a child whose runtime may abort.
        GC.WaitForPendingFinalizers();
    }

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);
}
