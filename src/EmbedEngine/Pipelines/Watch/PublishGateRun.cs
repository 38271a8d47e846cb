// The gate before publish (`train --gate active`). A fair comparison measures both versions on sessions that
// neither was made of:
// - "as_is": where at least 100 sessions begin after all that the active version has seen, the training is
//   cut there (or later, where its own cut is later), and the active version is measured as it serves. Its
//   being older is part of what is asked: would people be better off with the new one?
// - "rebuilt": where the active version has seen the whole log (other settings, another seed, a few sessions
//   more), measuring it on what it learned from would flatter it beyond any other. Then its settings, from
//   its manifest, are built anew on what ended before the cut, and both builds are measured after it. What it
//   was made of can then not be judged, only how.
// Paired by session; the new version is refused where the whole 95 % interval of its gain is below 0. Figures
// cannot see all: where the sessions that measure mean nothing (shuffled), every version scores alike. So a
// version is refused too where those sessions carry no signal, where its neighbours are others than the
// active one's, where it recommends half as many items, or lost the rows of a fifth of the events.

using System.Globalization;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>Holds a new version against the active one. Made by a training, which holds the lock.</summary>
internal sealed class PublishGateRun : IDisposable
{
    private const int FewestSessions = 100;
    private const double MostLost = 0.2;
    private const double LeastCoverage = 0.5;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly VersionData _data;
    private readonly SessionCorpus _corpus;
    private readonly ProgressScope _progress;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly int _unseenFrom;
    private readonly List<string> _reasons = [];
    private Evaluator? _ours, _theirs;
    private string _method = "none";
    private double _oursCovered, _theirsCovered;

    public PublishGateRun(
        Store store, long active, SessionCorpus corpus, IReadOnlyList<SegmentRecord> segments, ulong seed,
        int threads, ProgressScope progress)
    {
        (_corpus, _seed, _threads, _progress) = (corpus, seed, threads, progress);
        ModelVersion version = VersionCatalog.Find(store, active)!;
        _data = VersionData.Open(
            store.FileSystem, store.VersionDirectory(active), active, VerifyLevel.Header);
        long newest = _data.Statistics?.NewestMs ?? TrainingSet.NoTime;
        _unseenFrom = corpus.HasTimes && newest != TrainingSet.NoTime ? After(corpus, newest)
            : UnseenFrom(store, version, corpus, segments, progress);
        Active = new ServedVersion(_data, version);
    }

    /// <summary>The version that is active.</summary>
    public ServedVersion Active { get; }

    /// <summary>What its settings were.</summary>
    public TrainOptions Options() => Manifest.ReadOptions(Active.Version.Manifest);

    public void Dispose() => _data.Dispose();

    /// <summary>
    /// The cut of the training, moved behind what the active version has seen where enough lies there.
    /// </summary>
    public CorpusSplit Cut(CorpusSplit usual, bool given)
    {
        if (given || CanMeasure(usual)) return usual;
        int n = _corpus.SessionCount;
        if (n - _unseenFrom < FewestSessions || _unseenFrom == 0) return usual;
        if (!_corpus.HasTimes)
        {
            int[] all = Enumerable.Range(0, n);
            return new CorpusSplit(all[.._unseenFrom], all[_unseenFrom..], null);
        }
        CorpusSplit later = CorpusSplit.Of(_corpus, 1 + _corpus.TimesMs[_corpus.Offsets[_unseenFrom] - 1]);
        return later.Fit.Length > 0 && later.Measure.Length >= FewestSessions ? later : usual;
    }

    /// <summary>Whether the active version has seen none of the sessions that measure.</summary>
    public bool CanMeasure(CorpusSplit split) => split.Measure.Length > 0 && split.Measure[0] >= _unseenFrom;

    /// <summary>Measures the new version's build on later sessions, and the active one.</summary>
    public void Measure(
        VersionData build, CandidateSourceKind served, CorpusSplit split, EvaluationSet set,
        EvaluatorOptions options, int most)
    {
        _ours = Run(new Recommender(build, served), set, options, out _oursCovered);
        if (!CanMeasure(split)) return;
        _method = "as_is";
        EvaluationSet same = EvaluationSet.From(_corpus, split.Measure, _data.Items).Sample(most);
        _theirs = Run(Active.Recommender, same, options, out _theirsCovered);
    }

    /// <summary>Measures what the active version's settings make of what ended before the cut.</summary>
    public void MeasureRebuilt(
        VersionData build, CandidateSourceKind served, EvaluationSet set, EvaluatorOptions options)
    {
        _method = "rebuilt";
        _theirs = Run(new Recommender(build, served), set, options, out _theirsCovered);
    }

    /// <summary>Says that there can be no comparison.</summary>
    public void Refuse(string why) => _reasons.Add(why);

    private Evaluator Run(
        Recommender recommender, EvaluationSet set, EvaluatorOptions options, out double covered)
    {
        _progress.Begin("gate", set.SessionCount, "sessions");
        var evaluator = new Evaluator(
            recommender, set, options with { Sources = [CandidateSourceKind.Hybrid] });
        EvaluationReport report = evaluator.Run(_progress);
        _progress.End();
        covered = report.Sources[SourceNames.NameOf(CandidateSourceKind.Hybrid)].Coverage
            * recommender.Data.RowCount;
        return evaluator;
    }

    /// <summary>Decides.</summary>
    /// <param name="final">The version that may be published.</param>
    /// <param name="stability">What its training kept of neighbours, by space.</param>
    /// <param name="metric">What is compared.</param>
    public PublishGateReport Decide(
        VersionData final, IReadOnlyDictionary<string, double> stability, string metric)
    {
        int column = RankMetrics.Columns[metric];
        Measured difference = default, ours = default, theirs = default;
        bool paired = _ours is not null && _theirs is not null
            && _ours.Weights.AsSpan().SequenceEqual(_theirs.Weights) && _ours.Weights.Sum(w => (long)w) > 0;
        if (paired)
        {
            (ours, theirs) = (_ours!.Mean(CandidateSourceKind.Hybrid, column),
                _theirs!.Mean(CandidateSourceKind.Hybrid, column));
            difference = PairedComparison.Margin(
                _ours, CandidateSourceKind.Hybrid, _theirs, CandidateSourceKind.Hybrid, column, _seed,
                _threads);
            Compare(metric, ours, theirs, difference);
        }
        else if (_reasons.Count == 0)
        {
            _reasons.Add(
                "no later sessions to measure both versions on: import more, or publish it by hand "
                + "(embedengine publish)");
        }
        CheckSignal();
        double? kept = CheckNeighbors(final, stability);
        double lost = CheckItems(final);
        return new PublishGateReport
        {
            Against = Active.Version.Number, Method = paired ? _method : "none", Metric = metric,
            Sessions = paired ? _ours!.Weights.Count(w => w > 0) : 0,
            Cases = paired ? _ours!.Weights.Sum(w => (long)w) : 0,
            New = ours.Value, Active = theirs.Value, Difference = difference,
            NeighborOverlap = kept, LostShare = lost, Reasons = _reasons,
        };
    }

    private void Compare(string metric, Measured ours, Measured theirs, Measured difference)
    {
        if (difference.High < 0)
        {
            _reasons.Add(string.Create(Invariant,
                $"{metric} {ours.Value:0.0000} is below version {Active.Version.Number}'s "
                + $"{theirs.Value:0.0000} on the same sessions: {difference.Value:+0.0000;-0.0000} "
                + $"[{difference.Low:+0.0000;-0.0000}, {difference.High:+0.0000;-0.0000}]"));
        }
        if (_oursCovered < LeastCoverage * _theirsCovered)
        {
            _reasons.Add(string.Create(Invariant,
                $"it recommends {_oursCovered:0} items where version {Active.Version.Number} recommends "
                + $"{_theirsCovered:0}"));
        }
    }

    /// <summary>Sessions that mean nothing cannot tell a good version from a bad one.</summary>
    private void CheckSignal()
    {
        int[] unseen = Enumerable.Range(_unseenFrom, _corpus.SessionCount - _unseenFrom);
        int[] all = Enumerable.Range(0, _corpus.SessionCount);
        int[] judged = unseen.Length >= FewestSessions ? unseen : all;
        _progress.Begin("signal", 0, "draws");
        SessionSignal signal = SessionSignal.Of(_corpus, judged, _seed, _progress);
        if (signal.Together is null) signal = SessionSignal.Of(_corpus, judged = all, _seed, _progress);
        bool hadOrder = judged.Length < all.Length && signal.Order is { IsThere: false }
            && SessionSignal.Of(
                _corpus, Enumerable.Range(0, _unseenFrom), _seed, _progress).Order is { IsThere: true };
        _progress.End();
        if (signal.Together is { IsThere: false } together)
        {
            _reasons.Add(string.Create(Invariant,
                $"the {judged.Length} newest sessions look shuffled: their items come together "
                + $"{together.Lift:0.00} times as often as by chance, which reaches {together.Chance:0.00}; "
                + $"see where session keys come from"));
        }
        else if (hadOrder)
        {
            _reasons.Add(string.Create(Invariant,
                $"the {judged.Length} newest sessions have no order, which earlier ones have: what follows "
                + $"what comes {signal.Order!.Lift:0.00} times as often as in any order; see the column of "
                + $"times"));
        }
    }

    private double? CheckNeighbors(VersionData final, IReadOnlyDictionary<string, double> stability)
    {
        long[] items = SpaceSample.CommonItems(_data, final);
        if (items.Length == 0) return null;
        double? lowest = null;
        string[] names = SpaceSample.NamesOf(final);
        foreach (string name in SpaceSample.NamesOf(_data).Where(names.Contains))
        {
            SpaceLikeness? found = SpaceSample.Compare(
                SpaceSample.Take(_data, name, items), SpaceSample.Take(final, name, items));
            if (found is null) continue;
            lowest = Math.Min(lowest ?? 1, found.Overlap);
            double expected = Math.Max(
                Manifest.KeptBy(Active.Version.Manifest, name) ?? 0, stability.GetValueOrDefault(name));
            if (!DriftRun.HasLost(found.Kept, expected)) continue;
            _reasons.Add(string.Create(Invariant,
                $"neighbours in {name} are gone: {found.Kept:P0} of version {Active.Version.Number}'s are "
                + $"kept, where trainings keep {expected:P0} (embedengine drift shows more)"));
        }
        return lowest;
    }

    private double CheckItems(VersionData final)
    {
        int[] rowOf = final.Items.RowsOfOrdinals();
        double lost = 0, all = 0;
        for (int row = 0; row < _data.RowCount; row++)
        {
            long ordinal = _data.Items.Ordinals[row];
            all += _data.Items.Counts[row];
            if (ordinal >= rowOf.Length || rowOf[ordinal] < 0) lost += _data.Items.Counts[row];
        }
        double share = all == 0 ? 0 : lost / all;
        if (share > MostLost)
        {
            _reasons.Add(string.Create(Invariant,
                $"items of {share:P0} of version {Active.Version.Number}'s events are not in it"));
        }
        return share;
    }

    /// <summary>The first of the sessions from which on all begin after a time.</summary>
    private static int After(SessionCorpus corpus, long timeMs)
    {
        int from = corpus.SessionCount;
        while (from > 0 && corpus.TimesMs[corpus.Offsets[from - 1]] > timeMs) from--;
        return from;
    }

    /// <summary>The same without times: the first from which on all are others than it has learned.</summary>
    private static int UnseenFrom(
        Store store, ModelVersion version, SessionCorpus corpus, IReadOnlyList<SegmentRecord> segments,
        ProgressScope progress)
    {
        HashSet<string> named = Manifest.SegmentFiles(version.Manifest);
        bool rewritten = !named.IsSubsetOf(segments.Select(s => s.File));
        SegmentRecord[] learned = segments.Where(s => named.Contains(s.File) || (rewritten && s.Rewritten));
        if (learned.Length == segments.Count) return corpus.SessionCount;
        SessionCorpus seen = SessionCorpus.Load(
            store.FileSystem, [.. learned.Select(s => Path.Combine(store.EventsDirectory, s.File))],
            progress);
        progress.End();
        var contents = new HashSet<ulong>();
        for (int s = 0; s < seen.SessionCount; s++) contents.Add(DealtSessions.ContentOf(seen, s));
        int from = corpus.SessionCount;
        while (from > 0 && !contents.Contains(DealtSessions.ContentOf(corpus, from - 1))) from--;
        return from;
    }
}
