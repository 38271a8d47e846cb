// `import`: each file becomes one segment of the event log, and all files of a call are committed together: a
// bad file late in the list leaves nothing of the earlier ones. New keys, metadata and the import record are
// in the same commit.

using System.Text;
using System.Text.Json;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Runs imports.</summary>
internal static class ImportRun
{
    private const int MaxErrorsShown = 10;
    private const string Spill = "spill";

    private sealed record Pending(EventSource Source, ImportReport Report, string TemporaryPath, long Id);

    public static ImportReport Run(
        Store store, IReadOnlyList<EventSource> sources, ImportOptions options, ProgressScope progress)
    {
        options.Validate();
        using WriteSession write = store.BeginWrite();
        long unfit = 0;
        ImportReport? adopted = write.CreatedStore ? null : LiveLogAdopter.Run(write, progress, out unfit);
        return Append(write, sources, options, progress) with
        {
            AdoptedEvents = adopted?.Events ?? 0, UnfitEvents = unfit,
        };
    }

    /// <summary>
    /// Appends one segment a source; all of them, their keys and the extra rows in one commit.
    /// </summary>
    public static ImportReport Append(
        WriteSession write, IReadOnlyList<EventSource> sources, ImportOptions options, ProgressScope progress,
        Action<CatalogWriter>? extraRows = null, KeyKind firstUserKind = KeyKind.Unset)
    {
        KeyGuess? guess = null;
        while (true)
        {
            var pending = new List<Pending>();
            try
            {
                return Append(
                    write, sources, options, progress, extraRows, firstUserKind, pending, ref guess);
            }
            catch (KeyKindChangedException e)
            {
                // A pipe is gone once it is read.
                EventSource? gone = sources.Take(pending.Count + 1)
                    .FirstOrDefault(s => s.ColumnData is null && !OutputTarget.IsRepeatable(s.Path));
                if (gone is not null) throw new EmbedEngineException(e.Code, $"{gone.Path}: {e.Message}", e);
                foreach (Pending p in pending) write.Store.FileSystem.DeleteFile(p.TemporaryPath);
                write.Store.FileSystem.DeleteDirectory(write.Store.TemporaryEventsPath(Spill));
            }
        }
    }

    private static ImportReport Append(
        WriteSession write, IReadOnlyList<EventSource> sources, ImportOptions options, ProgressScope progress,
        Action<CatalogWriter>? extraRows, KeyKind firstUserKind, List<Pending> pending, ref KeyGuess? guess)
    {
        Store store = write.Store;
        StoreKeys keys = StoreKeys.Load(store);
        if (keys.Users.Kind == KeyKind.Unset && firstUserKind != KeyKind.Unset)
            keys.Users.SetKind(firstUserKind);
        guess ??= KeyGuess.For(keys.Items.Kind, keys.Users.Kind, options);
        long itemMark = keys.Items.Count;
        long userMark = keys.Users.Count;
        long nextId = store.ReadCatalog(ImportTable.NextId);
        var labels = new EventLabels();
        foreach (EventSource source in sources)
        {
            long id = nextId + pending.Count;
            string temporary = store.TemporaryEventsPath(StoreNames.Segment(id));
            string spill = store.TemporaryEventsPath(Spill);
            store.FileSystem.CreateDirectory(spill);
            ImportReport report = SegmentImport.Run(
                source, options, keys.Items, keys.Users, keys.Actions, store.FileSystem, temporary, spill,
                progress,
                labels.Set, guess: guess);
            store.FileSystem.DeleteDirectory(spill);
            pending.Add(new Pending(source, report, temporary, id));
        }
        // Before the commit: nothing that can fail comes after it, so an import that reports failure is not
        // there.
        ImportReport total = pending.Count == 1 ? pending[0].Report : Sum(store, pending);
        progress.Begin("commit", 0, "rows");
        progress.ThrowIfCancelled(); // the last moment at which nothing has happened
        foreach (Pending p in pending)
        {
            store.FileSystem.Rename(
                p.TemporaryPath, Path.Combine(store.EventsDirectory, StoreNames.Segment(p.Id)));
        }
        store.FileSystem.SyncDirectory(store.EventsDirectory);
        // Before the commit: what is said of items is true whether or not their events get in, and an import
        // that was interrupted between the two can be repeated.
        labels.Save(store, keys.Items);
        write.Commit(catalog =>
        {
            keys.SaveNew(catalog, itemMark, userMark);
            foreach (Pending p in pending) SaveSegment(catalog, store, p);
            if (total.MixedSessions > 0) MetaTable.Add(catalog, MetaTable.MixedSessions, total.MixedSessions);
            extraRows?.Invoke(catalog);
        });
        progress.Complete();
        return total;
    }

    private static ImportReport Sum(Store store, List<Pending> pending)
    {
        Dictionary<string, long> byAction = Sums(pending.SelectMany(p => p.Report.EventsByAction));
        var items = new HashSet<int>();
        foreach (Pending p in pending)
        {
            using EventSegmentReader reader = EventSegmentReader.Open(store.FileSystem, p.TemporaryPath);
            var block = new SegmentBlock();
            while (reader.TryReadBlock(block))
            {
                foreach (LogEvent e in block.Events.AsSpan(0, block.EventCount)) items.Add(e.Item);
            }
        }
        return new ImportReport
        {
            Events = pending.Sum(p => p.Report.Events),
            Sessions = pending.Sum(p => p.Report.Sessions),
            Items = items.Count,
            Rejected = pending.Sum(p => p.Report.Rejected),
            FirstErrors = [.. pending.SelectMany(p => p.Report.FirstErrors).Take(MaxErrorsShown)],
            Seconds = pending.Sum(p => p.Report.Seconds),
            ShortSessions = pending.Sum(p => p.Report.ShortSessions),
            LongSessions = pending.Sum(p => p.Report.LongSessions),
            RobotSessions = pending.Sum(p => p.Report.RobotSessions),
            DuplicateEvents = pending.Sum(p => p.Report.DuplicateEvents),
            MixedSessions = pending.Sum(p => p.Report.MixedSessions),
            EventsByAction = byAction,
            Columns = First(pending.SelectMany(p => p.Report.Columns)),
            UnusedColumns = [.. pending.SelectMany(p => p.Report.UnusedColumns).Distinct()],
            ItemKeys = pending[0].Report.ItemKeys,
            TimeUnit = pending.Select(p => p.Report.TimeUnit).FirstOrDefault(unit => unit is not null),
            FirstMs = pending.Min(p => p.Report.FirstMs),
            LastMs = pending.Max(p => p.Report.LastMs),
            UnknownActions = Sums(pending.SelectMany(p => p.Report.UnknownActions)),
            Warnings = [.. pending.SelectMany(p => p.Report.Warnings)],
        };
    }

    private static Dictionary<string, long> Sums(IEnumerable<KeyValuePair<string, long>> counts)
    {
        var sums = new Dictionary<string, long>();
        foreach ((string name, long count) in counts) sums[name] = sums.GetValueOrDefault(name) + count;
        return sums;
    }

    private static Dictionary<string, string> First(IEnumerable<KeyValuePair<string, string>> columns)
    {
        var first = new Dictionary<string, string>();
        foreach ((string role, string column) in columns) first.TryAdd(role, column);
        return first;
    }

    private static void SaveSegment(CatalogWriter catalog, Store store, Pending pending)
    {
        string file = StoreNames.Segment(pending.Id);
        ImportReport report = pending.Report;
        RejectDuplicate(catalog, pending);
        ImportTable.Add(catalog, new ImportRow(
            pending.Id, pending.Source.Path, report.SourceFingerprint ?? "", DateTimeOffset.UtcNow,
            ToJson(report)));
        SegmentTable.Add(catalog, new SegmentRow(
            pending.Id, pending.Id, file,
            store.FileSystem.FileLength(Path.Combine(store.EventsDirectory, file)), report.Events,
            report.Sessions));
    }

    /// <summary>The same bytes imported twice would count every event twice.</summary>
    private static void RejectDuplicate(CatalogReader catalog, Pending pending)
    {
        if (pending.Report.SourceFingerprint is not string fingerprint) return;
        if (ImportTable.EarlierOf(catalog, fingerprint) is not string earlier) return;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{pending.Source.Path}: the same content was imported before, from {earlier}; nothing was "
            + "imported");
    }

    private static string ToJson(ImportReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("events", report.Events);
            json.WriteNumber("sessions", report.Sessions);
            json.WriteNumber("items", report.Items);
            json.WriteNumber("rejected", report.Rejected);
            json.WriteNumber("seconds", report.Seconds);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
