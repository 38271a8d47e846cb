// What happens once, at the library's first call of whatever kind: the threads that the runtime or a package
// would make later are made now. One made in a forked child would be given the stack of a thread that the
// fork did not copy (OwnStackThread says why that ends in a hang). Must never fail: what does not work here
// says so in the call that needs it.

using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Native;

/// <summary>Runs when the runtime of the library starts.</summary>
internal static class LibraryStart
{
#pragma warning disable CA2255 // This is the library's own start, not that of a library others link.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void MakeThreads()
    {
        try
        {
            // Microsoft.Data.Sqlite keeps a timer for its pool, and makes it with the first connection,
            // pooled or not.
            using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
            connection.Open();
        }
        catch (Exception)
        {
            // The first store to be opened meets the same and reports it.
        }
    }
}
