using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Online;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>`compact`: one rewriting of the log, with retention by age.</summary>
internal static class CompactRun
{
    public static CompactReport Run(Store store, TimeSpan? retention, ProgressScope progress)
    {
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        LiveLogAdopter.Run(write, progress);
        long before = long.MinValue;
        if (retention is TimeSpan span)
        {
            // One event of a clock that runs ahead must not make everything else old.
            long newest = Math.Min(Newest(store), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            if (newest != LogEvent.NoTime) before = newest - (long)Math.Min(span.TotalMilliseconds, newest);
            AnswerLogKeeper.KeepQuietly(write, before);
        }
        return new EventLogRewriter(write, progress).Run(new LogFilter { BeforeMs = before });
    }

    private static long Newest(Store store)
    {
        long newest = LogEvent.NoTime;
        foreach (SegmentRecord segment in EventLog.Segments(store))
        {
            using EventSegmentReader reader =
                EventSegmentReader.Open(store.FileSystem, Path.Combine(store.EventsDirectory, segment.File));
            if (reader.Totals is SegmentTotals totals) newest = Math.Max(newest, totals.MaxTimeMs);
        }
        return newest;
    }
}
