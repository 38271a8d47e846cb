// New events folded into a new version without training: what is counted is counted again over the whole log,
// in the rows of the active version; what was learned (vectors, indexes, rankers, traits, the model of users)
// is copied. Items the version does not know stay live until the next training. With customers only
// histories and customers are made anew.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.People;

/// <summary>One refresh of the active version.</summary>
internal sealed class RefreshRun(Store store, bool customersOnly, int threads, ProgressScope progress)
{
    private static readonly string[] OfCustomers = [HistoryTable.FileName, CustomerTable.FileName];

    private static readonly string[] Counted =
    [
        .. OfCustomers, ItemTable.FileName, PopularityTable.FileName, ActionPopularityTable.FileName,
        ItemStatistics.FileName, CovisitationTable.FileName, ActionCovisitationTable.FileName,
        SessionNeighborIndex.FileName, CategoryTable.FileName,
    ];

    /// <summary>Adopts live logs, then publishes the new version.</summary>
    public RefreshReport Run()
    {
        using WriteSession write = store.BeginWrite();
        LiveLogAdopter.Run(write, progress);
        return Run(write);
    }

    /// <summary>As <see cref="Run()"/>, by who holds the lock and has adopted.</summary>
    public RefreshReport Run(WriteSession write)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        long parent = VersionCatalog.ActiveNumber(store);
        ModelVersion old = (parent == 0 ? null : VersionCatalog.Find(store, parent))
            ?? throw new EmbedEngineException(
                ErrorCode.NoModel, $"{store.Path}: nothing was trained yet; call train first");
        TrainOptions options = Manifest.ReadOptions(old.Manifest);
        IReadOnlyList<SegmentRecord> segments = EventLog.Segments(store);
        SessionCorpus corpus = SessionCorpus.Load(
            store.FileSystem, [.. segments.Select(s => Path.Combine(store.EventsDirectory, s.File))],
                progress);
        long number = VersionCatalog.NextNumber(store);
        string temporary = store.TemporaryVersionPath("refresh");
        if (store.FileSystem.DirectoryExists(temporary)) store.FileSystem.DeleteDirectory(temporary);
        store.FileSystem.CreateDirectory(temporary);
        var sink = new ArtifactSink(store.FileSystem, temporary, number);
        string source = store.VersionDirectory(parent);
        string[] renewed = customersOnly ? OfCustomers : Counted;
        Copy(source, sink, renewed);
        long unknown;
        using (VersionData data = VersionData.Open(store.FileSystem, source, parent, VerifyLevel.Header))
            unknown = Make(data, corpus, sink, TrainSettings.Resolve(options));
        progress.Begin("publish", 0, "files");
        progress.ThrowIfCancelled(); // the last moment at which nothing has happened
        HashSet<string> learned = Manifest.SegmentFiles(old.Manifest);
        var version = new VersionRecord(
            number, parent, VersionCatalog.NameFor(store, null, number), DateTimeOffset.UtcNow, "",
            sink.Finished);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        string manifest = Manifest.Refreshed(
            old, version, segments, [.. sink.Finished.Select(a => a.Name).Where(renewed.Contains)],
            progress.StageSeconds, seconds);
        VersionCatalog.Publish(write, temporary, version with { Manifest = manifest }, makeActive: true);
        progress.Complete();
        return new RefreshReport
        {
            Version = number,
            Parent = parent,
            NewEvents = segments.Where(s => !learned.Contains(s.File) && !s.Rewritten).Sum(s => s.Events),
            UnknownItemEvents = unknown,
            Users = sink.Finished.Find(a => a.Name == HistoryTable.FileName)?.Rows ?? 0,
            Renewed = [.. sink.Finished.Select(a => a.Name).Where(renewed.Contains)],
            Seconds = seconds,
        };
    }

    private void Copy(string source, ArtifactSink sink, string[] renewed)
    {
        string[] names = [.. store.FileSystem.List(source)
            .Where(f => f.EndsWith(ArtifactNames.Extension, StringComparison.Ordinal))
            .Select(f => f[..^ArtifactNames.Extension.Length]).Except(renewed)];
        progress.Begin("copy", names.Length, "files");
        foreach (string name in names)
        {
            using MappedFile file =
                store.FileSystem.Map(Path.Combine(source, name + ArtifactNames.Extension));
            ArtifactCopy.Run(file, name, sink, sink.Version);
            progress.Add(1);
            progress.Poll();
        }
        progress.End();
    }

    /// <summary>Makes what is renewed; returns the events of items that the version does not know.</summary>
    private long Make(VersionData data, SessionCorpus corpus, ArtifactSink sink, TrainSettings settings)
    {
        StoreKeys keys = StoreKeys.Load(store);
        int[] rowOf = data.Items.RowsOfOrdinals();
        int[] all = [.. Enumerable.Range(0, corpus.SessionCount)];
        TrainingSet set =
            RowAssignment.Known(corpus, all, rowOf, data.RowCount, keys.Actions, out long unknown);
        TrainingSet popular = settings.Popularity.ShortSessions
            ? RowAssignment.WithShort(set, corpus, cutMs: null, rowOf, keys.Actions) : set;
        var context = new BuildContext(set, sink, settings, settings.SkipGram, threads, "", progress)
        {
            Popular = popular, Actions = keys.Actions, Categories = ItemCategories.Load(store, keys.Items),
            Ordinals = data.Items.Ordinals.ToArray(), RowOfOrdinal = rowOf,
            Histories = UserHistories.Of(corpus), UserKeys = keys.Users, Corpus = corpus, Sessions = all,
            UserKind = UserKindChoice.Default,
        };
        if (!customersOnly)
        {
            progress.Begin("statistics", 0, "rows");
            var counts = new int[data.RowCount];
            foreach (int row in set.Rows) counts[row]++;
            ItemTable.Write(sink, context.Ordinals, counts, keys.Items, keys.Actions);
            PopularityTable.Write(sink, set, popular, settings);
            ItemStatistics.Write(sink, set, keys.Actions.KindsByCode());
            progress.End();
            CategoryStage.Run(context);
            CovisitationStage.Run(context);
            ActionCovisitationStage.Run(context);
            SessionNeighborStage.Run(context);
            ActionPopularityStage.Run(context);
        }
        HistoryStage.Run(context);
        CustomerStage.Run(context);
        return unknown;
    }
}
