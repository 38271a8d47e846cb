// `health`: everything that goes wrong in silence, each measured against a threshold, and whether to train
// again. Nothing is changed, no lock is taken.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Upkeep;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>One look at a store.</summary>
/// <param name="store">The store.</param>
/// <param name="served">The version that answers; null = none.</param>
/// <param name="problem">Why the active version does not; null = it does.</param>
/// <param name="catalogue">The catalogue; null = there is none to ask.</param>
/// <param name="now">The moment ages are counted from.</param>
/// <param name="threads">Threads.</param>
/// <param name="progress">Progress and cancellation.</param>
internal sealed class HealthRun(
    Store store, ServedVersion? served, string? problem, AttributeSnapshot? catalogue, DateTimeOffset now,
    int threads, ProgressScope progress)
{
    private const ulong Seed = 42;

    /// <summary>Share of recent events on items without a history above which to train again.</summary>
    private const double MostNew = 0.05;

    /// <summary>Fewer recent events than this are no share.</summary>
    private const int FewestRecent = 20;

    /// <summary>Fewer recent events than this are no distribution.</summary>
    private const int FewestForDrift = 1000;

    private const double DaysWithoutGap = 30;
    private const double LeastDays = 1;
    private const int FewestGaps = 3;
    private const double LeastGapDays = 1.0 / 24;

    /// <summary>Gaps between trainings after which a version is old.</summary>
    private const double MostGaps = 2;

    private const double MostBacklog = 0.05;
    private const long FewestBacklog = 10_000;

    private readonly HealthList _list = new();
    private readonly List<string> _reasons = [];
    private readonly List<string> _causes = [];

    public HealthReport Run()
    {
        HashSet<string> counted = served is null ? []
            : Manifest.CountedSegmentFiles(served.Version.Manifest);
        bool[] known = served is null ? [] : Known(served.Data);
        bool IsKnown(int ordinal) => ordinal < known.Length && known[ordinal];
        // What a rewriting made may hold anything; it is nothing new.
        bool IsOld(SegmentRecord segment) => counted.Contains(segment.File) || segment.Rewritten;
        LogSurvey log = LogSurvey.Read(store, IsOld, served is null ? null : IsKnown, progress);
        List<LiveEvent> pending = LogSurvey.Pending(store);
        StoreInfo info = StoreInfoReader.Read(store);
        OfServing();
        LogHealth.OfCounts(
            _list, log, store.ReadCatalog(c => MetaTable.Number(c, MetaTable.MixedSessions) ?? 0),
            StoreKeys.Load(store));
        (SessionCorpus? all, SessionCorpus? recent) = Sessions(IsOld);
        if (all is not null) LogHealth.OfSessions(_list, all, recent, Seed, progress);
        if (served is not null)
        {
            OfNewItems(log, pending, served.Data);
            if (recent is not null) OfRecent(recent, IsOld, IsKnown);
            VersionHealth.OfCatalogue(_list, served.Data, catalogue);
            progress.Begin("spaces", 0, "spaces");
            VersionHealth.OfSpaces(_list, served.Data, progress);
            progress.End();
            OfVersions(served.Version, log.RecentEvents + pending.Count);
        }
        OfStore(info, log, pending.Count);
        return new HealthReport
        {
            Version = served?.Version.Number ?? 0, Checks = _list.Checks,
            Retrain = new RetrainAdvice(_reasons.Count > 0, _reasons, _causes),
        };
    }

    /// <summary>Items that the version has events of, by ordinal.</summary>
    private static bool[] Known(VersionData data)
    {
        int[] rowOf = data.Items.RowsOfOrdinals();
        var known = new bool[rowOf.Length];
        for (int o = 0; o < rowOf.Length; o++) known[o] = rowOf[o] >= 0 && data.Items.Counts[rowOf[o]] > 0;
        return known;
    }

    /// <summary>All sessions that are learned from, and those since the version; null = none.</summary>
    private (SessionCorpus? All, SessionCorpus? Recent) Sessions(Func<SegmentRecord, bool> isOld) =>
        EventLog.Read(store, segments =>
        {
            SessionCorpus? Load(Func<SegmentRecord, bool> takes)
            {
                string[] paths = [.. segments.Where(takes)
                    .Select(s => Path.Combine(store.EventsDirectory, s.File))];
                if (paths.Length == 0) return null;
                SessionCorpus corpus = SessionCorpus.Load(store.FileSystem, paths, progress);
                return corpus.SessionCount == 0 ? null : corpus;
            }
            SessionCorpus? all = Load(_ => true);
            bool grew = served is not null && segments.Any(s => !isOld(s));
            return (all, grew ? Load(s => !isOld(s)) : null);
        });

    private void OfServing()
    {
        _list.AtLeast(
            "serving", problem is not null ? $"whether the active version can be opened: {problem}"
                : "whether a version answers", served is not null && problem is null ? 1 : 0, 1,
            "without one there are no recommendations",
            problem is not null
                ? "embedengine verify STORE --full names the damage; embedengine rollback STORE, or train"
                : "embedengine train STORE");
        if (served is null || problem is not null)
            Advise("serving", problem ?? "nothing was trained yet: train now");
    }

    private void OfNewItems(LogSurvey log, List<LiveEvent> pending, VersionData data)
    {
        (long events, long unknown) = (log.RecentEvents + pending.Count, log.RecentNew);
        foreach (LiveEvent e in pending)
        {
            bool has = data.Items.TryFind(Encoding.UTF8.GetBytes(e.Item), out int row)
                && data.Items.Counts[row] > 0;
            if (!has) unknown++;
        }
        if (events < FewestRecent) return;
        double share = (double)unknown / events;
        _list.AtMost(
            "new_items", string.Create(HealthList.Invariant,
                $"share of the {events} events since the training that are on items it has none of"),
            share, MostNew, "a twentieth of what people look for",
            "embedengine train STORE; until then embedengine refresh STORE counts them, and a catalogue with "
            + "texts places them");
        if (share > MostNew)
        {
            Advise("new_items", string.Create(HealthList.Invariant,
                $"{share:P1} of the {events} events since the training are on items that the version knows "
                + $"nothing of: train now"));
        }
    }

    /// <summary>
    /// Popularity of what came since, among items that the version knows: new ones are a reason of their own.
    /// </summary>
    private void OfRecent(
        SessionCorpus recent, Func<SegmentRecord, bool> isOld, Func<int, bool> isKnown)
    {
        if (recent.EventCount < FewestForDrift) return;
        SessionCorpus? before = EventLog.Read(store, segments =>
        {
            string[] paths = [.. segments.Where(isOld)
                .Select(s => Path.Combine(store.EventsDirectory, s.File))];
            return paths.Length == 0 ? null : SessionCorpus.Load(store.FileSystem, paths, progress);
        });
        if (before is null || before.SessionCount == 0) return;
        var dealt = new DealtSessions(before, recent, isKnown, disjoint: true);
        DriftNull band = dealt.Null(Seed, threads, progress);
        double js = Evaluation.Divergence.Of(dealt.From, dealt.To).Js;
        _list.AtMost(
            "drift", string.Create(HealthList.Invariant,
                $"Jensen-Shannon divergence of popularity in the {recent.EventCount} events since the "
                + $"training from that before, among known items"),
            js, band.Js.High, "the 97.5th percentile of sessions dealt to the two by chance",
            "embedengine train STORE; embedengine drift STORE then shows what moved");
        if (js > band.Js.High)
        {
            Advise("drift", string.Create(HealthList.Invariant,
                $"what is popular has changed since the training (JS divergence {js:0.####}, by chance at "
                + $"most {band.Js.High:0.####}): train now"));
        }
    }

    private void OfVersions(ModelVersion version, long recent)
    {
        List<ModelVersion> versions = VersionCatalog.List(store);
        List<long> line = VersionCatalog.Lineage(store, version.Number);
        VersionHealth.OfFigures(
            _list, version, line.Count > 1 ? versions.Find(v => v.Number == line[1]) : null);
        // A refresh counts, it does not learn: ages and gaps are those of trainings.
        List<ModelVersion> trained = versions.FindAll(v => !Manifest.IsRefreshed(v.Manifest));
        version = trained.FindLast(v => line.Contains(v.Number)) ?? version;
        var gaps = new List<double>();
        for (int i = 1; i < trained.Count; i++)
            gaps.Add((trained[i].CreatedAt - trained[i - 1].CreatedAt).TotalDays);
        gaps.Sort();
        // Two trainings of one afternoon are no rhythm.
        if (gaps.Count < FewestGaps || gaps[gaps.Count / 2] < LeastGapDays) gaps.Clear();
        double limit = gaps.Count == 0 ? DaysWithoutGap
            : Math.Max(LeastDays, MostGaps * gaps[gaps.Count / 2]);
        double days = Math.Max(0, (now - version.CreatedAt).TotalDays);
        _list.AtMost(
            "version_age", $"days since version {version.Number} was made", days, limit,
            gaps.Count == 0 ? "a month, until there are trainings to go by"
                : "twice the median gap between the versions of this store, at least a day",
            "embedengine train STORE, by a timer of the system");
        if (days > limit && recent > 0)
        {
            Advise("age", string.Create(HealthList.Invariant,
                $"version {version.Number} is {days:0.0} days old, beyond the {limit:0.0} days that lie "
                + $"between trainings here, and {recent} events came since: train now"));
        }
    }

    private void OfStore(StoreInfo info, LogSurvey log, int pending)
    {
        _list.AtMost(
            "live_backlog", "observed events that are in no segment of the log yet", pending,
            Math.Max(FewestBacklog, Math.Floor(MostBacklog * log.Events)),
            "a twentieth of the log, at least 10,000",
            "embedengine refresh STORE (counts them at once) or embedengine train STORE takes them up");
        _list.AtMost(
            "set_aside", info.SetAside.Count == 0 ? "live logs that could not be read and were set aside"
                : $"live logs that could not be read and were set aside: {string.Join(", ", info.SetAside)}",
            info.SetAside.Count, 0, "nothing of a log should be lost",
            "embedengine verify STORE --full says what is wrong; keep the files for who wrote them, then "
            + "delete them");
        _list.AtMost(
            "unfit_events", "share of the events that were observed with keys of another kind than the log's",
            (double)info.UnfitEvents / Math.Max(1, info.UnfitEvents + log.Events), .01,
            "one in a hundred is a typing mistake, more is a program",
            "observe with keys as the log has them: embedengine info STORE says item_keys");
        if (FreeBytes() is not { } free) return;
        double needed = 3.0 * info.ArtifactBytes / Math.Max(1, info.Versions) + info.LogBytes;
        _list.AtLeast(
            "disk", string.Create(HealthList.Invariant,
                $"free bytes over the {needed:0} that a training and a compaction may take"),
            free / Math.Max(1, needed), 1, "three builds of a mean version's size, and the log once more",
            "embedengine collect STORE --keep 3 removes old versions, embedengine compact STORE "
            + "--keep-days 365 old events");
    }

    private double? FreeBytes()
    {
        try
        {
            return new DriveInfo(store.Path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private void Advise(string cause, string reason)
    {
        _causes.Add(cause);
        _reasons.Add(reason);
    }
}
