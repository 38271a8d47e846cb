// Tuning before T: coordinate search over a few settings of the two strongest sources, each try built from
// the sessions before the earlier cut and measured on those between that cut and T, recall@20 + MRR@20. It
// ends when its time is up; with `deterministic` the number of tries ends it, because a clock does not
// repeat. What the caller has set stays as it is.

using System.Diagnostics;
using EmbedEngine.Statistics;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Searches settings of one store's training.</summary>
internal sealed class TuningRun
{
    private const int K = 20;
    private const int SliceSessions = 3000;

    /// <summary>Share of the time the cheap source may take; the rest is the dear one's.</summary>
    private const double KnnShare = 0.3;

    private static readonly (string Name, string[] Values)[] KnnSpace =
    [
        ("session_knn_neighbors", ["100", "250", "1000", "1500"]),
        ("session_knn_position_decay", ["1.5", "2", "5", "10"]),
        ("session_knn_match_decay", ["1", "4", "0"]), ("session_knn_distance_decay", ["2.5", "10", "0"]),
        ("session_knn_idf", ["0", "1", "4"]), ("session_knn_recency", ["0", "3"]),
        ("session_knn_before", ["0.4", "1"]),
        ("session_knn_similarity", ["cosine"]), ("session_knn_match_idf", ["0.5", "1.5"]),
        ("session_knn_sessions_per_item", ["1000"]),
    ];

    private static readonly (string Name, string[] Values)[] Item2VecSpace =
    [
        ("window", ["2", "5", "8"]), ("learning_rate", ["0.05", "0.15"]),
        ("negative_exponent", ["0", "0.75"]),
        ("negative_samples", ["16", "64"]), ("dimensions", ["64", "96", "192"]),
        ("epochs", ["10", "20", "45"]),
        ("subsample", ["0.001", "0.0001"]),
    ];

    private readonly TrainOptions _options;
    private readonly int _threads;
    private readonly ProgressScope _progress;
    private readonly string _directory;
    private readonly FileSystem _fileSystem;
    private readonly List<TuningTrial> _trials = [];
    private BuildContext _context = null!;
    private EvaluationSet _slice = null!;

    /// <param name="fileSystem">Of the store.</param>
    /// <param name="directory">An empty temporary directory.</param>
    /// <param name="options">What the caller set.</param>
    /// <param name="threads">Threads of the run.</param>
    /// <param name="progress">Takes progress, gives cancellation.</param>
    public TuningRun(
        FileSystem fileSystem, string directory, TrainOptions options, int threads, ProgressScope progress)
    {
        (_fileSystem, _directory, _options, _threads, _progress) =
            (fileSystem, directory, options, threads, progress);
    }

    /// <summary>Every try, in order.</summary>
    public IReadOnlyList<TuningTrial> Trials => _trials;

    /// <summary>The settings to train with.</summary>
    public TrainSettings Run(
        VersionBuilder builder, SessionCorpus corpus, CorpusSplit earlier, TrainSettings settings)
    {
        var sink = new ArtifactSink(_fileSystem, _directory, 0);
        _context = builder.Prepare(corpus, earlier.Fit, earlier.CutMs, sink, "_for_tuning");
        CovisitationStage.Run(_context);
        using (VersionData data = Open()) _slice =
            EvaluationSet.From(corpus, earlier.Measure, data.Items).Sample(SliceSessions);
        settings =
            Search(settings, CandidateSourceKind.SessionKnn, KnnSpace, settings.TuneSeconds * KnnShare);
        if (!settings.Trains(TrainMethod.Item2Vec)) return settings;
        double left = settings.TuneSeconds - _trials.Sum(t => t.Seconds);
        return Search(settings, CandidateSourceKind.Item2Vec, Item2VecSpace, left);
    }

    private TrainSettings Search(
        TrainSettings best, CandidateSourceKind kind, (string Name, string[] Values)[] space, double seconds)
    {
        if (Array.TrueForAll(space, s => _options.Sets(s.Name))) return best; // nothing is left to choose
        long start = Stopwatch.GetTimestamp();
        int tries = 0;
        _progress.Begin("tune_" + SourceNames.NameOf(kind), best.TuneTrials, "tries");
        double worth = Try(best, kind, new Dictionary<string, string>(), double.NegativeInfinity);
        foreach ((string name, string[] values) in space)
        {
            if (_options.Sets(name)) continue;
            foreach (string value in values)
            {
                double spent = Stopwatch.GetElapsedTime(start).TotalSeconds;
                bool over = ++tries >= best.TuneTrials
                    || (!_options.Deterministic && spent + _trials[^1].Seconds > seconds);
                if (over)
                {
                    _progress.End();
                    return best;
                }
                TrainSettings changed = best.With(name, value);
                if (changed == best) continue;
                double found = Try(changed, kind, new Dictionary<string, string> { [name] = value }, worth);
                _progress.Add(1);
                if (found > worth) (best, worth) = (changed, found);
            }
        }
        _progress.End();
        return best;
    }

    /// <summary>Builds the source anew with these settings and measures it.</summary>
    private double Try(
        TrainSettings settings, CandidateSourceKind kind, Dictionary<string, string> change, double worth)
    {
        _progress.ThrowIfCancelled();
        long start = Stopwatch.GetTimestamp();
        // Stages inside a try report nothing: the tries are the progress.
        var quiet = new ProgressScope(null, _progress.Cancellation);
        BuildContext context = _context with
        {
            Settings = settings,
            SkipGram = VersionBuilder.Affordable(settings, _threads, _context.Set.EventCount),
            Sink = new ArtifactSink(_fileSystem, _directory, 0), Progress = quiet,
        };
        Discard(kind);
        if (kind == CandidateSourceKind.SessionKnn) SessionNeighborStage.Run(context);
        else Item2VecStage.Run(context);
        using VersionData data = Open();
        var options = new EvaluatorOptions(EvaluationProtocol.Next, K, [kind], _threads, _options.Seed);
        EvaluationReport report = new Evaluator(
            new Recommender(data, CandidateSourceKind.HybridDefault), _slice, options).Run(quiet);
        SourceMetrics metrics = report.Sources[SourceNames.NameOf(kind)];
        double found = metrics.Recall.Value + metrics.Mrr.Value;
        _trials.Add(new TuningTrial(
            SourceNames.NameOf(kind), change, metrics.Recall.Value, metrics.Mrr.Value,
            Stopwatch.GetElapsedTime(start).TotalSeconds, found > worth));
        return found;
    }

    private VersionData Open() => VersionData.Open(_fileSystem, _directory, 0, VerifyLevel.Header);

    /// <summary>Takes away what the try before has written.</summary>
    private void Discard(CandidateSourceKind kind)
    {
        string space = VersionData.Item2VecSpace;
        string[] names = kind == CandidateSourceKind.SessionKnn
            ? [SessionNeighborIndex.FileName]
            : [ArtifactNames.Vectors(space), ArtifactNames.Index(space, Indexing.VectorSpace.InSide),
                ArtifactNames.Index(space, Indexing.VectorSpace.OutSide)];
        foreach (string name in names)
        {
            string path = Path.Combine(_directory, name + ArtifactNames.Extension);
            if (_fileSystem.FileExists(path)) _fileSystem.DeleteFile(path);
        }
    }
}
