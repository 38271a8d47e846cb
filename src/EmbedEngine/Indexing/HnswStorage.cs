// The memory of a graph under construction: levels, link arrays, the metric's side numbers and the lists of
// equal vectors.
// Must never depend on threads: everything here is a function of vectors, metric and seed.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>Owns the arrays of an <see cref="HnswGraph"/> in native memory.</summary>
internal sealed unsafe class HnswStorage : IDisposable
{
    private readonly RowMatrix _vectors;
    private readonly HnswOptions _options;
    private readonly NativeBuffer<int> _links0;
    private readonly NativeBuffer<byte> _levels;
    private readonly NativeBuffer<int> _upperStart;
    private readonly NativeBuffer<int> _upperLinks;
    private readonly NativeBuffer<float>? _side;
    private readonly bool[]? _isCopy;

    public HnswStorage(RowMatrix vectors, Metric metric, HnswOptions options)
    {
        _vectors = vectors;
        _options = options;
        int n = vectors.Rows, linkStride = (2 * options.M + 15) & ~15;
        double[] squared = SquaredNorms(vectors);
        (NextDuplicate, _isCopy) = FindDuplicates(vectors);
        _links0 = new NativeBuffer<int>((long)n * linkStride);
        _levels = new NativeBuffer<byte>(n);
        _upperStart = new NativeBuffer<int>(n);
        long upperRows = DrawLevels();
        _upperLinks = new NativeBuffer<int>(upperRows * options.M);
        for (long i = 0; i < _links0.Count; i++) _links0.Pointer[i] = -1;
        for (long i = 0; i < _upperLinks.Count; i++) _upperLinks.Pointer[i] = -1;
        _side = Sides(squared, metric);
        Graph = new HnswGraph
        {
            Path = "hnsw under construction",
            Owner = this,
            Count = n,
            M = options.M,
            LinkStride = linkStride,
            Links0 = _links0.Pointer,
            Levels = _levels.Pointer,
            UpperStart = _upperStart.Pointer,
            UpperLinks = _upperLinks.Pointer,
            UpperRows = upperRows,
        };
    }

    public HnswGraph Graph { get; }

    /// <summary>1/|x| of each row (0 for a zero vector), for the metrics that need it; else null.</summary>
    public float* Side => _side is null ? null : _side.Pointer;

    /// <summary>Next row with the same vector (always larger), −1 at the end; null when no two are
    /// equal.</summary>
    public int[]? NextDuplicate { get; }

    /// <summary>Whether the row is a copy of an earlier one, and so no node of the graph.</summary>
    public bool IsCopy(int row) => _isCopy is not null && _isCopy[row];

    /// <summary>The nodes in insertion order: the highest first, then at random.</summary>
    public int[] Order()
    {
        var order = new List<int>(_vectors.Rows);
        for (int row = 0; row < _vectors.Rows; row++)
        {
            if (!IsCopy(row)) order.Add(row);
        }
        CounterStream random = new CounterRandom(_options.Seed, 2).Stream();
        for (int i = order.Count - 1; i > 0; i--)
        {
            int j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        int top = 0;
        for (int i = 1; i < order.Count; i++)
        {
            if (_levels.Pointer[order[i]] > _levels.Pointer[order[top]]) top = i;
        }
        if (order.Count > 0) (order[0], order[top]) = (order[top], order[0]);
        return [.. order];
    }

    /// <summary>
    /// Writes the sections of the graph, node i of the file being rows[i]; null = as it is.
    /// </summary>
    public void Write(ArtifactWriter writer, Metric metric, int[]? rows)
    {
        if (rows is null) WriteInPlace(writer);
        else WriteRenumbered(writer, rows);
        // Inner product needs the norms only to build; a search for it reads none.
        if (metric == Metric.Cosine) WriteAll(writer, HnswLayout.SideSection, _side!);
        if (NextDuplicate is not null) writer.Add<int>(HnswLayout.DuplicateSection, NextDuplicate);
    }

    /// <summary>
    /// Rows in the order in which a breadth-first walk at level 0 meets them: nodes that are neighbors lie
    /// near each other in the file. Copies come last.
    /// </summary>
    public int[] BreadthFirst(int entryPoint)
    {
        var rows = new int[Graph.Count];
        var seen = new bool[rows.Length];
        int count = 0;
        if (entryPoint >= 0) (rows[count++], seen[entryPoint]) = (entryPoint, true);
        for (int i = 0; i < count; i++)
        {
            int* links = Graph.Links(rows[i], 0);
            for (int j = 0; j < Graph.MaxLinks(0) && links[j] != -1; j++)
            {
                if (seen[links[j]]) continue;
                (rows[count++], seen[links[j]]) = (links[j], true);
            }
        }
        for (int row = 0; row < seen.Length; row++)
        {
            if (!seen[row]) rows[count++] = row;
        }
        return rows;
    }

    public void Dispose()
    {
        _links0.Dispose();
        _levels.Dispose();
        _upperStart.Dispose();
        _upperLinks.Dispose();
        _side?.Dispose();
    }

    private void WriteInPlace(ArtifactWriter writer)
    {
        WriteAll(writer, HnswLayout.Links0Section, _links0);
        WriteAll(writer, HnswLayout.LevelsSection, _levels);
        WriteAll(writer, HnswLayout.UpperStartSection, _upperStart);
        WriteAll(writer, HnswLayout.UpperLinksSection, _upperLinks);
    }

    private void WriteRenumbered(ArtifactWriter writer, int[] rows)
    {
        var nodes = new int[rows.Length];
        for (int node = 0; node < rows.Length; node++) nodes[rows[node]] = node;
        int[] links = new int[Graph.LinkStride];
        writer.Begin(HnswLayout.Links0Section, sizeof(int));
        foreach (int row in rows) WriteLinks(writer, Graph.Links(row, 0), links, nodes);
        writer.EndSection();
        var levels = new byte[rows.Length];
        var starts = new int[rows.Length];
        int upperRows = 0;
        for (int node = 0; node < rows.Length; node++)
        {
            levels[node] = _levels.Pointer[rows[node]];
            starts[node] = levels[node] == 0 ? -1 : upperRows;
            upperRows += levels[node];
        }
        writer.Add<byte>(HnswLayout.LevelsSection, levels);
        writer.Add<int>(HnswLayout.UpperStartSection, starts);
        links = new int[_options.M];
        writer.Begin(HnswLayout.UpperLinksSection, sizeof(int));
        foreach (int row in rows)
        {
            for (int level = 1; level <= _levels.Pointer[row]; level++)
                WriteLinks(writer, Graph.Links(row, level), links, nodes);
        }
        writer.EndSection();
        writer.Add<int>(HnswLayout.NodeRowsSection, rows);
    }

    private static void WriteLinks(ArtifactWriter writer, int* from, int[] to, int[] nodes)
    {
        for (int i = 0; i < to.Length; i++) to[i] = from[i] == -1 ? -1 : nodes[from[i]];
        writer.Write<int>(to);
    }

    private static void WriteAll<T>(ArtifactWriter writer, uint type, NativeBuffer<T> buffer)
        where T : unmanaged
    {
        const int Piece = 1 << 20;
        writer.Begin(type, sizeof(T));
        for (long i = 0; i < buffer.Count; i += Piece)
            writer.Write<T>(buffer.Slice(i, (int)Math.Min(Piece, buffer.Count - i)));
        writer.EndSection();
    }

    /// <summary>Level ⌊−ln U / ln M⌋ of each node, keyed by row; returns the rows of upper links
    /// needed.</summary>
    private long DrawLevels()
    {
        var random = new CounterRandom(_options.Seed, 1);
        double scale = 1 / Math.Log(_options.M);
        long upperRows = 0;
        for (int row = 0; row < _vectors.Rows; row++)
        {
            double uniform = ((random.At((ulong)row) >> 11) + 1) * (1.0 / (1L << 53)); // in (0, 1]
            int level = IsCopy(row) ? 0 : (int)Math.Min(HnswLayout.MaxLevel, -Math.Log(uniform) * scale);
            _levels.Pointer[row] = (byte)level;
            _upperStart.Pointer[row] = level == 0 ? -1 : checked((int)upperRows);
            upperRows += level;
        }
        return upperRows;
    }

    private static double[] SquaredNorms(RowMatrix vectors)
    {
        var squared = new double[vectors.Rows];
        for (int row = 0; row < vectors.Rows; row++)
        {
            float* x = vectors.Row(row);
            squared[row] = VectorMath.Dot(x, x, vectors.Dims);
            if (!double.IsFinite(squared[row]))
                throw new ArgumentException(
                    $"vector {row} holds NaN, infinity or values too large", nameof(vectors));
        }
        return squared;
    }

    private static NativeBuffer<float>? Sides(double[] squared, Metric metric)
    {
        if (metric == Metric.L2) return null;
        var side = new NativeBuffer<float>(squared.Length);
        for (int row = 0; row < squared.Length; row++)
            side.Pointer[row] = squared[row] > 0 ? (float)(1 / Math.Sqrt(squared[row])) : 0;
        return side;
    }

    /// <summary>Lists of bitwise equal rows, by hash and then by comparison; both null when all
    /// differ.</summary>
    private static (int[]? Next, bool[]? IsCopy) FindDuplicates(RowMatrix vectors)
    {
        int[]? next = null;
        bool[]? isCopy = null;
        // last row of the list, by hash; a hash shared by chance is no list
        var tails = new Dictionary<ulong, int>();
        for (int row = 0; row < vectors.Rows; row++)
        {
            ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(vectors[row]);
            ulong hash = ArtifactFormat.DigestAdd(ArtifactFormat.DigestSeed, bytes);
            if (tails.TryGetValue(hash, out int tail)
                && bytes.SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vectors[tail])))
            {
                if (next is null) Array.Fill(next = new int[vectors.Rows], -1);
                isCopy ??= new bool[vectors.Rows];
                next[tail] = row;
                isCopy[row] = true;
            }
            tails[hash] = row;
        }
        return (next, isCopy);
    }
}
