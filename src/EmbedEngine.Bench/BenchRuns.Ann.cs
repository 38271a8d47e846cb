using System.Diagnostics;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

public static partial class BenchRuns
{
    /// <summary>Most queries asked; the peers' scripts take as many.</summary>
    public const int MaxAnnQueries = 2000;

    private const int MinPasses = 3;
    private const double MinSeconds = 0.6;
    private const int ExactQueries = 300;

    /// <summary>
    /// Builds an index, writes it, opens it from its file and searches it: what <c>peers/ann.py</c> does.
    /// Recall is against exact search by floats.
    /// </summary>
    /// <param name="basePath">The vectors, .npy.</param>
    /// <param name="queryPath">The queries, .npy; the first <see cref="MaxAnnQueries"/> are asked.</param>
    /// <param name="metric">What to compare by.</param>
    /// <param name="options">Settings of the index; Threads is for building, searches run on one.</param>
    /// <param name="beams">Beam widths to try.</param>
    /// <param name="k">Neighbors wanted, 1 to 1,000.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static AnnBenchReport Ann(
        string basePath, string queryPath, Metric metric, HnswOptions options, IReadOnlyList<int> beams,
        int k = 10,
        ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(beams);
        options.Validate();
        if (k is < 1 or > 1000) throw new ArgumentOutOfRangeException(nameof(k), k, "k must be 1 to 1000");
        foreach (int ef in beams)
            if (ef < 1)
                throw new ArgumentOutOfRangeException(nameof(beams), ef, "a beam width must be at least 1");
        var scope = new ProgressScope(progress, cancellation);
        using BenchVectors vectors = BenchVectors.Read(basePath, int.MaxValue);
        using BenchVectors queries = BenchVectors.Read(queryPath, MaxAnnQueries);
        if (queries.Matrix.Dims != vectors.Matrix.Dims)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{queryPath}: queries of {queries.Matrix.Dims} dimensions, {basePath} has "
                + $"{vectors.Matrix.Dims}");
        }

        using var temporary = new TemporaryDirectory(FileSystem.Real);
        string path = Path.Combine(temporary.Path, "index.hnsw");
        var clock = new BenchClock();
        double seconds, cpu;
        using (HnswBuilder builder = HnswBuilder.Build(vectors.Matrix, metric, options, scope))
        {
            (seconds, cpu) = (clock.Seconds, clock.CpuSeconds);
            using var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header());
            builder.Write(writer, vectorsDigest: 0);
            writer.Finish();
        }
        using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind);
        HnswIndex index = HnswIndex.Open(file, vectors.Matrix, vectorsDigest: 0);
        var run =
            new AnnSearches(index, vectors.Matrix, queries.Matrix, Math.Min(k, vectors.Matrix.Rows));
        scope.Begin("truth", queries.Matrix.Rows, "queries");
        run.FindTruth(options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads);
        scope.End();
        scope.Begin("search", beams.Count, "beam widths");
        var points = new List<AnnBenchPoint>();
        foreach (int ef in beams)
        {
            scope.Poll();
            points.Add(run.Measure(ef, SearchPath.Graph, int.MaxValue));
            scope.Add(1);
        }
        AnnBenchPoint exact = run.Measure(0, SearchPath.Exact, ExactQueries);
        AnnBenchPoint auto = run.Measure(0, SearchPath.Auto, int.MaxValue);
        scope.End();
        return new AnnBenchReport
        {
            Rows = vectors.Matrix.Rows,
            Dims = vectors.Matrix.Dims,
            Queries = queries.Matrix.Rows,
            BuildSeconds = seconds,
            BuildCpuSeconds = cpu,
            IndexBytes = file.Length,
            VectorBytes = (long)vectors.Matrix.Rows * vectors.Matrix.StrideFloats * sizeof(float),
            Points = points,
            ExactQps = exact.Qps,
            ExactRecall = exact.Recall,
            DefaultQps = auto.Qps,
        };
    }

    /// <summary>Searches of one index and their truth. One thread, but for the truth.</summary>
    private sealed class AnnSearches(HnswIndex index, RowMatrix vectors, RowMatrix queries, int k)
    {
        private readonly HnswScratch _scratch = new();
        private readonly int[] _truth = new int[queries.Rows * k];
        private readonly int[] _rows = new int[queries.Rows * k];
        private readonly float[] _scores = new float[k];

        public void FindTruth(int threads) => WorkerTeam.For(threads, queries.Rows, 8, (_, begin, end) =>
        {
            var scores = new float[k];
            for (int q = (int)begin; q < end; q++)
                ExactIndex.Search(
                    vectors, queries[q], index.Layout.Metric, k, _truth.AsSpan(q * k, k), scores);
        });

        public AnnBenchPoint Measure(int ef, SearchPath path, int most)
        {
            int count = Math.Min(most, queries.Rows);
            var times = new double[count];
            (double best, double bestCpu, double p50, double p99) = (double.MaxValue, double.MaxValue, 0, 0);
            long begin = Stopwatch.GetTimestamp();
            for (int pass =
                0; pass < MinPasses || Stopwatch.GetElapsedTime(begin).TotalSeconds < MinSeconds; pass++)
            {
                var clock = new BenchClock();
                for (int q = 0; q < count; q++)
                {
                    long start = Stopwatch.GetTimestamp();
                    index.Search(queries[q], k, ef, _scratch, _rows.AsSpan(q * k, k), _scores, path: path);
                    times[q] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                }
                (double wall, double cpu) = (clock.Seconds, clock.CpuSeconds);
                bestCpu = Math.Min(bestCpu, cpu);
                if (wall >= best) continue;
                best = wall;
                Array.Sort(times);
                (p50, p99) = (times[count / 2], times[count * 99 / 100]);
            }
            int hits = 0;
            for (int q = 0; q < count; q++)
            {
                ReadOnlySpan<int> truth = _truth.AsSpan(q * k, k);
                foreach (int row in _rows.AsSpan(q * k, k)) hits += truth.Contains(row) ? 1 : 0;
            }
            return new AnnBenchPoint(
                ef, (double)hits / Math.Max(1, count * k), count / best, count / bestCpu, p50, p99);
        }
    }
}
