// Counts what is in a log of one moment. First what events tell by themselves and which records are pieces of
// one session, then the sessions, then, where it must be, the gaps between events once more. Takes no lock:
// it begins again where the log was rewritten under it.

using System.Diagnostics;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Counts what is in a log; used once.</summary>
internal sealed class ExploreRun(Store store, ExploreOptions options, ProgressScope progress)
{
    private const int MaxAttempts = 10;

    private long _items;
    private long _users;

    public ExploreReport Run()
    {
        long started = Stopwatch.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            LogState state = Read(out ActionTable actions);
            try
            {
                LiveBlock? live = options.Live
                    ? LiveBlock.Read(store, state.Adopted, progress.Cancellation) : null;
                // What was adopted while it was read would be missing here, or be there twice.
                if (live is not null && attempt < MaxAttempts && !Read(out _).Equals(state)) continue;
                if (live is { Block.SessionCount: > 0 }) actions = live.Actions;
                return Count(new LogReader(store, state.Segments, live), actions, live, started);
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && attempt < MaxAttempts
                && !Read(out _).Equals(state))
            {
                // Compacted, adopted, or something was forgotten: the newer state names files that are there.
            }
        }
    }

    private LogState Read(out ActionTable actions)
    {
        var found = new ActionTable();
        LogState state = store.ReadCatalog(catalog =>
        {
            CatalogSeals.Check(catalog, LiveLogTable.Table, MetaTable.Table);
            string? json = MetaTable.Get(catalog, MetaTable.Actions);
            found = json is null ? new ActionTable() : ActionTable.FromJson(json, catalog.File);
            // A store of an older build does not say how many there are.
            _items = MetaTable.Number(catalog, MetaTable.ItemCount) ?? long.MaxValue;
            _users = MetaTable.Number(catalog, MetaTable.UserCount) ?? long.MaxValue;
            return new LogState(EventLog.Segments(catalog), LiveLogTable.All(catalog));
        });
        actions = found;
        return state;
    }

    private ExploreReport Count(LogReader log, ActionTable actions, LiveBlock? live, long started)
    {
        var events = new EventCounts();
        var index = new SessionIndex(log.Headers, log.TextKeys);
        int segments = log.Headers.Length - (live is { Block.SessionCount: > 0 } ? 1 : 0);
        log.Read("count", progress, (segment, block) =>
        {
            if (segment < segments) Check(log, segment, block);
            events.Add(block);
            index.Add(segment, block);
        });
        index.Join(progress);
        var walk = new SessionWalk(log, index, progress);
        byte[] steps = Steps(actions, events);
        var sessions = new SessionCounts(events.ByItem.Length, steps);
        walk.Run("sessions", sessions);
        sessions.Gaps.Locate();
        while (sessions.Gaps.IsOpen)
        {
            walk.Run("gaps", new GapRefinement(sessions.Gaps));
            sessions.Gaps.Narrow();
        }
        return new ExploreSummary(events, sessions, actions, steps, live, options)
            .Report(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Actions that have events and count for something, by weight.</summary>
    private static byte[] Steps(ActionTable actions, EventCounts events)
    {
        var steps = new List<byte>();
        for (int code = 0; code < actions.Count; code++)
        {
            if (events.ByAction[code] == 0 || actions.Weight((byte)code) <= 0) continue;
            int at = steps.Count;
            while (at > 0 && actions.Weight(steps[at - 1]) > actions.Weight((byte)code)) at--;
            steps.Insert(at, (byte)code);
        }
        return [.. steps];
    }

    /// <summary>
    /// Checksums tell of damage, not of who wrote what: ordinals that nobody gave out and times of no year
    /// would ask for memory of any size.
    /// </summary>
    private void Check(LogReader log, int segment, SegmentBlock block)
    {
        bool timed = log.Headers[segment].HasTimes;
        int at = 0;
        for (int s = 0; s < block.SessionCount; s++)
        {
            if (block.Users[s] >= _users) throw Bad(log, segment, $"a user {block.Users[s]}");
            long time = 0;
            foreach (LogEvent e in block.Events.AsSpan(at, block.EventCounts[s]))
            {
                if (e.Item >= _items) throw Bad(log, segment, $"an item {e.Item}");
                if (!timed) continue;
                if (e.TimeMs < time || e.TimeMs > TimeText.MaxTimeMs)
                    throw Bad(log, segment, $"a time {e.TimeMs} where none can be");
                time = e.TimeMs;
            }
            at += block.EventCounts[s];
        }
    }

    private static EmbedEngineException Bad(LogReader log, int segment, string what) => new(
        ErrorCode.Corrupt, $"{log.PathOf(segment)}: damaged: it has {what}, which its store does not know");
}
