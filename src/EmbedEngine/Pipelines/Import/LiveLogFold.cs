// Keeps the live logs of ended processes few where nobody imports or trains: whoever closes an engine that
// has observed folds them into the log once there are many. A courtesy: what fails is left to the next
// writer.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Adopts live logs when there are many and nobody writes.</summary>
internal static class LiveLogFold
{
    /// <summary>Files that are left alone: adopting costs reading the store's keys.</summary>
    public const int Most = 64;

    /// <summary>Folds if it is time to; never waits and never throws.</summary>
    public static void RunQuietly(Store store)
    {
        try
        {
            if (store.LiveLogs().Take(Most).Count() < Most) return;
            using WriteSession write = store.BeginWrite(waits: false);
            LiveLogAdopter.Run(write, ProgressScope.None);
        }
        catch (Exception)
        {
            // Somebody writes, or the disk or the memory refuses: the events are in their files, and closing
            // must not fail for a courtesy.
        }
    }
}
