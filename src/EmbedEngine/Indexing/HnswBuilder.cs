// Building the graph: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm 1 (INSERT), in deterministic
// batches.
// Differs from the paper:
// - Nodes enter in a seeded random order, in batches of at most 2 % of what is already there (prefix
//   doubling, as in ParlayANN, Manohar et al. 2024, arXiv 2305.04359). A batch searches the graph as it was
//   before the batch, in parallel; then the links back are added, each target by one worker. So there is no
//   lock, no node is ever seen half-linked, and the bytes do not depend on threads.
// - Levels are drawn before anything is inserted and the highest node goes first: the entry point never
//   changes.
// - Vectors that are equal bit for bit are one node; the others hang on it in a list. Thousands of copies can
//   neither form a sink nor crowd out links (redis and others have had both).
// - Inner product is searched over the graph of the cosine: raw inner product leaves short vectors
//   unreachable, and the usual augmentation (x, √(max|x|² − |x|²)) (Bachrach et al. 2014) was measured to
//   lose queries unlike the data: recall@10 .79 against .92 on clustered vectors, the same on trained item
//   vectors (.977 and .973 at ef 64).
// - With codes (HnswOptions.Quantization) the graph is built by the codes' distances too, and its nodes are
//   renumbered when it is written.
// - Afterwards every node is made reachable from the entry point at level 0 (HnswRepair).

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>Builds a graph in native memory and writes it. The vectors must outlive it. Not
/// thread-safe.</summary>
internal sealed unsafe class HnswBuilder : IDisposable
{
    private const int SoloNodes = 64;
    private const int BatchDivisor = 50;
    private const int EarlyDivisor = 16;
    private const int AutoCodeRows = 2000;
    private const int AutoCodeDims = 16;

    private readonly HnswOptions _options;
    private readonly Metric _metric;
    private readonly ProgressScope _progress;
    private readonly int _threads;
    private readonly RowMatrix _vectors;
    private readonly HnswStorage _storage;
    private readonly HnswGraph _graph;
    private readonly CodeBuilder? _codes;
    private readonly HnswScratch[] _scratch;
    // a selection asks for distances while the walk's query is still in use
    private readonly HnswScratch[] _selection;
    private readonly int[][] _chosen;
    private readonly ulong[][] _merged;
    private int _entryPoint = -1;
    private int _topLevel;

    private HnswBuilder(RowMatrix vectors, Metric metric, HnswOptions options, ProgressScope progress)
    {
        _options = options;
        _metric = metric;
        _progress = progress;
        _vectors = vectors;
        _threads = options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;
        _storage = new HnswStorage(vectors, metric, options);
        _graph = _storage.Graph;
        if (HasCodes(options, vectors)) _codes = CodeBuilder.Build(vectors, _storage.Side, _threads);
        _scratch = new HnswScratch[_threads];
        _selection = new HnswScratch[_threads];
        _chosen = new int[_threads][];
        _merged = new ulong[_threads][];
        for (int t = 0; t < _threads; t++)
        {
            _scratch[t] = new HnswScratch();
            _selection[t] = new HnswScratch();
            _chosen[t] = new int[2 * options.M + 3];
            _merged[t] = new ulong[2 * options.M];
        }
    }

    /// <summary>The finished graph, valid until Dispose.</summary>
    public HnswGraph Graph => _graph;

    public int EntryPoint => _entryPoint;

    public int TopLevel => _topLevel;

    /// <summary>Next equal vector of each row (−1 ends), or null when there are none.</summary>
    public int[]? NextDuplicate => _storage.NextDuplicate;

    /// <summary>Nodes that the repair had to link; for tests and measurements.</summary>
    public int Repaired { get; private set; }

    /// <summary>Builds the graph over all rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">A vector holds NaN, ∞ or values whose squares
    /// overflow.</exception>
    /// <exception cref="EmbedEngineException">Cancelled or out of memory.</exception>
    public static HnswBuilder Build(
        RowMatrix vectors, Metric metric, HnswOptions options, ProgressScope progress, string stage = "hnsw")
    {
        options.Validate();
        if (!Enum.IsDefined(metric))
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "no such metric");
        var builder = new HnswBuilder(vectors, metric, options, progress);
        try
        {
            progress.Begin(stage, vectors.Rows, "rows");
            // Inner product is built as a cosine graph: the head of this file says why.
            if (builder._codes is { } codes)
                builder.InsertAll<CodeSpace, CodeDistance>(new CodeSpace(codes.Codes));
            else
                builder.InsertAll<FloatSpace, FloatDistance>(
                    new FloatSpace(
                    vectors, metric == Metric.L2 ? metric : Metric.Cosine, builder._storage.Side));
            progress.End();
            return builder;
        }
        catch
        {
            builder.Dispose();
            throw;
        }
    }

    /// <summary>What the header page of the index's artifact must say.</summary>
    public ArtifactHeader Header(long version = 0) => new()
    {
        Kind = HnswLayout.FileKind,
        Version = version,
        RowCount = _vectors.Rows,
        Dimensions = _vectors.Dims,
        StrideBytes = 0,
        Metric = _metric,
        RequiredFeatures = _codes is null ? 0 : ArtifactFormat.RenumberedNodes,
    };

    /// <summary>Writes all sections; the caller finishes the file.</summary>
    /// <param name="writer">A writer made with <see cref="Header"/>.</param>
    /// <param name="vectorsDigest">Content digest of the artifact that holds the vectors.</param>
    public void Write(ArtifactWriter writer, ulong vectorsDigest)
    {
        int[]? rows = _codes is null ? null : _storage.BreadthFirst(_entryPoint);
        var layout = new HnswLayout
        {
            Count = _vectors.Rows,
            Dims = _vectors.Dims,
            Metric = _metric,
            M = _options.M,
            EfConstruction = _options.EfConstruction,
            EfSearch = _options.EfSearch,
            Seed = _options.Seed,
            // where the breadth-first walk began
            EntryPoint = rows is null || _entryPoint < 0 ? _entryPoint : 0,
            TopLevel = _topLevel,
            VectorsDigest = vectorsDigest,
        };
        writer.Add<long>(HnswLayout.MetaSection, layout.Encode());
        _storage.Write(writer, _metric, rows);
        _codes?.Write(writer, rows, _metric, _storage.Side);
    }

    public void Dispose()
    {
        _storage.Dispose();
        _codes?.Dispose();
    }

    private static bool HasCodes(HnswOptions options, RowMatrix vectors) =>
        options.Quantization == Quantization.On
        || (options.Quantization == Quantization.Auto && vectors.Rows >= AutoCodeRows
            && vectors.Dims >= AutoCodeDims);

    private void InsertAll<TSpace, TDistance>(TSpace space)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        int[] order = _storage.Order();
        if (order.Length == 0) return;
        (_entryPoint, _topLevel) = (order[0], _graph.Levels[order[0]]);
        int done = 1;
        var back = new List<ulong>();
        while (done < order.Length)
        {
            // Small batches at first: a batch does not see itself, and a tenth of a tiny graph would hurt.
            int size = done < SoloNodes ? 1
                : Math.Max(1, Math.Min(done / EarlyDivisor, order.Length / BatchDivisor));
            size = Math.Min(size, order.Length - done);
            InsertBatch<TSpace, TDistance>(space, order.AsMemory(done, size), back);
            done += size;
        }
        Repaired = HnswRepair.Run<TSpace, TDistance>(
            _graph, space, _entryPoint, _graph.Count, _options.EfConstruction, _storage.IsCopy, _scratch[0]);
    }

    private void InsertBatch<TSpace, TDistance>(TSpace space, ReadOnlyMemory<int> batch, List<ulong> back)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        ForEach(batch.Length, 4, (worker, i) => Link<TSpace, TDistance>(space, worker, batch.Span[i]));
        // A back link is (level, target, place in the batch) in one word, so sorting groups targets in a
        // fixed order.
        back.Clear();
        for (int i = 0; i < batch.Length; i++)
        {
            int node = batch.Span[i];
            for (int level = 0; level <= Math.Min(_graph.Levels[node], _topLevel); level++)
            {
                int* links = _graph.Links(node, level);
                for (int j = 0; j < _graph.MaxLinks(level) && links[j] != -1; j++)
                    back.Add(((ulong)level << 59) | ((ulong)(uint)links[j] << 28) | (uint)i);
            }
        }
        back.Sort();
        var groups = new List<int>();
        for (int i = 0; i < back.Count; i++)
        {
            if (i == 0 || back[i] >> 28 != back[i - 1] >> 28) groups.Add(i);
        }
        groups.Add(back.Count);
        ForEach(groups.Count - 1, 64, (worker, g) => LinkBack<TSpace, TDistance>(
            space, worker, batch.Span, back, groups[g], groups[g + 1]));
        _progress.Add(batch.Length);
        _progress.Poll();
    }

    /// <summary>Runs a body for each index, on the team when it is worth starting one.</summary>
    private void ForEach(int count, int chunk, Action<int, int> body)
    {
        if (_threads == 1 || count < 2 * chunk)
        {
            for (int i = 0; i < count; i++) body(0, i);
            return;
        }
        WorkerTeam.For(_threads, count, chunk, (worker, begin, end) =>
        {
            for (long i = begin; i < end; i++) body(worker, (int)i);
        });
    }

    /// <summary>Finds and writes a new node's own links, at all its levels. Nothing links to it
    /// yet.</summary>
    private void Link<TSpace, TDistance>(TSpace space, int worker, int node)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        HnswScratch scratch = _scratch[worker], other = _selection[worker];
        TDistance distance = space.From(node, scratch);
        int level = Math.Min(_graph.Levels[node], _topLevel);
        int current = HnswWalk.Descend(_graph, distance, _entryPoint, _topLevel, level, scratch);
        for (; level >= 0; level--)
        {
            scratch.Begin(_graph.Count, _options.EfConstruction);
            HnswWalk.SearchLayer(_graph, distance, current, current, level, _options.EfConstruction, scratch);
            int count =
                HnswSelect.Run<TSpace, TDistance>(space, scratch.Found, _options.M, _chosen[worker], other);
            int* links = _graph.Links(node, level);
            for (int i = 0; i < count; i++) links[i] = _chosen[worker][i];
            current = HnswScratch.Node(scratch.Pool[0]);
        }
    }

    /// <summary>Adds the links back to one target at one level; if they do not fit, selects among
    /// all.</summary>
    private void LinkBack<TSpace, TDistance>(
        TSpace space, int worker, ReadOnlySpan<int> batch, List<ulong> back, int begin, int end)
        where TSpace : struct, INodeSpace<TDistance>
        where TDistance : struct, INodeDistance
    {
        int level = (int)(back[begin] >> 59), target = (int)((back[begin] >> 28) & 0x7FFFFFFF);
        int* links = _graph.Links(target, level);
        int max = _graph.MaxLinks(level), used = 0;
        while (used < max && links[used] != -1) used++;
        if (used + end - begin <= max)
        {
            for (int i = begin; i < end; i++) links[used++] = batch[(int)(back[i] & 0xFFFFFFF)];
            return;
        }
        int total = used + end - begin;
        if (_merged[worker].Length < total) _merged[worker] = new ulong[total];
        Span<ulong> merged = _merged[worker].AsSpan(0, total);
        TDistance distance = space.From(target, _scratch[worker]);
        for (int i = 0; i < total; i++)
        {
            int other = i < used ? links[i] : batch[(int)(back[begin + i - used] & 0xFFFFFFF)];
            merged[i] = HnswScratch.Pack(distance.To(other), other);
        }
        merged.Sort();
        int count =
            HnswSelect.Run<TSpace, TDistance>(space, merged, max, _chosen[worker], _selection[worker]);
        for (int i = 0; i < max; i++) links[i] = i < count ? _chosen[worker][i] : -1;
    }
}
