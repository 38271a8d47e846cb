// Searches under filters of four selectivities, at odds with the query and not, against exact search.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Indexing;

public sealed class FilteredSearchTests : IDisposable
{
    private const int Rows = 12_000;
    private const int K = 10;
    private const int Ef = 96;

    private readonly string _directory = Directory.CreateTempSubdirectory("ee-filter-").FullName;
    private readonly int[] _found = new int[K];
    private readonly int[] _truth = new int[Rows];
    private readonly float[] _scores = new float[K];
    private readonly float[] _truthScores = new float[Rows];
    private readonly HnswScratch _scratch = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ArtifactFile Write(RowMatrix vectors, Metric metric)
    {
        string path = Path.Combine(_directory, $"{metric}.hnsw");
        using HnswBuilder builder = HnswBuilder.Build(
            vectors, metric, new HnswOptions { M = 12, EfConstruction = 80 }, ProgressScope.None);
        using var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header());
        builder.Write(writer, 7);
        writer.Finish();
        return ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind, VerifyLevel.Full);
    }

    /// <summary>
    /// Clusters, one row in 50 zero: copies of one vector, most of which a filter leaves out.
    /// </summary>
    private static TestMatrix Data()
    {
        using var clusters = TestMatrix.Clustered(Rows, 32, clusters: 100);
        RowMatrix source = clusters.Matrix;
        return new TestMatrix(Rows, 32, (row, d) => row % 50 == 0 ? 0 : source[row][d]);
    }

    private ulong[] Filter(RowMatrix vectors, Metric metric, float[] query, double share, int kind, int seed)
    {
        int population = (int)(Rows * share);
        int[] rows = [.. Enumerable.Range(0, Rows)];
        new Random(seed).Shuffle(rows);
        if (kind > 0)
        {
            int n = ExactIndex.Search(vectors, query, metric, Rows, _truth, _truthScores);
            rows = kind == 1 ? _truth[..n] : [.. _truth[..n].Reverse()]; // nearest first, farthest first
        }
        var bits = new ulong[(Rows + 63) / 64];
        foreach (int row in rows.AsSpan(0, population)) bits[row / 64] |= 1UL << (row % 64);
        return bits;
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Search_FourSelectivities_IsExactAtATenthAndBelow(Metric metric)
    {
        using TestMatrix data = Data();
        using ArtifactFile file = Write(data.Matrix, metric);
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        int free = 0, half = 0, asked = 0;
        for (int q = 0; q < 30; q++)
        {
            float[] query = [.. data.Matrix[1 + (q * 397)].ToArray().Zip(TestMatrix.Query(32, (ulong)q))
                .Select(p => p.First + 0.3f * p.Second)];
            foreach (int kind in (int[])[0, 1, 2])
            {
                free += Hits(index, query, default, out _);
                foreach (double share in (double[])[0.5, 0.1, 0.01, 0.001])
                {
                    ulong[] bits = Filter(data.Matrix, metric, query, share, kind, q);
                    int hits = Hits(index, query, bits, out int wanted);
                    if (share == 0.5) half += hits;
                    else Assert.True(hits == wanted, $"{metric} {share} {kind}: {hits} of {wanted}");
                }
                asked += K;
            }
        }
        // A half is walked, as nothing is left out.
        Assert.True(free >= 0.97 * asked && half >= free - 2, $"{half} of {asked}, unfiltered {free}");
    }

    /// <summary>Found rows that score no less than the last that should be found.</summary>
    private int Hits(HnswIndex index, float[] query, ReadOnlySpan<ulong> bits, out int wanted)
    {
        int n = index.Search(query, K, Ef, _scratch, _found, _scores, SearchPath.Auto, bits);
        wanted = ExactIndex.Search(index.Vectors, query, index.Layout.Metric, K, _truth, _truthScores, bits);
        Assert.Equal(wanted, n);
        // Codes choose what is measured: sums of a float each in another order are equal but for rounding.
        float last = _truthScores[wanted - 1] - (1e-5f * (1 + Math.Abs(_truthScores[wanted - 1])));
        int hits = 0;
        for (int i = 0; i < n; i++)
        {
            Assert.True(bits.IsEmpty || (bits[_found[i] / 64] >> (_found[i] % 64) & 1) != 0);
            if (_scores[i] >= last) hits++;
        }
        return hits;
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Exact_AnyFilter_EqualsExactIndex(Metric metric)
    {
        using TestMatrix data = Data();
        using ArtifactFile file = Write(data.Matrix, metric);
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        for (int q = 0; q < 30; q++)
        {
            float[] query = q == 0 ? new float[32] : TestMatrix.Query(32, (ulong)q);
            double share = Math.Pow(10, -q % 4) * 0.9;
            ulong[] bits = Filter(data.Matrix, metric, query, share, q % 3, q);
            int n = index.Search(query, K, Ef, _scratch, _found, _scores, SearchPath.Exact, bits);
            int wanted =
                ExactIndex.Search(data.Matrix, query, metric, K, _truth, _truthScores, bits);
            Assert.Equal(wanted, n);
            for (int i = 0; i < n; i++)
                Assert.Equal(_truthScores[i], _scores[i], 1e-5f * (1 + Math.Abs(_truthScores[i])));
        }
    }
}
