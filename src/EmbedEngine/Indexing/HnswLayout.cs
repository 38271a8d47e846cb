// The sections of an HNSW artifact, and nothing else: HnswBuilder writes them, HnswIndex and HnswValidator
// read them. Links0: count × link stride int32, unused = −1 at the end of a row. A node of level L > 0 has L
// rows of M links in UpperLinks, from row UpperStart[node]. Side and Duplicate are by row of the vectors.
// With codes, nodes are renumbered, NodeRows says which row each is, and the header demands Feature. Numbers
// are never reused for another meaning.

using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>The parameters section, decoded and checked, and the section numbers.</summary>
internal sealed record HnswLayout
{
    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "hnsw";

    public const uint MetaSection = 1;
    public const uint Links0Section = 2;
    public const uint LevelsSection = 3;
    public const uint UpperStartSection = 4;
    public const uint UpperLinksSection = 5;
    public const uint SideSection = 6;
    public const uint DuplicateSection = 7;

    public const uint CodesSection = 8;
    public const uint CodeSidesSection = 9;
    public const uint CodeErrorsSection = 10;
    public const uint CodeMeanSection = 11;
    public const uint NodeRowsSection = 12;

    public const int MaxLevel = 30;
    private const int MetaCount = 16;

    public required int Count { get; init; }

    public required int Dims { get; init; }

    public required Metric Metric { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    public required int EfSearch { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Row the walk starts from; −1 in an empty index.</summary>
    public required int EntryPoint { get; init; }

    /// <summary>Level of the entry point: the highest.</summary>
    public required int TopLevel { get; init; }

    /// <summary>Digest of the vectors artifact the graph was built from.</summary>
    public required ulong VectorsDigest { get; init; }

    /// <summary>int32s from one row of Links0 to the next: 2M rounded up to 64 bytes.</summary>
    public int LinkStride => (2 * M + 15) & ~15;

    public long[] Encode()
    {
        var meta = new long[MetaCount];
        (meta[0], meta[1], meta[2], meta[3]) = (Count, Dims, (long)Metric, M);
        (meta[4], meta[5], meta[6], meta[7]) = (EfConstruction, EfSearch, (long)Seed, EntryPoint);
        (meta[8], meta[9]) = (TopLevel, (long)VectorsDigest);
        return meta;
    }

    /// <summary>Reads the parameters and checks each against its range and the header page.</summary>
    public static HnswLayout Decode(ArtifactFile file)
    {
        View<long> meta = file.Section<long>(MetaSection, MetaCount);
        long Read(int field, long min, long max)
        {
            long value = meta[field];
            if (value >= min && value <= max) return value;
            throw new CorruptFileException(
                file.Path, field * sizeof(long), $"HNSW field {field} in [{min}, {max}]", $"{value}");
        }
        long count = Read(0, file.Header.RowCount, file.Header.RowCount);
        return new HnswLayout
        {
            Count = (int)count,
            Dims = (int)Read(1, Math.Max(1, file.Header.Dimensions), Math.Max(1, file.Header.Dimensions)),
            Metric = (Metric)Read(2, (long)Metric.Cosine, (long)Metric.L2),
            M = (int)Read(3, 2, 256),
            EfConstruction = (int)Read(4, 1, 65_536),
            EfSearch = (int)Read(5, 1, 1_048_576),
            Seed = (ulong)meta[6],
            EntryPoint = (int)Read(7, count == 0 ? -1 : 0, count - 1),
            TopLevel = (int)Read(8, 0, MaxLevel),
            VectorsDigest = (ulong)meta[9],
        };
    }
}
