// E1. Runs every source of a version over the cases of an evaluation set. Every case counts in the denominator, also those
// a source cannot answer. Single sources are measured alone, without padding; the hybrids as they are served. The full
// history is handed over; a source truncates for itself. Deterministic at any thread count: sums are kept by cluster.

using EmbedEngine.Interactions;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Evaluation;

/// <summary>How an evaluation is run.</summary>
internal sealed record EvaluatorOptions(
    EvaluationProtocol Protocol, int K, IReadOnlyList<CandidateSourceKind> Sources, int Threads, ulong Seed);

/// <summary>Measures a version.</summary>
internal sealed class Evaluator
{
    private const int LatencyRequests = 2000;

    private readonly Recommender _recommender;
    private readonly EvaluationSet _set;
    private readonly EvaluatorOptions _options;
    private readonly CandidateSourceKind[] _sources;
    private readonly int[] _clusters;
    private readonly int _columns;
    private readonly double[] _table;
    private readonly int[] _weights;
    private double[] _resampled = [];

    public Evaluator(Recommender recommender, EvaluationSet set, EvaluatorOptions options)
    {
        (_recommender, _set, _options) = (recommender, set, options);
        IReadOnlyList<CandidateSourceKind> wanted = options.Sources.Count == 0 ? SourceNames.All : options.Sources;
        foreach (CandidateSourceKind source in options.Sources)
        {
            if (!recommender.Has(source))
                throw new EmbedEngineException(ErrorCode.Unknown, $"the version has no source {SourceNames.NameOf(source)}");
        }
        // Where the ranker is served, `hybrid` is the ranker: measured once.
        bool twice = options.Sources.Count == 0 && recommender.ServedSource == CandidateSourceKind.Ranker;
        _sources = [.. wanted.Where(s => recommender.Has(s) && !(twice && s == CandidateSourceKind.Ranker))];
        _clusters = set.Clusters ?? [.. Enumerable.Range(0, set.SessionCount)];
        int clusterCount = _clusters.Length == 0 ? 0 : _clusters[^1] + 1;
        _columns = _sources.Length * RankMetrics.Count;
        _table = new double[(long)clusterCount * _columns];
        _weights = new int[clusterCount];
    }

    public EvaluationReport Run(ProgressScope progress)
    {
        int threads = Math.Max(1, Math.Min(_options.Threads, _weights.Length));
        var covered = new bool[threads][][];
        int[] starts = ClusterStarts();
        var workers = new Worker[threads];
        for (int t = 0; t < threads; t++)
        {
            workers[t] = new Worker(this);
            covered[t] = workers[t].Covered;
        }
        WorkerTeam.For(threads, _weights.Length, 64, (t, begin, end) =>
        {
            for (int s = starts[begin]; s < starts[end]; s++) workers[t].Session(s);
        }, progress);
        _resampled = Bootstrap.Means(_table, _weights, _columns, _options.Seed);
        (double p50, double p99) = MeasureLatency();
        return new EvaluationReport
        {
            K = _options.K,
            Protocol = _options.Protocol,
            Cases = _weights.Sum(w => (long)w),
            Sessions = _weights.Count(w => w > 0),
            Sources = Metrics(covered),
            ServedSource = SourceNames.NameOf(_recommender.ServedSource),
            P50Us = p50,
            P99Us = p99,
        };
    }

    /// <summary>Mean recall of one measured source less that of another, with its paired interval; after <see cref="Run"/>.</summary>
    public Measured RecallMargin(CandidateSourceKind source, CandidateSourceKind rival)
    {
        int column = Array.IndexOf(_sources, source) * RankMetrics.Count;
        int minus = Array.IndexOf(_sources, rival) * RankMetrics.Count;
        double sum = 0;
        for (int c = 0; c < _weights.Length; c++)
            sum += _table[(long)c * _columns + column] - _table[(long)c * _columns + minus];
        (double low, double high) = Bootstrap.Interval(_resampled, _columns, column, minus);
        return new Measured(sum / Math.Max(1, _weights.Sum(w => (long)w)), low, high);
    }

    private int[] ClusterStarts()
    {
        var starts = new int[_weights.Length + 1];
        for (int s = _clusters.Length - 1; s >= 0; s--) starts[_clusters[s]] = s;
        starts[^1] = _clusters.Length;
        return starts;
    }

    private Dictionary<string, SourceMetrics> Metrics(bool[][][] covered)
    {
        var metrics = new Dictionary<string, SourceMetrics>();
        long cases = Math.Max(1, _weights.Sum(w => (long)w));
        for (int i = 0; i < _sources.Length; i++)
        {
            int source = i;
            Measured Column(int metric)
            {
                int column = source * RankMetrics.Count + metric;
                double sum = 0;
                for (int c = 0; c < _weights.Length; c++) sum += _table[(long)c * _columns + column];
                (double low, double high) = Bootstrap.Interval(_resampled, _columns, column);
                return new Measured(sum / cases, low, high);
            }
            int items = 0;
            for (int row = 0; row < _recommender.Data.RowCount; row++)
            {
                if (covered.Any(c => c[source][row])) items++;
            }
            metrics[SourceNames.NameOf(_sources[i])] = new SourceMetrics
            {
                Recall = Column(0),
                Ndcg = Column(1),
                Map = Column(2),
                Mrr = Column(3),
                HitRate = Column(4),
                Coverage = (double)items / Math.Max(1, _recommender.Data.RowCount),
            };
        }
        return metrics;
    }

    /// <summary>Hybrid requests one after another on this thread, after a warm-up of as many.</summary>
    private (double P50, double P99) MeasureLatency()
    {
        RequestScratch scratch = _recommender.NewScratch();
        int n = Math.Min(LatencyRequests, _set.SessionCount);
        if (n == 0) return (0, 0);
        var times = new double[n];
        var worker = new Worker(this);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < n; i++)
            {
                SessionContext session = worker.Whole((int)((long)i * _set.SessionCount / n));
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                _recommender.AnswerKnown(session, default, _options.K, scratch);
                times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }
        Array.Sort(times);
        return (Bootstrap.Percentile(times, 0.5), Bootstrap.Percentile(times, 0.99));
    }

    /// <summary>One thread's scratch; writes only the clusters it was given.</summary>
    private sealed class Worker
    {
        private readonly Evaluator _owner;
        private readonly RequestScratch _scratch;
        private readonly bool[] _isTrue;
        private int[] _rows = new int[64];
        private byte[] _actions = new byte[64];
        private long[] _times = new long[64];

        public Worker(Evaluator owner)
        {
            _owner = owner;
            _scratch = owner._recommender.NewScratch();
            _isTrue = new bool[owner._options.K];
            Covered = new bool[owner._sources.Length][];
            for (int i = 0; i < Covered.Length; i++) Covered[i] = new bool[owner._recommender.Data.RowCount];
        }

        /// <summary>Rows each source has recommended.</summary>
        public bool[][] Covered { get; }

        public void Session(int session)
        {
            EvaluationSet set = _owner._set;
            long begin = set.Offsets[session];
            int length = (int)(set.Offsets[session + 1] - begin);
            if (set.Targets is not null)
            {
                Case(session, begin, length, [set.Targets[session]]);
                return;
            }
            ReadOnlySpan<int> rows = set.Rows.AsSpan((int)begin, length);
            switch (_owner._options.Protocol)
            {
                case EvaluationProtocol.Next:
                    for (int at = 1; at < length; at++) PositiveCase(session, begin, at, rows.Slice(at, 1));
                    break;
                case EvaluationProtocol.Last:
                    if (length > 1) PositiveCase(session, begin, length - 1, rows[^1..]);
                    break;
                case EvaluationProtocol.Rest:
                    if (length < 2) break;
                    ulong random = new CounterRandom(_owner._options.Seed, 0xC07, (ulong)session).At(0);
                    int cut = 1 + (int)(random % (ulong)(length - 1));
                    int[] rest = PositiveRest(begin + cut, begin + length);
                    if (rest.Length > 0) Case(session, begin, cut, rest);
                    break;
            }
        }

        /// <summary>The whole session, unknown items left out.</summary>
        public SessionContext Whole(int session)
        {
            long begin = _owner._set.Offsets[session];
            return Known(begin, (int)(_owner._set.Offsets[session + 1] - begin));
        }

        private void PositiveCase(int session, long begin, int at, ReadOnlySpan<int> target)
        {
            // Taking an item out of the cart is not something to predict.
            if (ActionTable.MakesPositivePairs(_owner._recommender.Data.ActionWeights[_owner._set.Actions[begin + at]]))
                Case(session, begin, at, target);
        }

        private int[] PositiveRest(long from, long to)
        {
            var rest = new List<int>();
            for (long e = from; e < to; e++)
            {
                bool positive = ActionTable.MakesPositivePairs(
                    _owner._recommender.Data.ActionWeights[_owner._set.Actions[e]]);
                if (positive && !rest.Contains(_owner._set.Rows[e])) rest.Add(_owner._set.Rows[e]);
            }
            return [.. rest];
        }

        private void Case(int session, long begin, int historyLength, ReadOnlySpan<int> targets)
        {
            int cluster = _owner._clusters[session];
            _owner._weights[cluster]++;
            Span<double> sums = _owner._table.AsSpan(cluster * _owner._columns, _owner._columns);
            SessionContext context = Known(begin, historyLength);
            for (int i = 0; i < _owner._sources.Length; i++)
            {
                ReadOnlySpan<int> list = Rank(context, _owner._sources[i]);
                for (int p = 0; p < list.Length; p++)
                {
                    _isTrue[p] = targets.Contains(list[p]);
                    Covered[i][list[p]] = true;
                }
                RankMetrics.Add(
                    _isTrue.AsSpan(0, list.Length), targets.Length, _owner._options.K,
                    sums.Slice(i * RankMetrics.Count, RankMetrics.Count));
            }
        }

        private ReadOnlySpan<int> Rank(in SessionContext context, CandidateSourceKind source)
        {
            int k = _owner._options.K;
            Recommender recommender = _owner._recommender;
            if (source is CandidateSourceKind.Hybrid or CandidateSourceKind.HybridDefault or CandidateSourceKind.Ranker)
                return recommender.AnswerKnown(context, new RecommendOptions { Source = source }, k, _scratch).Rows;
            // What is popular needs no session; the others have nothing to go on without one known item.
            bool anyone = source is CandidateSourceKind.Popularity or CandidateSourceKind.Trending;
            if (context.Length == 0 && !anyone) return default;
            recommender.Rank(context, source, k, _scratch);
            return _scratch.Answer.Rows;
        }

        private SessionContext Known(long begin, int length)
        {
            if (_rows.Length < length)
            {
                int capacity = Math.Max(length, _rows.Length * 2);
                (_rows, _actions, _times) = (new int[capacity], new byte[capacity], new long[capacity]);
            }
            EvaluationSet set = _owner._set;
            int n = 0;
            for (long e = begin; e < begin + length; e++)
            {
                if (set.Rows[e] < 0) continue;
                _rows[n] = set.Rows[e];
                _actions[n] = set.Actions[e];
                _times[n++] = set.TimesMs[e];
            }
            return new SessionContext
            {
                Rows = _rows.AsSpan(0, n),
                Actions = _actions.AsSpan(0, n),
                TimesMs = _times.AsSpan(0, n),
            };
        }
    }
}
