// Brings what `observe` logged into the event log: whole records of every live log become one ordinary segment, and the
// catalog remembers in the same commit how far each live log was taken. Logs whose owner lives are taken up to their last
// whole record and taken up again later; logs of the dead are deleted once nothing is left in them. Runs under the
// writer lock, before every training and import.

using EmbedEngine.Interactions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Pipelines;

/// <summary>Adopts live logs.</summary>
internal static class LiveLogAdopter
{
    private const int MaxActionNames = 200;

    private sealed record Taken(string Name, long To, long Length, bool OwnerGone);

    /// <summary>Adopts everything there is; returns the report, or null when there was nothing new.</summary>
    public static ImportReport? Run(WriteSession write, ProgressScope progress)
    {
        Store store = write.Store;
        Dictionary<string, long> adopted = store.ReadCatalog(ReadAdopted);
        var events = new List<LiveEvent>();
        var taken = new List<Taken>();
        foreach (string name in store.FileSystem.List(store.EventsDirectory).Where(LiveLog.IsLiveLog))
            taken.Add(Take(store, name, adopted.GetValueOrDefault(name), events));
        int unfit = RemoveUnfit(events, StoreKeys.Load(store));
        ImportReport? report = null;
        if (events.Count > 0)
        {
            var options = new ImportOptions { MaxErrors = long.MaxValue };
            report = ImportRun.Append(write, [Columns(events)], options, progress, c => SaveAdopted(c, taken));
            report = report with { Rejected = report.Rejected + unfit };
        }
        HashSet<string> left = [.. taken.Where(t => !t.OwnerGone || !TryDelete(store, t)).Select(t => t.Name)];
        if (left.Count < taken.Count) store.FileSystem.SyncDirectory(store.EventsDirectory);
        // Only now: a name that a power cut brought back without its row would be adopted a second time.
        Forget(write, adopted.Keys.Where(n => !left.Contains(n)));
        return report;
    }

    private static Taken Take(Store store, string name, long from, List<LiveEvent> events)
    {
        string path = Path.Combine(store.EventsDirectory, name);
        // Asked before reading: what a dead owner wrote is all there then.
        bool gone = store.FileSystem.TryExclusive(path, () => { });
        using MappedFile file = store.FileSystem.Map(path);
        return new Taken(name, LiveLog.Read(file, from, events), file.Length, gone);
    }

    private static EventSource Columns(List<LiveEvent> events)
    {
        var names = new List<string>();
        var codeOf = new Dictionary<string, byte>();
        var codes = new byte[events.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            // Past the table's room a new name is "other": an event with an odd action is still an event.
            string name = codeOf.Count < MaxActionNames || codeOf.ContainsKey(events[i].Action) ? events[i].Action : "other";
            if (!codeOf.TryGetValue(name, out codes[i]))
            {
                codes[i] = codeOf[name] = (byte)names.Count;
                names.Add(name);
            }
        }
        return EventSource.Columns(new EventColumns
        {
            ItemTexts = events.ConvertAll(e => e.Item),
            UserTexts = events.ConvertAll(e => e.User),
            TimesMs = events.Select(e => e.TimeMs).ToArray(),
            Actions = codes,
            ActionNames = names,
        });
    }

    /// <summary>Takes out events whose keys are not of the store's kind: one of them must not keep the others out.</summary>
    private static int RemoveUnfit(List<LiveEvent> events, StoreKeys keys)
    {
        bool Fits(KeyDictionary dictionary, string key) => dictionary.Kind != KeyKind.Int64
            || KeyText.TryParseInt64(System.Text.Encoding.UTF8.GetBytes(key), out _);
        return events.RemoveAll(e => !Fits(keys.Items, e.Item) || !Fits(keys.Users, e.User));
    }

    /// <summary>
    /// Deletes a dead process's log. Under an exclusive claim and only at the length it was read with: what looked dead
    /// may have been a log whose process had made the file and not claimed it yet.
    /// </summary>
    private static bool TryDelete(Store store, Taken taken)
    {
        string path = Path.Combine(store.EventsDirectory, taken.Name);
        bool deleted = false;
        store.FileSystem.TryExclusive(path, () =>
        {
            if (store.FileSystem.FileLength(path) != taken.Length) return;
            store.FileSystem.DeleteFile(path);
            deleted = true;
        });
        return deleted;
    }

    private static Dictionary<string, long> ReadAdopted(SqliteConnection connection)
    {
        var adopted = new Dictionary<string, long>();
        Catalog.Query(
            connection, "SELECT file, adopted FROM live_log", r => adopted[r.GetString(0)] = r.GetInt64(1));
        return adopted;
    }

    private static void SaveAdopted(SqliteConnection connection, List<Taken> taken)
    {
        foreach (Taken t in taken)
        {
            Catalog.Run(
                connection,
                "INSERT INTO live_log VALUES ($f, $a) ON CONFLICT (file) DO UPDATE SET adopted = excluded.adopted",
                ("$f", t.Name), ("$a", t.To));
        }
    }

    /// <summary>Rows of files that are gone. A crash before this leaves rows that name nothing, which harms nobody.</summary>
    private static void Forget(WriteSession write, IEnumerable<string> names)
    {
        string[] gone = [.. names];
        if (gone.Length == 0) return;
        write.Commit(connection =>
        {
            foreach (string name in gone) Catalog.Run(connection, "DELETE FROM live_log WHERE file = $f", ("$f", name));
        });
    }
}
