// V1. One vector space of a version: normalised IN rows (what an item is) and, where a trainer has them, OUT rows (what
// follows it), each with its norms, so that raw = row · norm. Rows are padded to 64 bytes; read from the mapping.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>The vectors of one space. Memory-mapped, thread-safe, valid until disposed.</summary>
internal sealed unsafe class VectorTable : IDisposable
{
    private const uint InSection = 1;
    private const uint InNormsSection = 2;
    private const uint OutSection = 3;
    private const uint OutNormsSection = 4;

    private readonly ArtifactFile _file;
    private readonly View<float> _inNorms;
    private readonly View<float> _outNorms;

    private VectorTable(ArtifactFile file)
    {
        _file = file;
        int rows = (int)file.Header.RowCount;
        int dims = file.Header.Dimensions;
        int stride = RowMatrix.PaddedStride(Math.Max(1, dims));
        if (dims < 1 || file.Header.StrideBytes != stride * sizeof(float))
            throw new CorruptFileException(file.Path, 56, "rows padded to 64 bytes", $"{file.Header.StrideBytes}");
        In = new RowMatrix(file.Section<float>(InSection, (long)rows * stride).Pointer, rows, dims, stride);
        _inNorms = file.Section<float>(InNormsSection, rows);
        HasOut = file.Has(OutSection);
        if (!HasOut) return;
        Out = new RowMatrix(file.Section<float>(OutSection, (long)rows * stride).Pointer, rows, dims, stride);
        _outNorms = file.Section<float>(OutNormsSection, rows);
    }

    /// <summary>Unit rows; an untrained row is all zero.</summary>
    public RowMatrix In { get; }

    /// <summary>Unit OUT rows; only where <see cref="HasOut"/>.</summary>
    public RowMatrix Out { get; }

    public bool HasOut { get; }

    public ReadOnlySpan<float> InNorms => _inNorms.Span;

    public ReadOnlySpan<float> OutNorms => _outNorms.Span;

    /// <summary>Content digest: what an index built from these vectors refers to.</summary>
    public ulong Digest => _file.Digest;

    public static VectorTable Open(FileSystem fileSystem, string path, VerifyLevel verify)
    {
        ArtifactFile file = ArtifactFile.Open(fileSystem, path, ArtifactKind.Vectors, verify);
        try
        {
            return new VectorTable(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Normalises, pads and writes raw rows × dims matrices; <paramref name="outRows"/> may be empty.</summary>
    public static void Write(
        ArtifactSink sink, string space, int rows, int dims, ReadOnlySpan<float> inRows, ReadOnlySpan<float> outRows,
        string parameters)
    {
        using ArtifactWriter writer = sink.Create(ArtifactNames.Vectors(space), new ArtifactHeader
        {
            Kind = ArtifactKind.Vectors,
            RowCount = rows,
            Dimensions = dims,
            StrideBytes = RowMatrix.PaddedStride(dims) * sizeof(float),
            Metric = Metric.Cosine,
            Parameters = parameters,
        });
        WriteSide(writer, InSection, rows, dims, inRows);
        if (!outRows.IsEmpty) WriteSide(writer, OutSection, rows, dims, outRows);
        sink.Finish(writer);
    }

    private static void WriteSide(ArtifactWriter writer, uint section, int rows, int dims, ReadOnlySpan<float> source)
    {
        var row = new float[RowMatrix.PaddedStride(dims)];
        var norms = new float[rows];
        writer.Begin(section, sizeof(float));
        for (int r = 0; r < rows; r++)
        {
            source.Slice(checked(r * dims), dims).CopyTo(row);
            norms[r] = VectorMath.Normalize(row.AsSpan(0, dims));
            writer.Write<float>(row);
        }
        writer.EndSection();
        writer.Add<float>(section + 1, norms);
    }
}
