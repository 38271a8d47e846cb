// Runs every source of a version over the cases of an evaluation set. Every case counts in the
// denominator, also those a source cannot answer. Single sources are measured alone, without padding; the
// hybrids as they are served. Histories are cut as a request's are; a source truncates further for itself.
// Deterministic at any thread count: what has an interval is summed by cluster, the rest in integers.

using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;

namespace EmbedEngine.Evaluation;

/// <summary>How an evaluation is run.</summary>
internal sealed record EvaluatorOptions(
    EvaluationProtocol Protocol, int K, IReadOnlyList<CandidateSourceKind> Sources, int Threads, ulong Seed)
{
    /// <summary>Known events of a history that are kept, the last ones; 0 = all.</summary>
    public int MaxHistory { get; init; }

    /// <summary>Whether what users did in earlier sessions is handed over.</summary>
    public EvaluationHistory History { get; init; }

    /// <summary>Share of the places that are explored; single sources are asked as fusions are.</summary>
    public float Explore { get; init; }

    /// <summary>Which cases count, by whether an item of the session so far is known.</summary>
    public UserSessions Cases { get; init; } = UserSessions.All;
}

/// <summary>Measures a version.</summary>
internal sealed class Evaluator
{
    private const int LatencyRequests = 2000;

    private readonly EvaluatorOptions _options;
    private readonly CandidateSourceKind[] _sources;
    private readonly int[] _clusters;
    private readonly int _perSource;
    private double[] _resampled = [];

    public Evaluator(Recommender recommender, EvaluationSet set, EvaluatorOptions options)
    {
        (Recommender, Set, _options) = (recommender, set, options);
        IReadOnlyList<CandidateSourceKind> wanted =
            options.Sources.Count == 0 ? SourceNames.All : options.Sources;
        foreach (CandidateSourceKind source in options.Sources)
        {
            if (!recommender.Has(source))
                throw new EmbedEngineException(
                    ErrorCode.Unknown, $"the version has no source {SourceNames.NameOf(source)}");
        }
        // Rankers are measured when asked for: the served one is `hybrid`, those for carts and orders answer
        // other questions.
        _sources = [.. wanted.Where(s =>
            recommender.Has(s) && (options.Sources.Count > 0 || IsMeasuredUnasked(s)))];
        _clusters = set.Clusters ?? [.. Enumerable.Range(0, set.SessionCount)];
        int clusterCount = _clusters.Length == 0 ? 0 : _clusters[^1] + 1;
        HasActions = options.Protocol == EvaluationProtocol.Rest && set.Targets is null;
        _perSource = RankMetrics.Count + (HasActions ? CaseTruth.Actions : 0);
        Columns = (_sources.Length * _perSource) + (HasActions ? CaseTruth.Actions : 0);
        Table = new double[(long)clusterCount * Columns];
        Weights = new int[clusterCount];
        ReadOnlySpan<int> counts = recommender.Data.Items.Counts;
        double total = 0;
        foreach (int count in counts) total += count;
        Information = new long[counts.Length];
        for (int row = 0; row < counts.Length; row++)
            Information[row] = ListTally.Fixed(-Math.Log2(Math.Max(1, counts[row]) / Math.Max(1, total)));
    }

    private bool IsMeasuredUnasked(CandidateSourceKind source) =>
        !RankerTarget.IsRanker(source) && (OfUsers || !SourceCatalog.IsOfUsers(source));

    public Recommender Recommender { get; }

    public EvaluationSet Set { get; }

    public int K => _options.K;

    public int MaxHistory => _options.MaxHistory;

    public float Explore => _options.Explore;

    public ulong Seed => _options.Seed;

    /// <summary>What each source recommended, of all workers; after <see cref="Run"/>.</summary>
    public ListTally[] Tallies { get; private set; } = [];

    /// <summary>Places that were explored; after <see cref="Run"/>.</summary>
    public long ExploredPlaces { get; private set; }

    /// <summary>Whether requests know their users' earlier sessions.</summary>
    public bool OfUsers => _options.History == EvaluationHistory.User;

    /// <summary>Whether a case counts.</summary>
    public bool Counts(bool anyKnown) =>
        (_options.Cases & (anyKnown ? UserSessions.Known : UserSessions.Unknown)) != 0;

    /// <summary>What is measured, in the order of the columns.</summary>
    public IReadOnlyList<CandidateSourceKind> Sources => _sources;

    /// <summary>Whether recall is also counted by action.</summary>
    public bool HasActions { get; }

    /// <summary>
    /// −log2 of each row's share of the training events, as <see cref="ListTally.Fixed"/> has it.
    /// </summary>
    public long[] Information { get; }

    /// <summary>(clusters × <see cref="Columns"/>) sums over the cases of a cluster.</summary>
    public double[] Table { get; }

    /// <summary>Cases of each cluster.</summary>
    public int[] Weights { get; }

    public int Columns { get; }

    /// <summary>Where the truths by action begin.</summary>
    public int TruthColumn => _sources.Length * _perSource;

    /// <summary>
    /// Where the metrics of a source begin: those of <see cref="RankMetrics"/>, then the hits by action.
    /// </summary>
    public int ColumnOf(int source) => source * _perSource;

    /// <summary>Counts a case of a session and returns its cluster's row of the table.</summary>
    public Span<double> Count(int session)
    {
        int cluster = _clusters[session];
        Weights[cluster]++;
        return Table.AsSpan(checked(cluster * Columns), Columns);
    }

    public EvaluationReport Run(ProgressScope progress)
    {
        int threads = Math.Max(1, Math.Min(_options.Threads, Weights.Length));
        int[] starts = ClusterStarts();
        var workers = new EvaluationWorker[threads];
        for (int t = 0; t < threads; t++) workers[t] = new EvaluationWorker(this);
        WorkerTeam.For(threads, Weights.Length, 64, (t, begin, end) =>
        {
            for (int s = starts[begin]; s < starts[end]; s++)
                workers[t].Session(s, _options.Protocol, _options.Seed);
        }, progress);
        _resampled = Bootstrap.Means(Table, Weights, Columns, _options.Seed, threads);
        (double p50, double p99) = MeasureLatency(workers[0]);
        Tallies = workers[0].Tallies;
        ExploredPlaces = workers.Sum(w => w.ExploredPlaces);
        return new EvaluationReport
        {
            K = _options.K,
            Protocol = _options.Protocol,
            Cases = Weights.Sum(w => (long)w),
            Sessions = Weights.Count(w => w > 0),
            Sources = Metrics(workers),
            ServedSource = SourceNames.NameOf(Recommender.ServedSource), History = _options.History,
            P50Us = p50,
            P99Us = p99,
        };
    }

    /// <summary>
    /// Mean of one measured source less that of another, with its paired interval; after <see cref="Run"/>.
    /// The metric is a column of <see cref="RankMetrics"/>.
    /// </summary>
    public Measured Margin(CandidateSourceKind source, CandidateSourceKind rival, int metric)
    {
        int column = ColumnOf(Array.IndexOf(_sources, source)) + metric;
        int minus = ColumnOf(Array.IndexOf(_sources, rival)) + metric;
        (double low, double high) = Bootstrap.Interval(_resampled, Columns, column, minus);
        return new Measured(Mean(column) - Mean(minus), low, high);
    }

    /// <summary>Mean of a measured source with its interval; after <see cref="Run"/>.</summary>
    public Measured Mean(CandidateSourceKind source, int metric) =>
        Interval(ColumnOf(Array.IndexOf(_sources, source)) + metric);

    private int[] ClusterStarts()
    {
        var starts = new int[Weights.Length + 1];
        for (int s = _clusters.Length - 1; s >= 0; s--) starts[_clusters[s]] = s;
        starts[^1] = _clusters.Length;
        return starts;
    }

    private double Mean(int column)
    {
        double sum = 0, cases = 0;
        for (int c = 0; c < Weights.Length; c++)
        {
            sum += Table[((long)c * Columns) + column];
            cases += Weights[c];
        }
        return sum / Math.Max(1, cases);
    }

    private Measured Interval(int column)
    {
        (double low, double high) = Bootstrap.Interval(_resampled, Columns, column);
        return new Measured(Mean(column), low, high);
    }

    private Dictionary<string, SourceMetrics> Metrics(EvaluationWorker[] workers)
    {
        var metrics = new Dictionary<string, SourceMetrics>();
        long consumed = workers.Sum(w => w.Consumed);
        double? consumedCount = consumed == 0 ? null : (double)workers.Sum(w => w.ConsumedCount) / consumed;
        for (int i = 0; i < _sources.Length; i++)
        {
            ListTally tally = workers[0].Tallies[i];
            foreach (EvaluationWorker worker in workers.Skip(1)) tally.Merge(worker.Tallies[i]);
            int column = ColumnOf(i);
            metrics[SourceNames.NameOf(_sources[i])] = new SourceMetrics
            {
                Recall = Interval(column),
                Ndcg = Interval(column + 1),
                Map = Interval(column + 2),
                Mrr = Interval(column + 3),
                HitRate = Interval(column + 4),
                Coverage = tally.Coverage,
                Novelty = tally.Novelty,
                Diversity = tally.Diversity,
                PopularityBias = tally.MeanCount / consumedCount,
                ByAction = HasActions ? ByAction(column + RankMetrics.Count) : null,
                Slices = SlicesOf(tally, workers),
            };
        }
        return metrics;
    }

    private static SourceSlices SlicesOf(ListTally tally, EvaluationWorker[] workers)
    {
        SliceMetrics Of(int slice)
        {
            long cases = workers.Sum(w => w.SliceCases[slice]);
            double divisor = Math.Max(1, cases);
            return new SliceMetrics(
                cases, tally.SliceRecall(slice) / divisor, tally.SliceReciprocal(slice) / divisor);
        }
        return new SourceSlices(
            Of(Slices.Short), Of(Slices.Long), Of(Slices.Cold), Of(Slices.Repeats), Of(Slices.Unseen));
    }

    /// <summary>
    /// Σ hits / Σ truths over sessions, as OTTO has it: a ratio of two sums, also in each resample.
    /// </summary>
    private ActionRecall? ByAction(int hits)
    {
        var recalls = new Measured?[CaseTruth.Actions];
        var weighted = new double[_resampled.Length / Columns];
        double weightedValue = 0;
        for (int action = 0; action < CaseTruth.Actions; action++)
        {
            double truths = Mean(TruthColumn + action);
            if (truths == 0) continue;
            double value = Mean(hits + action) / truths;
            weightedValue += CaseTruth.ActionWeights[action] * value;
            var ratios = new double[weighted.Length];
            for (int b = 0; b < ratios.Length; b++)
            {
                double of = _resampled[(b * Columns) + TruthColumn + action];
                ratios[b] = of == 0 ? 0 : _resampled[(b * Columns) + hits + action] / of;
                weighted[b] += CaseTruth.ActionWeights[action] * ratios[b];
            }
            recalls[action] = Between(value, ratios);
        }
        // A log without carts and orders has nothing to tell apart; where one of the three lacks there is no
        // weighted figure.
        if (recalls[1] is null && recalls[2] is null) return null;
        bool all = recalls.All(r => r is not null);
        return new ActionRecall(
            recalls[0], recalls[1], recalls[2], all ? Between(weightedValue, weighted) : null);
    }

    private static Measured Between(double value, double[] resampled)
    {
        Array.Sort(resampled);
        return new Measured(
            value, Bootstrap.Percentile(resampled, 0.025), Bootstrap.Percentile(resampled, 0.975));
    }

    /// <summary>Hybrid requests one after another on this thread, after a warm-up of as many.</summary>
    private (double P50, double P99) MeasureLatency(EvaluationWorker worker)
    {
        RequestScratch scratch = Recommender.NewScratch();
        int n = Math.Min(LatencyRequests, Set.SessionCount);
        if (n == 0) return (0, 0);
        var times = new double[n];
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < n; i++)
            {
                SessionContext session = worker.Whole((int)((long)i * Set.SessionCount / n));
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                Recommender.AnswerKnown(session, default, _options.K, scratch);
                times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }
        Array.Sort(times);
        return (Bootstrap.Percentile(times, 0.5), Bootstrap.Percentile(times, 0.99));
    }
}
