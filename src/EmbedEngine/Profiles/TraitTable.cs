// Traits of a version: H of a non-negative factorisation X ≈ W·H of the customers' TF-IDF rows, by item, and
// what a profile needs: idf, HHᵀ, the mean profile. A profile IS the NNLS projection of a customer's row on
// this H, in training as live (TraitProjection). Of traits of vectors X is the customers' shifted vectors
// (ShiftedVectors) and H is by dimension; then what stands here by item is the item's share of the trait.

using System.Runtime.InteropServices;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>
/// What customers like, as k mixtures of items, memory-mapped. Immutable, thread-safe. Rows in lists are the
/// reader's to check.
/// </summary>
internal sealed class TraitTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "traits";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "traits";

    /// <summary>Items kept of each trait, heaviest first: what its source proposes.</summary>
    public const int ListLength = 200;

    private const uint LoadingsSection = 1;
    private const uint IdfSection = 2;
    private const uint GramSection = 3;
    private const uint MeanSection = 4;
    private const uint ListOffsetsSection = 5;
    private const uint ListSection = 6;
    private const uint ListWeightsSection = 7;
    private const uint MassSection = 8;
    private const uint CategoryMeansSection = 9;
    private const uint ShiftSection = 10;
    private const uint HSection = 11;
    private const int MostDims = 65_536;

    private readonly ArtifactFile _file;
    private readonly View<float> _loadings;
    private readonly View<float> _idf;
    private readonly View<float> _mean;
    private readonly View<int> _listOffsets;
    private readonly View<int> _list;
    private readonly View<float> _listWeights;
    private readonly View<float> _mass;
    private readonly View<float> _categoryMeans;

    private TraitTable(ArtifactFile file)
    {
        _file = file;
        Count = file.Header.Dimensions;
        if (Count is < 1 or > 256)
            throw new CorruptFileException(file.Path, 56, "1 to 256 traits", $"{Count}");
        long rows = file.Header.RowCount;
        _loadings = file.Section<float>(LoadingsSection, rows * Count);
        OfVectors = (file.Header.RequiredFeatures & ArtifactFormat.TraitsOfVectors) == 0 ? null
            : ReadVectors(file, Count);
        _idf = OfVectors is null ? file.Section<float>(IdfSection, rows) : default;
        VectorsDigest = file.Parameter("vectors")?.GetString() ?? "";
        _mean = file.Section<float>(MeanSection, Count);
        _listOffsets = file.Section<int>(ListOffsetsSection, Count + 1L);
        _list = file.Section<int>(ListSection);
        _listWeights = file.Section<float>(ListWeightsSection, _list.Count);
        _mass = file.Section<float>(MassSection, Count);
        _categoryMeans = file.Section<float>(CategoryMeansSection);
        Projection = new Nnls(file.Section<double>(GramSection, (long)Count * Count).Span, Count);
    }

    /// <summary>Traits, k.</summary>
    public int Count { get; }

    /// <summary>What projects vectors; null = the traits are of items.</summary>
    public ShiftedVectors? OfVectors { get; }

    /// <summary>Digest of the vectors they were made in, hexadecimal; empty where of items.</summary>
    public string VectorsDigest { get; }

    /// <summary>Solves for profiles; its workspaces belong to one thread each.</summary>
    public Nnls Projection { get; }

    /// <summary>Customers that were factorised.</summary>
    public int Customers => (int)(_file.Parameter("customers")?.GetInt64() ?? 0);

    /// <summary>
    /// How well the traits of parts of the customers agree with these: mean cosine of matched rows of H; null
    /// where it was not measured.
    /// </summary>
    public double? Stability =>
        _file.Parameter("stability") is { ValueKind: System.Text.Json.JsonValueKind.Number } s
        ? s.GetDouble() : null;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public long? Rows => _file.Header.RowCount;

    public static TraitTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new TraitTable(file));

    /// <summary>Weight of an item in every trait: a column of H, or its shares; k values.</summary>
    public ReadOnlySpan<float> LoadingsOf(int row) => _loadings.Slice((long)row * Count, Count);

    /// <summary>ln((1 + N) / (1 + df)) + 1 over N customers; only of traits of items.</summary>
    public float IdfOf(int row) => _idf[row];

    /// <summary>The profile of all customers together, k values of sum 1.</summary>
    public ReadOnlySpan<float> Mean => _mean.Span;

    /// <summary>Sum of a trait's weights over all items: what makes a share of one.</summary>
    public float MassOf(int trait) => _mass[trait];

    /// <summary>Profile of a category's items, sum 1; empty where it has none.</summary>
    public ReadOnlySpan<float> OfCategory(int category)
    {
        long start = (long)category * Count;
        if (category < 0 || start + Count > _categoryMeans.Count) return default;
        ReadOnlySpan<float> profile = _categoryMeans.Slice(start, Count);
        return profile[0] >= 0 ? profile : default;
    }

    /// <summary>Rows of a trait's heaviest items and their weights.</summary>
    public ReadOnlySpan<int> TopOf(int trait, out ReadOnlySpan<float> weights)
    {
        weights = default;
        (int begin, int end) = (_listOffsets[trait], _listOffsets[trait + 1L]);
        if (begin < 0 || end < begin || end > _list.Count) return default;
        weights = _listWeights.Slice(begin, end - begin);
        return _list.Slice(begin, end - begin);
    }

    public void Dispose()
    {
        Projection.Dispose();
        _file.Dispose();
    }

    /// <summary>Writes the table of a version.</summary>
    public static void Write(ArtifactSink sink, TraitContent content)
    {
        (int rows, int rank) = (content.Rows, content.Rank);
        float[] weights = content.Weights, loadings = new float[(long)rows * rank];
        for (int t = 0; t < rank; t++)
            for (int r = 0; r < rows; r++) loadings[((long)r * rank) + t] = weights[((long)t * rows) + r];
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind, RowCount = rows, Dimensions = rank, Parameters = content.Parameters(),
            RequiredFeatures = content.OfVectors is null ? 0 : ArtifactFormat.TraitsOfVectors,
        });
        writer.Add<float>(LoadingsSection, loadings);
        if (content.OfVectors is null) writer.Add<float>(IdfSection, content.Idf);
        writer.Add<double>(GramSection, Gram(content.OfVectors?.H ?? weights, rank));
        writer.Add<float>(MeanSection, content.Mean);
        AddLists(writer, weights, rank);
        float[] mass = new float[rank];
        for (int t = 0; t < rank; t++)
        {
            double sum = 0;
            foreach (float weight in weights.AsSpan(t * rows, rows)) sum += weight;
            mass[t] = (float)sum;
        }
        writer.Add<float>(MassSection, mass);
        writer.Add<float>(CategoryMeansSection, CategoryMeans(loadings, content));
        if (content.OfVectors is { } vectors)
        {
            writer.Add<float>(ShiftSection, vectors.Shift);
            writer.Add<float>(HSection, vectors.H);
        }
        sink.Finish(writer);
    }

    /// <summary>HHᵀ in double, rank × rank.</summary>
    public static double[] Gram(float[] h, int rank)
    {
        int columns = h.Length / rank;
        double[] gram = new double[rank * rank];
        for (int t = 0; t < rank; t++)
        {
            for (int u = 0; u < rank; u++)
                gram[(t * rank) + u] = Dot(h.AsSpan(t * columns, columns), h.AsSpan(u * columns, columns));
        }
        return gram;
    }

    private static ShiftedVectors ReadVectors(ArtifactFile file, int rank)
    {
        View<float> shift = file.Section<float>(ShiftSection);
        if (shift.Count is < 1 or > MostDims)
            throw new CorruptFileException(file.Path, 68, $"a shift of 1 to {MostDims}", $"{shift.Count}");
        View<float> h = file.Section<float>(HSection, shift.Count * rank);
        foreach (float value in shift.Span)
            if (!float.IsFinite(value)) throw new CorruptFileException(file.Path, 68, "a shift", $"{value}");
        foreach (float value in h.Span)
            if (!float.IsFinite(value)) throw new CorruptFileException(file.Path, 68, "an H", $"{value}");
        return new ShiftedVectors(shift.Span.ToArray(), h.Span.ToArray());
    }

    /// <summary>The heaviest items of each trait.</summary>
    private static void AddLists(ArtifactWriter writer, float[] weights, int rank)
    {
        int rows = weights.Length / rank;
        var offsets = new int[rank + 1];
        var list = new List<int>();
        var listWeights = new List<float>();
        for (int t = 0; t < rank; t++)
        {
            int at = t * rows;
            list.AddRange(Enumerable.Range(0, rows).Where(r => weights[at + r] > 0)
                .OrderByDescending(r => weights[at + r]).ThenBy(r => r).Take(ListLength));
            for (int i = offsets[t]; i < list.Count; i++) listWeights.Add(weights[at + list[i]]);
            offsets[t + 1] = list.Count;
        }
        writer.Add<int>(ListOffsetsSection, offsets);
        writer.Add<int>(ListSection, CollectionsMarshal.AsSpan(list));
        writer.Add<float>(ListWeightsSection, CollectionsMarshal.AsSpan(listWeights));
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>
    /// Σ of the loadings of a category's items, to sum 1; −1s for one whose items have none. Where loadings
    /// are shares of a trait, each trait counts by its own share.
    /// </summary>
    private static float[] CategoryMeans(float[] loadings, TraitContent content)
    {
        int rank = content.Rank;
        if (content.CategoryOf is not { Length: > 0 } categoryOf) return [];
        int count = categoryOf.Max() + 1;
        double[] sums = new double[count * rank];
        for (int row = 0; row < categoryOf.Length; row++)
        {
            for (int t = 0; categoryOf[row] >= 0 && t < rank; t++)
            {
                sums[(categoryOf[row] * rank) + t] += loadings[((long)row * rank) + t]
                    * (content.OfVectors is null ? 1.0 : content.Mean[t]);
            }
        }
        float[] means = new float[sums.Length];
        for (int c = 0; c < count; c++)
        {
            double total = sums.AsSpan(c * rank, rank).ToArray().Sum();
            for (int t = 0; t < rank; t++)
                means[(c * rank) + t] = total > 0 ? (float)(sums[(c * rank) + t] / total) : -1;
        }
        return means;
    }
}
