// Compaction, retention and forgetting are one thing: every segment is read block by block, what is to go is
// left out, and the rest is written anew, one segment for each run of segments with the same header. New
// files under temporary names → fsync → rename → ONE commit that swaps the catalog's rows → the old files are
// deleted. A kill before the commit leaves the old log, one after it files that the next writer sweeps. A
// reader that opens the old files at that moment finds them gone and takes the list again: EventLog.Read.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>What a rewriting leaves out.</summary>
internal sealed record LogFilter
{
    /// <summary>Events before this time go; events without a time stay.</summary>
    public long BeforeMs { get; init; } = long.MinValue;

    /// <summary>Sessions of this user go; −1 = none.</summary>
    public int User { get; init; } = -1;

    /// <summary>Events of this item go; −1 = none.</summary>
    public int Item { get; init; } = -1;

    public bool Keeps(in LogEvent e) =>
        e.Item != Item && (e.TimeMs == LogEvent.NoTime || e.TimeMs >= BeforeMs);
}

/// <summary>Rewrites the event log of a store.</summary>
internal sealed class EventLogRewriter(WriteSession write, ProgressScope progress)
{
    private readonly Store _store = write.Store;
    private readonly List<Group> _groups = [];
    private long _removedEvents;
    private long _removedSessions;

    /// <summary>Segments of one header and the segment they become.</summary>
    private sealed record Group(
        SegmentHeader Header, long Id, string TemporaryPath, EventSegmentWriter Writer)
    {
        public long RowBase { get; set; }

        public long NextRow { get; set; }

        public long ImportId { get; set; }

        public SegmentTotals Totals { get; set; }
    }

    /// <summary>Rewrites and commits; extra rows go into the same commit.</summary>
    public CompactReport Run(LogFilter filter, Action<CatalogWriter>? extraRows = null)
    {
        IReadOnlyList<SegmentRecord> old = EventLog.Segments(_store);
        progress.Begin("compact", old.Sum(s => s.Length), "bytes");
        try
        {
            foreach (SegmentRecord segment in old) Copy(segment, filter);
            if (_groups.Count > 0) _groups[^1].Totals = _groups[^1].Writer.Finish();
        }
        finally
        {
            foreach (Group group in _groups) group.Writer.Dispose();
        }
        Group[] kept = [.. _groups.Where(g => g.Totals.Events > 0)];
        long length = 0;
        foreach (Group group in kept)
        {
            _store.FileSystem.Rename(group.TemporaryPath, PathOf(group.Id));
            length += _store.FileSystem.FileLength(PathOf(group.Id));
        }
        _store.FileSystem.SyncDirectory(_store.EventsDirectory);
        write.Commit(catalog =>
        {
            SegmentTable.Clear(catalog);
            foreach (Group group in kept) Save(catalog, group);
            extraRows?.Invoke(catalog);
        });
        foreach (SegmentRecord segment in old)
            _store.FileSystem.DeleteFile(Path.Combine(_store.EventsDirectory, segment.File));
        foreach (Group group in _groups.Except(kept)) _store.FileSystem.DeleteFile(group.TemporaryPath);
        // What is to be forgotten must not come back with a power cut.
        _store.FileSystem.SyncDirectory(_store.EventsDirectory);
        progress.End();
        return new CompactReport
        {
            SegmentsBefore = old.Count,
            SegmentsAfter = kept.Length,
            BytesBefore = old.Sum(s => s.Length),
            BytesAfter = length,
            RemovedEvents = _removedEvents,
            RemovedSessions = _removedSessions,
        };
    }

    private void Copy(SegmentRecord segment, LogFilter filter)
    {
        using EventSegmentReader reader =
            EventSegmentReader.Open(_store.FileSystem, Path.Combine(_store.EventsDirectory, segment.File));
        Group group = GroupOf(reader.Header);
        // First rows count on from segment to segment: they are what orders sessions where there are no
        // times.
        group.RowBase = group.NextRow;
        group.ImportId = segment.Id;
        var block = new SegmentBlock();
        var events = new List<LogEvent>();
        long before = reader.Position;
        while (reader.TryReadBlock(block))
        {
            int at = 0;
            for (int s = 0; s < block.SessionCount; s++)
            {
                Copy(group, block, s, block.Events.AsSpan(at, block.EventCounts[s]), filter, events);
                at += block.EventCounts[s];
            }
            progress.Add(reader.Position - before);
            before = reader.Position;
            progress.Poll();
        }
    }

    private void Copy(
        Group group, SegmentBlock block, int s, ReadOnlySpan<LogEvent> source, LogFilter filter,
        List<LogEvent> events)
    {
        group.NextRow = Math.Max(group.NextRow, group.RowBase + block.FirstRows[s] + source.Length);
        events.Clear();
        if (filter.User < 0 || !group.Header.HasUsers || block.Users[s] != filter.User)
        {
            foreach (LogEvent e in source)
            {
                if (filter.Keeps(e)) events.Add(e);
            }
        }
        _removedEvents += source.Length - events.Count;
        if (events.Count == 0)
        {
            _removedSessions++;
            return;
        }
        bool text = group.Header.SessionKeys == KeyKind.Text;
        group.Writer.Add(new SessionRecord
        {
            Key = text ? 0 : block.Keys[s],
            TextKey = text
                ? block.KeyBytes.AsSpan((int)block.Keys[s], (int)(block.Keys[s + 1] - block.Keys[s]))
                    : default,
            User = group.Header.HasUsers ? block.Users[s] : -1,
            FirstRow = group.RowBase + block.FirstRows[s],
            Events = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(events),
        });
    }

    private Group GroupOf(SegmentHeader header)
    {
        // Only neighbours become one segment. The order of segments is the order of sessions where times are
        // missing or equal, and a session in several takes the rules of its latest: joining across another
        // header would change both.
        Group? group = _groups.LastOrDefault();
        if (group?.Header == header) return group;
        if (group is not null) group.Totals = group.Writer.Finish();
        long id = _store.ReadCatalog(ImportTable.NextId) + _groups.Count;
        string temporary = _store.TemporaryEventsPath(StoreNames.Segment(id));
        group = new Group(
            header, id, temporary, new EventSegmentWriter(_store.FileSystem, temporary, header));
        _groups.Add(group);
        return group;
    }

    private void Save(CatalogWriter catalog, Group group)
    {
        // A row in `import` keeps numbers of segments from being used twice.
        ImportTable.AddRewriting(catalog, group.Id, DateTimeOffset.UtcNow);
        SegmentTable.Add(catalog, new SegmentRow(
            group.Id, group.ImportId, StoreNames.Segment(group.Id),
            _store.FileSystem.FileLength(PathOf(group.Id)), group.Totals.Events, group.Totals.Sessions));
    }

    private string PathOf(long id) => Path.Combine(_store.EventsDirectory, StoreNames.Segment(id));
}
