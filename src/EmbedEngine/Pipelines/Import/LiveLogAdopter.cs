// Brings what `observe` logged into the event log: whole records of every live log become one ordinary
// segment, and the catalog remembers in the same commit how far each live log was taken. Logs whose owner
// lives are taken up to their last whole record and taken up again later; logs of the dead are deleted once
// nothing is left in them. Runs under the writer lock, before every training and import.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Adopts live logs.</summary>
internal static class LiveLogAdopter
{
    private const string Other = "other";

    // Of one adoption: codes are bytes, and the last place is for "other".
    private const int MaxNames = byte.MaxValue - 1;

    private sealed record Taken(string Name, long To, long Length, bool OwnerGone);

    /// <summary>Adopts everything there is; returns the report, or null when there was nothing new.</summary>
    public static ImportReport? Run(WriteSession write, ProgressScope progress) =>
        Run(write, progress, out _);

    /// <summary>
    /// As the overload without a count; tells how many events did not fit the store's kinds of keys.
    /// </summary>
    public static ImportReport? Run(WriteSession write, ProgressScope progress, out long unfit)
    {
        Store store = write.Store;
        Dictionary<string, long> adopted = store.ReadCatalog(catalog =>
        {
            CatalogSeals.Check(catalog, LiveLogTable.Table);
            return LiveLogTable.All(catalog);
        });
        var events = new List<LiveEvent>();
        var taken = new List<Taken>();
        int setAside = 0;
        foreach (string name in store.LiveLogs())
        {
            Taken? whole = Take(store, name, adopted.GetValueOrDefault(name), events, out bool damaged);
            if (whole is not null) taken.Add(whole);
            else if (damaged && TrySetAside(store, name)) setAside++;
        }
        StoreKeys keys = StoreKeys.Load(store);
        unfit = RemoveUnfit(events, keys);
        long cut = taken.Where(t => t.OwnerGone).Sum(t => t.Length - t.To);
        void Rows(CatalogWriter catalog, long unfit)
        {
            foreach (Taken t in taken) LiveLogTable.Set(catalog, t.Name, t.To);
            RecoveryLog.Add(catalog, RecoveryLog.UnfitEvents, unfit);
            RecoveryLog.Add(catalog, RecoveryLog.CutBytes, cut);
            RecoveryLog.Add(catalog, RecoveryLog.SetAside, setAside);
        }
        long removed = unfit;
        ImportReport? report = null;
        if (events.Count > 0)
        {
            // Users seen live first are text whatever they look like: one that is no number must not be lost
            // later.
            report = ImportRun.Append(
                write, [Columns(events, keys.Actions)], Rules(store), progress, c => Rows(c, removed),
                KeyKind.Text);
            report = report with { Rejected = report.Rejected + unfit };
        }
        else if (unfit > 0 || cut > 0 || setAside > 0)
        {
            // Counted once: without its row the next writer would come upon the same records again.
            write.Commit(c => Rows(c, removed));
        }
        HashSet<string> left =
            [.. taken.Where(t => !t.OwnerGone || !TryDelete(store, t)).Select(t => t.Name)];
        if (left.Count < taken.Count) store.FileSystem.SyncDirectory(store.EventsDirectory);
        // Only now: a name that a power cut brought back without its row would be adopted a second time.
        Forget(write, adopted.Keys.Where(n => !left.Contains(n)));
        return report;
    }

    /// <summary>
    /// Null: damaged, or of a later build, which may still take it up. Neither stops the others.
    /// </summary>
    private static Taken? Take(
        Store store, string name, long from, List<LiveEvent> events, out bool damaged)
    {
        damaged = false;
        string path = Path.Combine(store.EventsDirectory, name);
        // Asked before reading: what a dead owner wrote is all there then.
        bool gone = store.FileSystem.TryExclusive(path, () => { });
        using MappedFile file = store.FileSystem.Map(path);
        try
        {
            return new Taken(name, LiveLog.Read(file, from, events), file.Length, gone);
        }
        catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
        {
            damaged = e.Code == ErrorCode.Corrupt;
            return null;
        }
    }

    /// <summary>
    /// Gives a file that nobody has open and nobody can read a name under which `info` and `verify` tell of
    /// it and no writer asks it again. Nothing of it is lost.
    /// </summary>
    private static bool TrySetAside(Store store, string name)
    {
        string path = Path.Combine(store.EventsDirectory, name);
        string aside = Path.Combine(store.EventsDirectory, StoreNames.DamagedPrefix + name);
        bool renamed = false;
        store.FileSystem.TryExclusive(path, () =>
        {
            if (store.FileSystem.FileExists(aside)) return;
            store.FileSystem.Rename(path, aside);
            renamed = true;
        });
        if (renamed) store.FileSystem.SyncDirectory(store.EventsDirectory);
        return renamed;
    }

    /// <summary>
    /// The session rules of the newest import that cut sessions by user: live events go on under them.
    /// </summary>
    internal static ImportOptions Rules(Store store)
    {
        var options = new ImportOptions { MaxErrors = long.MaxValue };
        foreach (SegmentRecord segment in EventLog.Segments(store).Reverse())
        {
            using EventSegmentReader reader =
                EventSegmentReader.Open(store.FileSystem, Path.Combine(store.EventsDirectory, segment.File));
            if (!reader.Header.UserCut) continue;
            return options with
            {
                SessionGapMinutes = reader.Header.GapMinutes,
                MinSession = reader.Header.MinSession,
                MaxEventsPerSession = reader.Header.MaxEventsPerSession,
                MaxEventsPerMinute = reader.Header.MaxEventsPerMinute,
            };
        }
        return options;
    }

    internal static EventSource Columns(List<LiveEvent> events, ActionTable actions)
    {
        // Past the table's room a new name is "other": an event with an odd action is still an event, and
        // must not keep the store from ever training again. One place is kept for "other" itself.
        int room = ActionTable.MaxActions - 1 - actions.Count;
        string other = room >= 0 || actions.TryFind(Other, out _) ? Other : actions.Name(ActionTable.Clicks);
        var names = new List<string>();
        var codeOf = new Dictionary<string, byte>();
        var codes = new byte[events.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            string name = events[i].Action;
            if (codeOf.TryGetValue(name, out codes[i])) continue;
            bool known = actions.TryFind(name, out _);
            if (names.Count >= MaxNames || (!known && room-- <= 0)) name = other;
            if (codeOf.TryGetValue(name, out codes[i])) continue;
            codes[i] = codeOf[name] = (byte)names.Count;
            names.Add(name);
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

    /// <summary>
    /// Takes out events whose keys are not of the store's kind: one of them must not keep the others out.
    /// </summary>
    internal static int RemoveUnfit(List<LiveEvent> events, StoreKeys keys)
    {
        // Also what an older build took for a key and an import does not: a missing value, a NUL.
        bool Fits(KeyDictionary dictionary, string key) => dictionary.Kind != KeyKind.Int64
            ? !KeyText.IsMissing(key) && !key.Contains('\0', StringComparison.Ordinal)
            : KeyText.TryParseInt64(System.Text.Encoding.UTF8.GetBytes(key), out _);
        return events.RemoveAll(e => !Fits(keys.Items, e.Item) || !Fits(keys.Users, e.User));
    }

    /// <summary>
    /// Deletes a dead process's log. Under an exclusive claim and only at the length it was read with: what
    /// looked dead may have been a log whose process had made the file and not claimed it yet.
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

    /// <summary>
    /// Rows of files that are gone. A crash before this leaves rows that name nothing, which harms nobody.
    /// </summary>
    private static void Forget(WriteSession write, IEnumerable<string> names)
    {
        string[] gone = [.. names];
        if (gone.Length == 0) return;
        write.Commit(catalog =>
        {
            foreach (string name in gone) LiveLogTable.Delete(catalog, name);
        });
    }
}
