// `drift`: two versions of one store, side by side. Popularity against what chance gives; spaces against what
// the versions' trainings found between their own builds; features of the rankers on the same requests.

using System.Globalization;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>One comparison.</summary>
internal sealed class DriftRun(
    Store store, ServedVersion from, ServedVersion to, int threads, ProgressScope progress)
{
    private const ulong Seed = 42;
    private const int MostMoved = 20;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>
    /// Below this share of what trainings keep of neighbours they are gone: a log that doubled keeps half of
    /// that in a space that was hardly trained, shuffled sessions keep none.
    /// </summary>
    private const double LeastKept = 0.25;

    /// <summary>Where a training keeps less of its own neighbours than this, nothing can be said.</summary>
    private const double FewestKept = 0.1;

    public DriftReport Run()
    {
        (SessionCorpus? before, SessionCorpus? after) = Sessions();
        int[] ordinals, fromCounts, toCounts;
        DriftNull band;
        if (before is not null && after is not null)
        {
            var dealt = new DealtSessions(before, after);
            (ordinals, fromCounts, toCounts) = (dealt.Ordinals, dealt.From, dealt.To);
            band = dealt.Null(Seed, threads, progress);
        }
        else
        {
            (ordinals, fromCounts, toCounts) = CountsOfTables();
            band = Drawn(fromCounts, toCounts, MeanLength(from), MeanLength(to));
        }
        Divergence found = Divergence.Of(fromCounts, toCounts);
        List<SpaceDrift> spaces = Spaces();
        long fromEvents = fromCounts.Sum(c => (long)c), toEvents = toCounts.Sum(c => (long)c);
        var report = new DriftReport
        {
            From = from.Version.Number, To = to.Version.Number,
            Kl = found.Kl, Js = found.Js, Psi = found.Psi, Null = band,
            FromEvents = fromEvents, ToEvents = toEvents,
            NewShare = OnlyIn(toCounts, fromCounts) / Math.Max(1.0, toEvents),
            LostShare = OnlyIn(fromCounts, toCounts) / Math.Max(1.0, fromEvents),
            VectorDrift = spaces.FirstOrDefault(s => s.Distance is not null)?.Distance,
            NeighborOverlap = (spaces.FirstOrDefault(s => s.Distance is not null)
                ?? spaces.FirstOrDefault())?.Overlap,
            Spaces = spaces,
            Features = after is null ? [] : FeatureComparison.Run(from, to, after, progress),
            Moved = Moved(ordinals, fromCounts, toCounts, fromEvents, toEvents),
        };
        return report with { Alarms = Alarms(report) };
    }

    /// <summary>
    /// The sessions each version counts; null where the log was rewritten since and nobody knows them.
    /// </summary>
    private (SessionCorpus? From, SessionCorpus? To) Sessions()
    {
        HashSet<string> first = Manifest.CountedSegmentFiles(from.Version.Manifest);
        HashSet<string> second = Manifest.CountedSegmentFiles(to.Version.Manifest);
        return EventLog.Read(store, segments =>
        {
            HashSet<string> there = [.. segments.Select(s => s.File)];
            if (!first.IsSubsetOf(there) || !second.IsSubsetOf(there)) return (null, null);
            SessionCorpus earlier = Load(segments, first);
            return ((SessionCorpus?, SessionCorpus?))(earlier,
                first.SetEquals(second) ? earlier : Load(segments, second));
        });
    }

    private SessionCorpus Load(IReadOnlyList<SegmentRecord> segments, HashSet<string> files) =>
        SessionCorpus.Load(
            store.FileSystem,
            [.. segments.Where(s => files.Contains(s.File))
                .Select(s => Path.Combine(store.EventsDirectory, s.File))],
            progress);

    /// <summary>As the versions' own tables have them.</summary>
    private (int[] Ordinals, int[] From, int[] To) CountsOfTables()
    {
        int[] placeOf = new int[Math.Max(Largest(from), Largest(to)) + 1];
        Array.Fill(placeOf, -1);
        var ordinals = new List<int>();
        foreach (ServedVersion version in (ServedVersion[])[from, to])
        {
            foreach (long ordinal in version.Data.Items.Ordinals)
            {
                if (placeOf[ordinal] >= 0) continue;
                placeOf[ordinal] = ordinals.Count;
                ordinals.Add((int)ordinal);
            }
        }
        int[] Counts(ServedVersion version)
        {
            var counts = new int[ordinals.Count];
            for (int row = 0; row < version.Data.RowCount; row++)
                counts[placeOf[version.Data.Items.Ordinals[row]]] = version.Data.Items.Counts[row];
            return counts;
        }
        return ([.. ordinals], Counts(from), Counts(to));
    }

    private static long Largest(ServedVersion version)
    {
        long largest = -1;
        foreach (long ordinal in version.Data.Items.Ordinals) largest = Math.Max(largest, ordinal);
        return largest;
    }

    private static double MeanLength(ServedVersion version) => Manifest.MeanSession(version.Version.Manifest);

    /// <summary>
    /// As many events as each version has, drawn from both together, in groups as long as its mean session
    /// that are all of one item: no sessions vary more.
    /// </summary>
    private static DriftNull Drawn(int[] from, int[] to, double fromLength, double toLength)
    {
        const int Resamples = 200;
        var (kl, js, psi) = (new double[Resamples], new double[Resamples], new double[Resamples]);
        if (!from.AsSpan().SequenceEqual(to) && from.Max() > 0 && to.Max() > 0)
        {
            var pool = new double[from.Length];
            for (int i = 0; i < pool.Length; i++) pool[i] = (double)from[i] + to[i];
            var table = new AliasTable(pool);
            for (int b = 0; b < Resamples; b++)
            {
                CounterStream draw = new CounterRandom(Seed, 0xD1F8, (ulong)b).Stream();
                int[] Draw(int[] counts, double length)
                {
                    var drawn = new int[counts.Length];
                    int each = Math.Max(1, (int)Math.Round(length));
                    for (long n = counts.Sum(c => (long)c); n > 0; n -= each)
                        drawn[table.Sample(draw.NextUInt64())] += (int)Math.Min(n, each);
                    return drawn;
                }
                int[] first = Draw(from, fromLength);
                (kl[b], js[b], psi[b]) = Divergence.Of(first, Draw(to, toLength));
            }
        }
        return new DriftNull(
            DealtSessions.BandOf(kl), DealtSessions.BandOf(js), DealtSessions.BandOf(psi), "multinomial");
    }

    private static double OnlyIn(int[] counts, int[] other)
    {
        long only = 0;
        for (int i = 0; i < counts.Length; i++) only += other[i] == 0 ? counts[i] : 0;
        return only;
    }

    private List<SpaceDrift> Spaces()
    {
        var spaces = new List<SpaceDrift>();
        long[] items = SpaceSample.CommonItems(from.Data, to.Data);
        if (items.Length == 0) return spaces;
        string[] names = [.. SpaceSample.NamesOf(from.Data).Where(SpaceSample.NamesOf(to.Data).Contains)];
        progress.Begin("spaces", names.Length, "spaces");
        foreach (string name in names)
        {
            SpaceLikeness? found = SpaceSample.Compare(
                SpaceSample.Take(from.Data, name, items), SpaceSample.Take(to.Data, name, items));
            progress.Add(1);
            progress.Poll();
            if (found is null) continue;
            double before = Manifest.KeptBy(from.Version.Manifest, name) ?? 0;
            double after = Manifest.KeptBy(to.Version.Manifest, name) ?? 0;
            double expected = Math.Max(before, after);
            spaces.Add(new SpaceDrift(
                name, found.Items, found.Distance, found.Overlap, found.Kept,
                expected > 0 ? expected : null));
        }
        progress.End();
        return spaces;
    }

    private List<MovedItem> Moved(
        int[] ordinals, int[] fromCounts, int[] toCounts, long fromEvents, long toEvents)
    {
        var moved = new List<MovedItem>();
        if (fromEvents == 0 || toEvents == 0) return moved;
        double Move(int i) =>
            Math.Abs(((double)toCounts[i] / toEvents) - ((double)fromCounts[i] / fromEvents));
        int[] most = [.. Enumerable.Range(0, ordinals.Length).OrderByDescending(Move).Take(MostMoved)
            .Where(i => Move(i) > 0)];
        StoreKeys keys = StoreKeys.Load(store);
        var labels = new ItemLabels(store);
        labels.Load(most.Select(i => (long)ordinals[i]));
        foreach (int i in most)
        {
            if (!keys.Items.HasKey(ordinals[i])) continue;
            moved.Add(new MovedItem(
                keys.Items.KeyString(ordinals[i]), labels.Of(ordinals[i]).Title,
                (double)fromCounts[i] / fromEvents, (double)toCounts[i] / toEvents));
        }
        return moved;
    }

    private static List<DriftAlarm> Alarms(DriftReport report)
    {
        var alarms = new List<DriftAlarm>();
        void OfPopularity(string name, string what, double value, DriftBand band)
        {
            if (!(value > band.High)) return;
            string most = report.Moved.Count == 0 ? "" : string.Create(Invariant,
                $"; most of all item {report.Moved[0].Item}, from {report.Moved[0].FromShare:P2} to "
                + $"{report.Moved[0].ToShare:P2} of the events");
            string gone = report.NewShare < .05 && report.LostShare < .05 ? "" : string.Create(Invariant,
                $"; {report.NewShare:P1} of the later events are on items that the earlier version has none "
                + $"of, {report.LostShare:P1} of the earlier ones on items that are gone");
            alarms.Add(new DriftAlarm(name, value, band.High, string.Create(Invariant,
                $"popularity has changed: {what} {value:0.####} is above {band.High:0.####}, which chance "
                + $"alone reaches once in 40{most}{gone}")));
        }
        OfPopularity("kl", "KL divergence", report.Kl, report.Null.Kl);
        OfPopularity("js", "JS divergence", report.Js, report.Null.Js);
        OfPopularity("psi", "PSI", report.Psi, report.Null.Psi);
        foreach (SpaceDrift space in report.Spaces)
        {
            if (space.Expected is not { } expected || !HasLost(space.Kept, expected)) continue;
            string what = space.Space == SpaceSample.Covisitation
                ? "sessions no longer have the same items in common" : $"the space {space.Space} is another";
            alarms.Add(new DriftAlarm(
                $"neighbors:{space.Space}", space.Kept, LeastKept * expected, string.Create(Invariant,
                $"{what}: {space.Kept:P0} of the neighbours are kept, where a training without its last "
                + $"sessions keeps {expected:P0}; were sessions or items mixed up (embedengine health), or "
                + $"other settings given?")));
        }
        return alarms;
    }

    /// <summary>Whether so little of the neighbours is kept that they are others.</summary>
    public static bool HasLost(double kept, double expected) =>
        expected >= FewestKept && kept < LeastKept * expected;
}
