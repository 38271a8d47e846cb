// Vectors of action-item tokens: an item as it was viewed, carted, bought or taken away, each its own. Tokens
// are few and compared whole: no index.

using System.Text;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>Tokens of a version and their unit vectors, memory-mapped. Immutable, thread-safe.</summary>
internal sealed unsafe class ActionItemTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "action_items";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "action_items";

    private const uint RowsSection = 1;
    private const uint ActionsSection = 2;
    private const uint VectorsSection = 3;
    private const uint PrefixOffsetsSection = 4;
    private const uint PrefixBytesSection = 5;
    private const int MostActions = 256;

    private readonly ArtifactFile _file;
    private readonly View<int> _rows;
    private readonly View<byte> _actions;

    private ActionItemTable(ArtifactFile file)
    {
        _file = file;
        Count = checked((int)file.Header.RowCount);
        int dims = file.Header.Dimensions, stride = RowMatrix.PaddedStride(Math.Max(1, dims));
        if (dims < 1) throw new CorruptFileException(file.Path, 56, "at least one dimension", $"{dims}");
        _rows = file.Section<int>(RowsSection, Count);
        _actions = file.Section<byte>(ActionsSection, Count);
        Vectors = new RowMatrix(
            file.Section<float>(VectorsSection, (long)Count * stride).Pointer, Count, dims, stride);
        if (file.Has(PrefixOffsetsSection)) Prefixes = ReadPrefixes(file);
    }

    /// <summary>Tokens.</summary>
    public int Count { get; }

    /// <summary>A unit row a token.</summary>
    public RowMatrix Vectors { get; }

    /// <summary>
    /// What tokens of each action begin with, as the version was trained; null in files that do not say: then
    /// the actions' own.
    /// </summary>
    public IReadOnlyList<string>? Prefixes { get; }

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    long? IVersionArtifact.Rows => null;

    public static ActionItemTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ActionItemTable(file));

    /// <summary>Row of a token's item, as it lies: the reader checks it.</summary>
    public int RowOf(int token) => _rows[token];

    /// <summary>Action code of a token.</summary>
    public byte ActionOf(int token) => _actions[token];

    /// <summary>The token of an item and an action, or −1.</summary>
    public int Find(int row, byte action)
    {
        ReadOnlySpan<int> rows = _rows.Span;
        ReadOnlySpan<byte> actions = _actions.Span;
        for (int token = 0; token < rows.Length; token++)
        {
            if (rows[token] == row && actions[token] == action) return token;
        }
        return -1;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Writes the table of a version; tokens whose vector is zero are left out.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="rows">Item of each token.</param>
    /// <param name="actions">Action of each token.</param>
    /// <param name="dims">Floats of a vector.</param>
    /// <param name="vectors">tokens × dims, raw.</param>
    /// <param name="prefixes">What tokens begin with, by action code.</param>
    public static void Write(
        ArtifactSink sink, int[] rows, byte[] actions, int dims, float[] vectors,
        IReadOnlyList<string> prefixes)
    {
        int stride = RowMatrix.PaddedStride(dims);
        int[] kept = [.. Enumerable.Range(0, rows.Length).Where(
            t => vectors.AsSpan(t * dims, dims).IndexOfAnyExcept(0f) >= 0)];
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind, RowCount = kept.Length, Dimensions = dims, StrideBytes = stride * sizeof(float),
            DataType = ArtifactDataType.Float32, Metric = Metric.Cosine,
        });
        writer.Add<int>(RowsSection, Array.ConvertAll(kept, t => rows[t]));
        writer.Add<byte>(ActionsSection, Array.ConvertAll(kept, t => actions[t]));
        writer.Begin(VectorsSection, sizeof(float));
        var row = new float[stride];
        foreach (int token in kept)
        {
            vectors.AsSpan(token * dims, dims).CopyTo(row);
            VectorMath.Normalize(row.AsSpan(0, dims));
            writer.Write<float>(row);
        }
        writer.EndSection();
        int[] offsets = new int[prefixes.Count + 1];
        for (int a = 0; a < prefixes.Count; a++)
            offsets[a + 1] = offsets[a] + Encoding.UTF8.GetByteCount(prefixes[a]);
        writer.Add<int>(PrefixOffsetsSection, offsets);
        writer.Add<byte>(PrefixBytesSection, Encoding.UTF8.GetBytes(string.Concat(prefixes)));
        sink.Finish(writer);
    }

    private static string[] ReadPrefixes(ArtifactFile file)
    {
        View<int> offsets = file.Section<int>(PrefixOffsetsSection);
        View<byte> bytes = file.Section<byte>(PrefixBytesSection);
        if (offsets.Count is < 1 or > MostActions + 1)
            throw new CorruptFileException(file.Path, 68, "1 to 257 offsets of prefixes", $"{offsets.Count}");
        var prefixes = new string[offsets.Count - 1];
        for (int a = 0; a < prefixes.Length; a++)
        {
            int begin = offsets[a], length = offsets[a + 1] - begin;
            if (begin < 0 || length < 1 || begin > bytes.Count - length)
                throw new CorruptFileException(file.Path, 68, "offsets of prefixes that rise", $"{begin}");
            prefixes[a] = Encoding.UTF8.GetString(bytes.Slice(begin, length));
        }
        return prefixes;
    }
}
