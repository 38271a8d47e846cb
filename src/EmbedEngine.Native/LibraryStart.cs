// What happens once, at the library's first call of whatever kind: the threads that the runtime or a package
// would make later are made now. One made in a forked child would be given the stack of a thread that the
// fork did not copy: docs/decisions/0007-fork.md. Must never fail.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Native;

/// <summary>Runs when the runtime of the library starts.</summary>
internal static class LibraryStart
{
#pragma warning disable CA2255 // This is the library's own start, not that of a library others link.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void MakeThreads() => HostProcess.PrepareForFork();
}
