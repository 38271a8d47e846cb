using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

/// <summary>Every event a store holds, adopted or still in a live log, one line each.</summary>
internal static class LoggedEvents
{
    public static List<string> Of(FileSystem files, string path)
    {
        var store = new Store(files, path);
        StoreKeys keys = StoreKeys.Load(store);
        var lines = new List<string>();
        var block = new SegmentBlock();
        foreach (SegmentRecord segment in EventLog.Segments(store))
        {
            using EventSegmentReader reader =
                EventSegmentReader.Open(files, Path.Combine(store.EventsDirectory, segment.File));
            while (reader.TryReadBlock(block))
            {
                int at = 0;
                for (int s = 0; s < block.SessionCount; s++)
                {
                    string user = reader.Header.HasUsers && block.Users[s] >= 0
                        ? keys.Users.KeyString(block.Users[s]) : "";
                    for (int e = 0; e < block.EventCounts[s]; e++, at++)
                    {
                        LogEvent logged = block.Events[at];
                        lines.Add($"{user} {keys.Items.KeyString(logged.Item)} {logged.TimeMs}\n");
                    }
                }
            }
        }
        Dictionary<string, long> adopted = CatalogFile.Read(path, LiveLogTable.All);
        foreach (string name in files.List(store.EventsDirectory).Where(StoreNames.IsLiveLog))
        {
            var events = new List<LiveEvent>();
            using MappedFile file = files.Map(Path.Combine(store.EventsDirectory, name));
            LiveLog.Read(file, adopted.GetValueOrDefault(name), events);
            lines.AddRange(events.Select(e => $"{e.User} {e.Item} {e.TimeMs}\n"));
        }
        return lines;
    }
}
