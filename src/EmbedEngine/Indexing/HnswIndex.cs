// Serving an HNSW index straight from its mapped file: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm
// 5.
// Differs from the paper: see HnswWalk; the layer-0 walk also starts from the entry point, from which every
// node is reachable, so a search never gives fewer than it was asked for; with codes the walk goes by them and the best of
// its pool are measured exactly; where reading everything is cheaper than walking, that is done, exactly.
// Must never copy the graph, allocate in a search, or trust a number it read.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>
/// An opened index. Immutable and safe from any thread, one <see cref="HnswScratch"/> each; valid as long as
/// its file and its vectors are open (it owns neither).
/// </summary>
internal sealed unsafe class HnswIndex
{
    /// <summary>Rows read in the time of one step of a walk: a pool of ef makes about ef steps.</summary>
    private const int ScanRowsPerStep = 40;

    private readonly HnswGraph _graph;
    private readonly RowMatrix _vectors;
    private readonly float* _inverseNorms;
    private readonly Codes? _codes;
    private readonly View<int>? _nextDuplicate;

    private HnswIndex(HnswLayout layout, ArtifactFile file, RowMatrix vectors)
    {
        Layout = layout;
        _vectors = vectors;
        bool renumbered = file.Header.RequiredFeatures == ArtifactFormat.RenumberedNodes;
        _graph = OpenGraph(layout, file, renumbered);
        _inverseNorms = layout.Metric == Metric.Cosine
            ? file.Section<float>(HnswLayout.SideSection, layout.Count).Pointer : null;
        _codes = renumbered ? OpenCodes(layout, file) : null;
        _nextDuplicate = file.Has(HnswLayout.DuplicateSection)
            ? file.Section<int>(HnswLayout.DuplicateSection, layout.Count) : null;
    }

    /// <summary>The recorded parameters.</summary>
    public HnswLayout Layout { get; }

    public int Count => Layout.Count;

    public HnswGraph Graph => _graph;

    /// <summary>The rows the index was built from.</summary>
    public RowMatrix Vectors => _vectors;

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
        return new HnswIndex(layout, file, vectors);
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
    /// <param name="path">By the graph or exactly.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">Wrong dimension, NaN or ∞ in the query, or too little
    /// room.</exception>
    /// <exception cref="CorruptFileException">The walk met damage.</exception>
    public int Search(
        ReadOnlySpan<float> query, int k, int efSearch, HnswScratch scratch, Span<int> rows, Span<float> scores,
        SearchPath path = SearchPath.Auto)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(efSearch);
        ExactIndex.CheckQuery(query, Layout.Dims);
        int wanted = Math.Min(k, Count);
        if (rows.Length < wanted || scores.Length < wanted)
            throw new ArgumentException($"room for {Math.Min(rows.Length, scores.Length)} results, {wanted} needed");
        if (wanted == 0) return 0;
        int ef = Math.Max(efSearch == 0 ? Layout.EfSearch : efSearch, wanted);
        var top = new TopK(rows[..wanted], scores[..wanted]);
        // In bounds: the query has Dims floats and is pinned; HnswGraph checks every row it is led to.
        fixed (float* q = query)
        {
            var measure = new ExactMeasure(_graph, _vectors, Layout.Metric, _inverseNorms, q);
            bool scan = path == SearchPath.Exact || (path == SearchPath.Auto && IsScanFaster(ef));
            if (_codes is null) Search(measure, ef, scan, scratch, ref top);
            else SearchCodes(_codes, query, measure, ef, wanted, scan, scratch, ref top);
        }
        return top.Finish();
    }

    private bool IsScanFaster(int ef) => ef >= Count || (_codes is not null && Count <= (long)ef * ScanRowsPerStep);

    /// <summary>By floats: every distance of the walk is exact.</summary>
    private void Search(in ExactMeasure measure, int ef, bool scan, HnswScratch scratch, ref TopK top)
    {
        if (scan)
        {
            for (int row = 0; row < Count; row++) top.Offer(measure.Score(row), row);
            return;
        }
        Walk(measure.ToDistance(), ef, scratch);
        foreach (ulong entry in scratch.Found)
        {
            float score = -HnswScratch.Distance(entry) + 0f;
            if (score < top.Threshold) break;
            Offer(ref top, score, _graph.RowOf(HnswScratch.Node(entry)));
        }
    }

    /// <summary>By codes; the best of the pool are measured exactly.</summary>
    private void SearchCodes(
        Codes codes, ReadOnlySpan<float> query, in ExactMeasure measure, int ef, int wanted, bool scan,
        HnswScratch scratch, ref TopK top)
    {
        CodedQuery coded = codes.Code(query, Layout.Metric, scratch);
        if (scan)
        {
            CodeScan.Run(codes, coded, Layout.Metric, measure, ref top);
            return;
        }
        Walk(coded.Distance, ef, scratch);
        ReadOnlySpan<ulong> found = scratch.Found;
        found = found[..Math.Min(found.Length, Measured(wanted))];
        foreach (ulong entry in found) measure.Prefetch(_graph.RowOf(HnswScratch.Node(entry)));
        foreach (ulong entry in found)
        {
            int row = _graph.RowOf(HnswScratch.Node(entry));
            Offer(ref top, measure.Score(row), row);
        }
    }

    /// <summary>How many of the pool are measured for k: the order by codes is off by a few places.</summary>
    private static int Measured(int wanted) => wanted + wanted / 2 + 8;

    private void Walk<TDistance>(in TDistance distance, int ef, HnswScratch scratch)
        where TDistance : struct, INodeDistance
    {
        int start = HnswWalk.Descend(_graph, distance, Layout.EntryPoint, Layout.TopLevel, 0, scratch);
        scratch.Begin(Count, ef);
        HnswWalk.SearchLayer(_graph, distance, start, Layout.EntryPoint, 0, ef, scratch);
    }

    /// <summary>A row and the rows that are equal to it.</summary>
    private void Offer(ref TopK top, float score, int row)
    {
        // Lists run upwards: once a copy is refused, its successors would be too. A damaged list ends where it turns.
        while (top.Offer(score, row) && _nextDuplicate is { } next)
        {
            int following = next[row];
            if (following <= row || following >= Count) break;
            row = following;
        }
    }

    private static HnswGraph OpenGraph(HnswLayout layout, ArtifactFile file, bool renumbered)
    {
        View<int> upperLinks = file.Section<int>(HnswLayout.UpperLinksSection);
        return new HnswGraph
        {
            Path = file.Path,
            Owner = file,
            Count = layout.Count,
            M = layout.M,
            LinkStride = layout.LinkStride,
            Links0 = file.Section<int>(HnswLayout.Links0Section, (long)layout.Count * layout.LinkStride).Pointer,
            Levels = file.Section<byte>(HnswLayout.LevelsSection, layout.Count).Pointer,
            UpperStart = file.Section<int>(HnswLayout.UpperStartSection, layout.Count).Pointer,
            UpperLinks = upperLinks.Pointer,
            UpperRows = upperLinks.Count / layout.M,
            Rows = renumbered ? file.Section<int>(HnswLayout.NodeRowsSection, layout.Count).Pointer : null,
        };
    }

    private static Codes OpenCodes(HnswLayout layout, ArtifactFile file) => new()
    {
        Count = layout.Count,
        Dims = layout.Dims,
        Pointer = file.Section<byte>(HnswLayout.CodesSection, (long)layout.Count * Codes.StrideOf(layout.Dims)).Pointer,
        Sides = file.Section<float>(HnswLayout.CodeSidesSection, 2L * layout.Count).Pointer,
        Errors = file.Section<float>(HnswLayout.CodeErrorsSection, layout.Count).Pointer,
        Mean = file.Section<float>(HnswLayout.CodeMeanSection, layout.Dims).Pointer,
    };
}
