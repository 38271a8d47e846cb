// One import: source -> rows -> sessions -> one finished segment file, or nothing at all: an import that
// fails deletes its file and takes back every key and action it added.

using System.Diagnostics;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>Runs imports.</summary>
internal static class SegmentImport
{
    /// <summary>
    /// Imports one source into a new segment; stage <c>import</c> in bytes of the input file.
    /// </summary>
    /// <param name="source">What to read.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="items">The store's item keys; new ones are added.</param>
    /// <param name="users">The store's user keys; new ones are added.</param>
    /// <param name="actions">The store's actions; the caller's map is applied, new ones are added.</param>
    /// <param name="fs">Where the segment and spilled runs are written.</param>
    /// <param name="segmentPath">The file to make; it must not exist. Its directory is the caller's to
    /// sync. Null with <paramref name="makeSink"/>.</param>
    /// <param name="tempDirectory">For sorted runs; made when needed, files in it are deleted again.</param>
    /// <param name="progress">Progress and cancellation.</param>
    /// <param name="metadata">Receives categories and titles after success.</param>
    /// <param name="sortCapacity">Rows sorted in memory before a run is spilled.</param>
    /// <param name="guess">Which kinds of keys are still open; null = none.</param>
    /// <param name="makeSink">Takes the sessions in place of a segment.</param>
    /// <exception cref="EmbedEngineException">NotFound, BadInput, KeyKind, Io or Cancelled; nothing is left
    /// behind.</exception>
    public static ImportReport Run(
        EventSource source, ImportOptions options, KeyDictionary items, KeyDictionary users,
        ActionTable actions,
        FileSystem fs, string? segmentPath, string tempDirectory, ProgressScope progress,
        ItemMetadataHandler? metadata = null, int sortCapacity = EventSorter.DefaultCapacity,
        KeyGuess? guess = null, Func<SegmentHeader, ISessionSink>? makeSink = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        long started = Stopwatch.GetTimestamp();
        (long itemMark, KeyKind itemKind) = (items.Count, items.Kind);
        (long userMark, KeyKind userKind) = (users.Count, users.Kind);
        ActionTable before = actions.Clone();
        EventSegmentWriter? writer = null;
        bool finished = false;
        try
        {
            actions.Apply(options.Actions);
            var context = new ImportContext
            {
                Options = options,
                Items = items,
                Users = users,
                Actions = actions,
                Guess = guess ?? KeyGuess.Settled,
                Rejects = new RejectLog(source.Path, options.MaxErrors, options.Strict),
                Metadata = metadata is null ? null : new ItemMetadata(),
            };
            var pipeline = new SourceReading(context, fs, tempDirectory, progress, sortCapacity);
            SessionAssembler done = pipeline.Run(
                source, makeSink ?? (header => writer = new EventSegmentWriter(fs, segmentPath!, header)));
            progress.Poll();
            writer?.Finish();
            progress.End();
            if (metadata is not null) context.Metadata!.HandOver(metadata);
            finished = true;
            return Report(
                context, done, pipeline.Fingerprint, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        finally
        {
            writer?.Dispose();
            if (!finished)
            {
                TakeBack(items, itemMark, itemKind);
                TakeBack(users, userMark, userKind);
                actions.Restore(before);
                if (writer is not null) DeleteQuietly(fs, segmentPath!);
            }
        }
    }

    /// <summary>
    /// The failure that led here says more than one of cleaning up; the store sweeps orphans when it opens.
    /// </summary>
    private static void DeleteQuietly(FileSystem fs, string path)
    {
        try
        {
            if (fs.FileExists(path)) fs.DeleteFile(path);
        }
        catch (EmbedEngineException)
        {
            // Left for the sweep.
        }
    }

    private static void TakeBack(KeyDictionary keys, long mark, KeyKind kind)
    {
        keys.Truncate(mark);
        if (mark == 0) keys.SetKind(kind);
    }

    private static ImportReport Report(
        ImportContext context, SessionAssembler done, string? fingerprint, double seconds)
    {
        var byAction = new Dictionary<string, long>();
        var unknown = new Dictionary<string, long>();
        for (int code = 0; code < context.Actions.Count; code++)
        {
            if (done.EventsByAction[code] == 0) continue;
            string name = context.Actions.Name((byte)code);
            byAction[name] = done.EventsByAction[code];
            if (context.Actions.Kind((byte)code) != ActionKind.Other) continue;
            unknown[name] = done.EventsByAction[code];
        }
        if (unknown.Count > 0)
        {
            context.Notes.Warn(
                $"actions that are not known keep their names and count 1 each: "
                + $"{string.Join(", ", unknown.Keys.Take(10))} (--actions says what they mean)");
        }
        if (context.UnreadableLabels > 0)
        {
            context.Notes.Warn(
                $"{context.UnreadableLabels} categories and titles are not valid UTF-8 and were left out "
                + "(--encoding says what the file is)");
        }
        context.Notes.End(done);
        return new ImportReport
        {
            Events = done.Events,
            Sessions = done.Sessions,
            Items = context.Touched.Count,
            Rejected = context.Rejects.Rejected,
            FirstErrors = context.Rejects.First,
            Seconds = seconds,
            ShortSessions = done.ShortSessions,
            LongSessions = done.LongSessions,
            RobotSessions = done.RobotSessions,
            DuplicateEvents = done.Duplicates,
            BelowRating = context.BelowRating,
            MixedSessions = done.MixedSessions,
            EventsByAction = byAction,
            Columns = context.Notes.Columns,
            UnusedColumns = context.Notes.Unused,
            ItemKeys = context.Items.Kind,
            TimeUnit = context.Notes.Unit,
            FirstMs = context.Notes.Unit is null || done.Events == 0 ? null : done.FirstMs,
            LastMs = context.Notes.Unit is null || done.Events == 0 ? null : done.LastMs,
            UnknownActions = unknown,
            Warnings = context.Notes.Warnings,
            SourceFingerprint = fingerprint,
        };
    }
}
