// Serving an HNSW index straight from its mapped file: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm
// 5.
// Differs from the paper: see HnswWalk; the layer-0 walk also starts from the entry point, from which every
// node is reachable, so a search never gives fewer than it was asked for; a pool as large as the index is an
// exact scan. Must never copy the graph, allocate in a search, or trust a number it read.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>
/// An opened index. Immutable and safe from any thread, one <see cref="HnswScratch"/> each; valid as long as
/// its file and its vectors are open (it owns neither).
/// </summary>
internal sealed unsafe class HnswIndex
{
    private readonly HnswGraph _graph;
    private readonly View<int>? _nextDuplicate;

    private HnswIndex(HnswLayout layout, HnswGraph graph, View<int>? nextDuplicate)
    {
        Layout = layout;
        _graph = graph;
        _nextDuplicate = nextDuplicate;
    }

    /// <summary>The recorded parameters.</summary>
    public HnswLayout Layout { get; }

    public int Count => Layout.Count;

    public HnswGraph Graph => _graph;

    /// <summary>Next equal vector of each row, or null when there are none.</summary>
    public View<int>? NextDuplicate => _nextDuplicate;

    /// <summary>Looks at the section table and the parameters only: O(1) whatever the size.</summary>
    /// <param name="file">An artifact of kind <see cref="ArtifactKind.Hnsw"/>.</param>
    /// <param name="vectors">The rows the index was built from.</param>
    /// <param name="vectorsDigest">Content digest of the artifact that holds those rows.</param>
    /// <exception cref="CorruptFileException">A section is missing or of the wrong size.</exception>
    /// <exception cref="EmbedEngineException">The index was built from other vectors
    /// (VersionMismatch).</exception>
    public static HnswIndex Open(ArtifactFile file, RowMatrix vectors, ulong vectorsDigest)
    {
        HnswLayout layout = HnswLayout.Decode(file);
        if (layout.VectorsDigest != vectorsDigest || layout.Count != vectors.Rows || layout.Dims != vectors.Dims)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch,
                $"{file.Path}: built from vectors {layout.VectorsDigest:x16} ({layout.Count} x {layout.Dims}), "
                + $"opened with {vectorsDigest:x16} ({vectors.Rows} x {vectors.Dims}): rebuild the index");
        }
        View<int> upperLinks = file.Section<int>(HnswLayout.UpperLinksSection);
        var graph = new HnswGraph
        {
            Path = file.Path,
            Owner = file,
            Vectors = vectors,
            Metric = layout.Metric,
            Count = layout.Count,
            M = layout.M,
            LinkStride = layout.LinkStride,
            Links0 = file.Section<int>(HnswLayout.Links0Section, (long)layout.Count * layout.LinkStride).Pointer,
            Levels = file.Section<byte>(HnswLayout.LevelsSection, layout.Count).Pointer,
            UpperStart = file.Section<int>(HnswLayout.UpperStartSection, layout.Count).Pointer,
            UpperLinks = upperLinks.Pointer,
            UpperRows = upperLinks.Count / layout.M,
            Side = layout.Metric == Metric.Cosine
                ? file.Section<float>(HnswLayout.SideSection, layout.Count).Pointer : null,
        };
        View<int>? next = file.Has(HnswLayout.DuplicateSection)
            ? file.Section<int>(HnswLayout.DuplicateSection, layout.Count) : null;
        return new HnswIndex(layout, graph, next);
    }

    /// <summary>
    /// Finds the k nearest rows, best first, ties by smaller row. Scores: cosine (0 with a zero vector), dot
    /// product, or minus the squared distance. Gives min(k, Count) rows. Allocates only when the scratch must
    /// grow.
    /// </summary>
    /// <param name="query">Dims floats.</param>
    /// <param name="k">Rows wanted, at least 1.</param>
    /// <param name="efSearch">Nodes kept in view; 0 means the recorded default, and less than k means
    /// k.</param>
    /// <param name="scratch">The caller's; no other search may use it meanwhile.</param>
    /// <param name="rows">Receives the rows; at least min(k, Count) long.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">Wrong dimension, NaN or ∞ in the query, or too little
    /// room.</exception>
    /// <exception cref="CorruptFileException">The walk met damage.</exception>
    public int Search(
        ReadOnlySpan<float> query, int k, int efSearch, HnswScratch scratch, Span<int> rows, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(efSearch);
        ExactIndex.CheckQuery(query, Layout.Dims);
        int wanted = Math.Min(k, Count);
        if (rows.Length < wanted || scores.Length < wanted)
            throw new ArgumentException($"room for {Math.Min(rows.Length, scores.Length)} results, {wanted} needed");
        if (wanted == 0) return 0;
        int ef = Math.Max(efSearch == 0 ? Layout.EfSearch : efSearch, wanted);
        rows = rows[..wanted];
        scores = scores[..wanted];
        if (ef >= Count)
        {
            var norms = new ReadOnlySpan<float>(_graph.Side, _graph.Side == null ? 0 : Count);
            return ExactIndex.Search(_graph.Vectors, query, _graph.Metric, wanted, rows, scores, default, norms);
        }
        // In bounds: the query has Dims floats and is pinned; HnswGraph checks every row it is led to.
        fixed (float* q = query)
        {
            float side = _graph.Metric == Metric.Cosine ? ExactIndex.InverseNorm(q, Layout.Dims) : 0;
            int start = HnswWalk.Descend(_graph, q, side, Layout.EntryPoint, Layout.TopLevel, 0, scratch);
            scratch.Begin(Count, ef);
            HnswWalk.SearchLayer(_graph, q, side, start, Layout.EntryPoint, 0, ef, scratch);
        }
        return Collect(scratch, rows, scores);
    }

    /// <summary>The best of the pool, each with the rows that are equal to it.</summary>
    private int Collect(HnswScratch scratch, Span<int> rows, Span<float> scores)
    {
        if (_nextDuplicate is not { } next)
        {
            int count = Math.Min(rows.Length, scratch.PoolCount);
            for (int i = 0; i < count; i++)
            {
                rows[i] = HnswScratch.Row(scratch.Pool[i]);
                scores[i] = -HnswScratch.Distance(scratch.Pool[i]) + 0f;
            }
            return count;
        }
        var top = new TopK(rows, scores);
        for (int i = 0; i < scratch.PoolCount; i++)
        {
            float score = -HnswScratch.Distance(scratch.Pool[i]) + 0f;
            if (score < top.Threshold) break;
            int row = HnswScratch.Row(scratch.Pool[i]);
            // Lists run upwards: once a copy is refused, its successors would be too. A damaged list ends
            // where it turns.
            while (top.Offer(score, row))
            {
                int following = next[row];
                if (following <= row || following >= Count) break;
                row = following;
            }
        }
        return top.Finish();
    }
}
