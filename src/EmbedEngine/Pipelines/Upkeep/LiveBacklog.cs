// How much of the live logs no import or training has taken up: what lies behind the mark that the catalog
// has of each log. Records are counted by their lengths, not read.

using System.Buffers.Binary;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>Counts what waits in live logs, of all processes.</summary>
internal static class LiveBacklog
{
    /// <summary>Whole records and their bytes.</summary>
    public static (long Events, long Bytes) Read(Store store)
    {
        Dictionary<string, long> adopted = store.ReadCatalog(LiveLogTable.All);
        long events = 0, bytes = 0;
        foreach (string name in store.LiveLogs())
        {
            string path = Path.Combine(store.EventsDirectory, name);
            long from = Math.Max(LiveLog.HeaderBytes, adopted.GetValueOrDefault(name));
            try
            {
                if (store.FileSystem.FileLength(path) <= from) continue;
                using MappedFile file = store.FileSystem.Map(path);
                long at = from;
                while (TryLength(file, at, out int length))
                {
                    events++;
                    at += length;
                }
                bytes += at - from;
            }
            catch (EmbedEngineException)
            {
                // Taken up and deleted meanwhile, or not to be read: nothing of it waits for a training.
            }
        }
        return (events, bytes);
    }

    private static bool TryLength(MappedFile file, long at, out int length)
    {
        length = 0;
        if (at > file.Length - LiveLog.RecordHeaderBytes) return false;
        int payload = BinaryPrimitives.ReadInt32LittleEndian(file.Slice(at, sizeof(int)));
        if (payload is < 1 or > LiveLog.MaxPayloadBytes) return false;
        length = LiveLog.RecordHeaderBytes + payload;
        return at <= file.Length - length;
    }
}
