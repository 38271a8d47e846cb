// One vector space of a version: normalised IN rows (what an item is) with their norms, and, where a
// trainer has them, raw OUT rows (what follows it): next items are scored by inner product, and the length of
// an OUT vector is part of what was learned (normalising it costs .01 HR@20 on Yoochoose). Rows are padded to
// 64 bytes; read from the mapping.

using System.Text.Json;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>The vectors of one space. Memory-mapped, thread-safe, valid until disposed.</summary>
internal sealed unsafe class VectorTable : IDisposable
{
    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "vectors";

    public const string EfSearchParameter = "ef_search";

    public const string ColdFromParameter = "cold_from";

    private const uint InSection = 1;
    private const uint InNormsSection = 2;
    private const uint OutSection = 3;
    private const uint WaitingSection = 4;
    private const uint WaitingRowsSection = 5;

    private readonly ArtifactFile _file;
    private readonly View<float> _inNorms;
    private readonly View<long> _waiting;
    private ulong[]? _withVector;

    private VectorTable(ArtifactFile file)
    {
        _file = file;
        int rows = (int)file.Header.RowCount;
        int dims = file.Header.Dimensions;
        int stride = RowMatrix.PaddedStride(Math.Max(1, dims));
        if (file.Header.DataType != ArtifactDataType.Float32)
            throw new CorruptFileException(file.Path, 128, "float32 rows", $"{file.Header.DataType}");
        if (dims < 1 || file.Header.StrideBytes != stride * sizeof(float))
            throw new CorruptFileException(
                file.Path, 56, "rows padded to 64 bytes", $"{file.Header.StrideBytes}");
        In = new RowMatrix(file.Section<float>(InSection, (long)rows * stride).Pointer, rows, dims, stride);
        _inNorms = file.Section<float>(InNormsSection, rows);
        EfSearch = ReadEfSearch(file);
        ColdFrom = ReadColdFrom(file, rows);
        if (file.Has(WaitingSection))
        {
            _waiting = file.Section<long>(WaitingSection);
            WaitingRows = new RowMatrix(
                file.Section<float>(WaitingRowsSection, _waiting.Count * stride).Pointer, (int)_waiting.Count,
                dims, stride);
        }
        HasOut = file.Has(OutSection);
        if (!HasOut) return;
        Out = new RowMatrix(file.Section<float>(OutSection, (long)rows * stride).Pointer, rows, dims, stride);
    }

    /// <summary>Unit rows; an untrained row is all zero.</summary>
    public RowMatrix In { get; }

    /// <summary>Raw OUT rows; only where <see cref="HasOut"/>.</summary>
    public RowMatrix Out { get; }

    public bool HasOut { get; }

    /// <summary>
    /// Beam width that searches in the space were trained to have; 0 = nothing was said.
    /// </summary>
    public int EfSearch { get; }

    /// <summary>
    /// First of the rows whose items had no event when the version was trained; the number of rows where
    /// all had.
    /// </summary>
    public int ColdFrom { get; }

    public ReadOnlySpan<float> InNorms => _inNorms.Span;

    /// <summary>
    /// Ordinals, ascending, of items that have a vector here and no row in the version yet; only in imported
    /// spaces.
    /// </summary>
    public ReadOnlySpan<long> Waiting => _waiting.Count == 0 ? default : _waiting.Span;

    /// <summary>Their vectors, as they were given.</summary>
    public RowMatrix WaitingRows { get; }

    /// <summary>
    /// Bit r of word r / 64 says that row r has a vector; made when it is first asked for.
    /// </summary>
    public ReadOnlySpan<ulong> WithVector => Volatile.Read(ref _withVector) ?? MarkRows();

    /// <summary>Content digest: what an index built from these vectors refers to.</summary>
    public ulong Digest => _file.Digest;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static VectorTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new VectorTable(file));

    public void Dispose() => _file.Dispose();

    private ulong[] MarkRows()
    {
        ReadOnlySpan<float> norms = InNorms;
        var bits = new ulong[(norms.Length + 63) / 64];
        for (int row = 0; row < norms.Length; row++)
        {
            if (norms[row] > 0) bits[row >> 6] |= 1UL << (row & 63);
        }
        return Interlocked.CompareExchange(ref _withVector, bits, null) ?? bits;
    }

    private static int ReadEfSearch(ArtifactFile file)
    {
        if (file.Parameter(EfSearchParameter) is not JsonElement found) return 0;
        return found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out int n)
            && n is >= 1 and <= 1_048_576 ? n
            : throw new CorruptFileException(
                file.Path, ArtifactFormat.ParametersOffset, "a beam width", found.GetRawText());
    }

    private static int ReadColdFrom(ArtifactFile file, int rows)
    {
        if (file.Parameter(ColdFromParameter) is not JsonElement found) return rows;
        return found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out int n) && n >= 0 && n <= rows
            ? n
            : throw new CorruptFileException(
                file.Path, ArtifactFormat.ParametersOffset, $"a row of {rows}", found.GetRawText());
    }

    /// <summary>
    /// Writes raw rows × dims matrices, padded, IN normalised; <paramref name="outRows"/> may be empty.
    /// Waiting: vectors by ordinal of items without a row; null = none.
    /// </summary>
    public static void Write(
        ArtifactSink sink, string space, int rows, int dims, ReadOnlySpan<float> inRows,
        ReadOnlySpan<float> outRows,
        string parameters, IReadOnlyDictionary<long, float[]>? waiting = null)
    {
        using ArtifactWriter writer = sink.Create(ArtifactNames.Vectors(space), new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = rows,
            Dimensions = dims,
            StrideBytes = RowMatrix.PaddedStride(dims) * sizeof(float),
            DataType = ArtifactDataType.Float32,
            Metric = Metric.Cosine,
            Parameters = parameters,
        });
        var norms = new float[rows];
        WriteSide(writer, InSection, rows, dims, inRows, norms);
        writer.Add<float>(InNormsSection, norms);
        if (!outRows.IsEmpty) WriteSide(writer, OutSection, rows, dims, outRows, norms: null);
        if (waiting is { Count: > 0 }) WriteWaiting(writer, dims, waiting);
        sink.Finish(writer);
    }

    private static void WriteSide(
        ArtifactWriter writer, uint section, int rows, int dims, ReadOnlySpan<float> source, float[]? norms)
    {
        var row = new float[RowMatrix.PaddedStride(dims)];
        writer.Begin(section, sizeof(float));
        for (int r = 0; r < rows; r++)
        {
            source.Slice(checked(r * dims), dims).CopyTo(row);
            if (norms is not null) norms[r] = VectorMath.Normalize(row.AsSpan(0, dims));
            writer.Write<float>(row);
        }
        writer.EndSection();
    }

    private static void WriteWaiting(
        ArtifactWriter writer, int dims, IReadOnlyDictionary<long, float[]> waiting)
    {
        long[] ordinals = [.. waiting.Keys];
        Array.Sort(ordinals);
        writer.Add<long>(WaitingSection, ordinals);
        var row = new float[RowMatrix.PaddedStride(dims)];
        writer.Begin(WaitingRowsSection, sizeof(float));
        foreach (long ordinal in ordinals)
        {
            waiting[ordinal].CopyTo(row, 0);
            writer.Write<float>(row);
        }
        writer.EndSection();
    }
}
