// Keeps answer logs few, bounded and free of those who were forgotten. A log that its process has closed is
// rewritten beside itself: what is kept goes into a new log, under a temporary name, whose first record says
// which logs it replaces; the rename is what makes those count no more, and they are deleted after it. Logs
// of running processes are left alone. Under the writer lock, but for Trim, which only deletes whole logs.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Online;

/// <summary>Folds, trims and rewrites answer logs.</summary>
internal static class AnswerLogKeeper
{
    /// <summary>How long answers are kept.</summary>
    public const long RetentionMs = 90L * 24 * 3600 * 1000;

    /// <summary>Bytes of answer logs kept; above it the oldest go.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>Closed logs that are left alone; more are folded into one.</summary>
    public const int Most = 64;

    /// <summary>A log that has grown so far is not folded with others.</summary>
    private const long SmallBytes = 1 << 20;

    /// <summary>What becomes of the logs of a store in passing; never throws.</summary>
    public static void KeepQuietly(WriteSession write, long beforeMs = long.MinValue)
    {
        try
        {
            Keep(write, beforeMs);
        }
        catch (Exception e) when (e is EmbedEngineException or IOException)
        {
            // Not what the caller came for; the next writer tries again.
        }
    }

    /// <summary>
    /// Deletes logs that hold nothing younger than the retention, then the oldest above the bound in bytes;
    /// logs that are open in a process stay. Never throws.
    /// </summary>
    public static void Trim(Store store, long nowMs)
    {
        try
        {
            long bytes = 0;
            string[] names = [.. store.AnswerLogs().Reverse()];
            foreach (string name in names)
            {
                string path = Path.Combine(store.EventsDirectory, name);
                bytes += store.FileSystem.FileLength(path);
                StoreNames.IsAnswerLog(name, out long begun, out _);
                bool old = begun + AnswerLogWriter.MostFileMs < nowMs - RetentionMs;
                if (old || bytes > MostBytes)
                    store.FileSystem.TryExclusive(path, () => store.FileSystem.DeleteFile(path));
            }
        }
        catch (EmbedEngineException)
        {
            // Gone meanwhile, or not to be had: at the next log's end.
        }
    }

    /// <summary>Folds where there are many logs and nobody writes; never waits and never throws.</summary>
    public static void FoldQuietly(Store store)
    {
        try
        {
            if (store.AnswerLogs().Count() <= Most) return;
            using WriteSession write = store.BeginWrite(waits: false);
            Keep(write, long.MinValue);
        }
        catch (Exception)
        {
            // Somebody writes, or the disk refuses: closing must not fail for a courtesy.
        }
    }

    /// <summary>
    /// Removes a unit's records: at once from closed logs, and for those of running processes the catalog
    /// says that they count no more. Returns how many were removed.
    /// </summary>
    public static long Forget(WriteSession write, ulong unit)
    {
        Store store = write.Store;
        string[] names = [.. store.AnswerLogs()];
        if (names.Length == 0) return 0;
        var forgotten = new ForgottenUnits();
        forgotten.Add(unit, long.MaxValue);
        long removed = 0;
        bool open = false;
        foreach (string name in names)
        {
            if (!IsClosed(store, name))
            {
                open = true;
                removed += RecordsOf(store, name, unit); // they count no more
            }
            else if (IsReadable(store, name)) removed += Rewrite(write, [name], forgotten, long.MinValue);
        }
        if (!open) return removed;
        write.Commit(catalog =>
        {
            ForgottenUnits known = ForgottenUnits.Read(catalog);
            known.Add(unit, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            known.Write(catalog);
        });
        return removed;
    }

    private static long RecordsOf(Store store, string name, ulong unit)
    {
        long count = 0;
        try
        {
            using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
            AnswerLog.Read(file, (in AnswerRecord record) => count += record.Unit == unit ? 1 : 0);
        }
        catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
            or ErrorCode.NotFound)
        {
            // `verify` names it.
        }
        return count;
    }

    private static void Keep(WriteSession write, long beforeMs)
    {
        Store store = write.Store;
        string[] names = [.. store.AnswerLogs()];
        if (names.Length == 0) return;
        DeleteReplaced(store, names);
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Trim(store, now);
        names = [.. store.AnswerLogs()];
        ForgottenUnits forgotten = store.ReadCatalog(ForgottenUnits.Read);
        string[] closed = [.. names.Where(name => IsClosed(store, name))];
        string[] readable = [.. closed.Where(name => IsReadable(store, name))];
        if (!forgotten.IsEmpty || beforeMs != long.MinValue)
        {
            foreach (string name in readable) Rewrite(write, [name], forgotten, beforeMs);
        }
        if (!forgotten.IsEmpty)
        {
            long oldestOpen = long.MaxValue;
            foreach (string name in names.Except(closed))
            {
                StoreNames.IsAnswerLog(name, out long begun, out _);
                oldestOpen = Math.Min(oldestOpen, begun);
            }
            if (forgotten.RemoveBefore(oldestOpen)) write.Commit(forgotten.Write);
        }
        string[] small = [.. store.AnswerLogs().Where(name => readable.Contains(name)
            && store.FileSystem.FileLength(Path.Combine(store.EventsDirectory, name)) < SmallBytes)];
        if (small.Length >= Most)
            Rewrite(write, small, new ForgottenUnits(), Math.Max(beforeMs, now - RetentionMs));
    }

    /// <summary>
    /// One log of what is kept of others, in their place. Of a single log that keeps everything nothing is
    /// done. Returns the records left out.
    /// </summary>
    private static long Rewrite(
        WriteSession write, string[] names, ForgottenUnits forgotten, long beforeMs)
    {
        Store store = write.Store;
        FileSystem fs = store.FileSystem;
        long removed = 0, kept = 0, newest = 0;
        var nonces = new ulong[names.Length];
        var lengths = new long[names.Length];
        bool Drops(in AnswerRecord record) => record.Kind == AnswerRecordKind.Replaces
            || record.Id.TimeMs < beforeMs || forgotten.Has(record.Unit, record.Id.TimeMs);
        for (int i = 0; i < names.Length; i++)
        {
            StoreNames.IsAnswerLog(names[i], out long begun, out nonces[i]);
            newest = Math.Max(newest, begun);
            using MappedFile file = fs.Map(Path.Combine(store.EventsDirectory, names[i]));
            lengths[i] = file.Length;
            AnswerLog.Read(file, (in AnswerRecord record) =>
            {
                if (!Drops(record)) kept++;
                else if (record.Kind != AnswerRecordKind.Replaces) removed++;
            });
        }
        if (names.Length == 1 && removed == 0) return 0;
        if (kept > 0)
        {
            string name = StoreNames.AnswerLog(newest, BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
            StoreNames.IsAnswerLog(name, out _, out ulong nonce);
            string temporary = store.TemporaryEventsPath(name);
            using (WritableFile target = fs.Create(temporary))
            {
                target.Append(AnswerLog.EncodeHeader(nonce));
                var replaces = new VarintWriter();
                AnswerLog.Replaces(replaces, nonces);
                target.Append(replaces.Written);
                foreach (string from in names)
                {
                    using MappedFile file = fs.Map(Path.Combine(store.EventsDirectory, from));
                    AnswerLog.Read(file, (in AnswerRecord record) =>
                    {
                        if (!Drops(record)) target.Append(record.Whole);
                    });
                }
                target.Sync();
            }
            fs.Rename(temporary, Path.Combine(store.EventsDirectory, name));
            fs.SyncDirectory(store.EventsDirectory);
        }
        for (int i = 0; i < names.Length; i++) Delete(store, names[i], lengths[i]);
        fs.SyncDirectory(store.EventsDirectory);
        return removed;
    }

    /// <summary>What a crash has left of a rewriting.</summary>
    private static void DeleteReplaced(Store store, string[] names)
    {
        HashSet<long> replaced = Replaced(store, names);
        if (replaced.Count == 0) return;
        foreach (string name in names)
        {
            StoreNames.IsAnswerLog(name, out _, out ulong nonce);
            if (replaced.Contains((long)nonce)) Delete(store, name, null);
        }
    }

    /// <summary>Nonces of logs that another one replaces. Its first record says so.</summary>
    public static HashSet<long> Replaced(Store store, string[] names)
    {
        var replaced = new HashSet<long>();
        foreach (string name in names)
        {
            try
            {
                using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
                AnswerLog.ReadFirst(file, (in AnswerRecord record) =>
                {
                    for (int at = 0; at < record.Logs.Length; at += sizeof(ulong))
                        replaced.Add(BitConverter.ToInt64(record.Logs[at..]));
                });
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
                or ErrorCode.NotFound)
            {
                // Damaged, of a later build or gone: it says nothing of others.
            }
        }
        return replaced;
    }

    private static bool IsClosed(Store store, string name) =>
        store.FileSystem.TryExclusive(Path.Combine(store.EventsDirectory, name), () => { });

    /// <summary>What is damaged, of a later build or gone is left as it is: `verify` names it.</summary>
    private static bool IsReadable(Store store, string name)
    {
        try
        {
            using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
            AnswerLog.ReadFirst(file, static (in AnswerRecord _) => { });
            return true;
        }
        catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
            or ErrorCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Only at the length it was read with; null = whatever it is.</summary>
    private static void Delete(Store store, string name, long? length)
    {
        string path = Path.Combine(store.EventsDirectory, name);
        store.FileSystem.TryExclusive(path, () =>
        {
            if (length is null || store.FileSystem.FileLength(path) == length)
                store.FileSystem.DeleteFile(path);
        });
    }
}
