// Serving an HNSW index straight from its mapped file: Malkov and Yashunin 2016, arXiv 1603.09320, Algorithm
// 5.
// Differs from the paper: see HnswWalk; the layer-0 walk also starts from the entry point, from which every
// node is reachable, so a search never gives fewer than it was asked for; with codes the walk goes by them
// and the best of its pool are measured exactly; where reading everything is cheaper than walking, that is
// done, exactly.
// Must never copy the graph, allocate in a search, or trust a number it read.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>
/// An opened index. Immutable and safe from any thread, one <see cref="HnswScratch"/> each; valid as long as
/// its file and its vectors are open (it owns neither).
/// </summary>
internal sealed unsafe partial class HnswIndex
{
    private readonly HnswGraph _graph;
    private readonly RowMatrix _vectors;
    private readonly float* _inverseNorms;
    private readonly Codes? _codes;
    private readonly View<int>? _nextDuplicate;

    private HnswIndex(HnswLayout layout, ArtifactFile file, RowMatrix vectors)
    {
        Layout = layout;
        _vectors = vectors;
        bool renumbered = (file.Header.RequiredFeatures & ArtifactFormat.RenumberedNodes) != 0;
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
    /// <param name="file">An artifact of kind <see cref="HnswLayout.FileKind"/>.</param>
    /// <param name="vectors">The rows the index was built from.</param>
    /// <param name="vectorsDigest">Content digest of the artifact that holds those rows.</param>
    /// <exception cref="CorruptFileException">A section is missing or of the wrong size.</exception>
    /// <exception cref="EmbedEngineException">The index was built from other vectors
    /// (VersionMismatch).</exception>
    public static HnswIndex Open(ArtifactFile file, RowMatrix vectors, ulong vectorsDigest)
    {
        HnswLayout layout = HnswLayout.Decode(file);
        if (layout.VectorsDigest != vectorsDigest || layout.Count != vectors.Rows
            || layout.Dims != vectors.Dims)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch,
                $"{file.Path}: built from vectors {layout.VectorsDigest:x16} ({layout.Count} x "
                + $"{layout.Dims}), "
                + $"opened with {vectorsDigest:x16} ({vectors.Rows} x {vectors.Dims}): rebuild the index");
        }
        return new HnswIndex(layout, file, vectors);
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
            Links0 = file.Section<int>(HnswLayout.Links0Section,
                (long)layout.Count * layout.LinkStride).Pointer,
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
        Pointer =
        file.Section<byte>(HnswLayout.CodesSection, (long)layout.Count * Codes.StrideOf(layout.Dims)).Pointer,
        Sides = file.Section<float>(HnswLayout.CodeSidesSection, 2L * layout.Count).Pointer,
        Errors = file.Section<float>(HnswLayout.CodeErrorsSection, layout.Count).Pointer,
        Mean = file.Section<float>(HnswLayout.CodeMeanSection, layout.Dims).Pointer,
    };
}
