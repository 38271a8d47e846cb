// An index with codes: the same answers as exact search where it says exact, and as the index without codes
// otherwise; filters and ranges on both kinds.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Indexing;

public sealed class HnswCodeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ee-codes-").FullName;
    private int _files;

    public static TheoryData<Metric, Quantization> Kinds()
    {
        var kinds = new TheoryData<Metric, Quantization>();
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            kinds.Add(metric, Quantization.On);
            kinds.Add(metric, Quantization.Off);
        }
        return kinds;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ArtifactFile Write(RowMatrix vectors, Metric metric, HnswOptions options)
    {
        string path = Path.Combine(_directory, $"{_files++}.hnsw");
        using HnswBuilder builder = HnswBuilder.Build(vectors, metric, options, ProgressScope.None);
        using var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header());
        builder.Write(writer, 7);
        writer.Finish();
        return ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind, VerifyLevel.Full);
    }

    /// <summary>
    /// Clusters far from the origin, some rows huge, some zero, some equal, one dimension constant.
    /// </summary>
    private static TestMatrix Awkward(int rows, int dims)
    {
        using var clusters = TestMatrix.Clustered(rows, dims);
        RowMatrix source = clusters.Matrix;
        return new TestMatrix(rows, dims, (row, d) =>
            row % 97 == 0 ? 0 : row % 89 == 0 ? 1 + d : d == 1 ? 5
                : (row % 53 == 0 ? 1e4f : 1) * (source[row][d] + 3));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Exact_AwkwardVectors_EqualsExactIndex(Metric metric, Quantization quantization)
    {
        foreach ((int rows, int dims) in new[] { (1501, 20), (700, 33), (300, 3) })
        {
            using TestMatrix data = Awkward(rows, dims);
            using ArtifactFile file = Write(
                data.Matrix, metric,
                new HnswOptions { M = 4, EfConstruction = 20, Quantization = quantization });
            HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
            HnswValidator.Check(index);
            var scratch = new HnswScratch();
            int[] found = new int[40], truth = new int[40];
            float[] scores = new float[40], truthScores = new float[40];
            for (int q = 0; q < 60; q++)
            {
                // From among the rows, near the clusters, near the origin and zero.
                float[] query = q == 0 ? new float[dims] : q % 3 == 0 ? data.Matrix[q * 4].ToArray()
                    : TestMatrix.Query(dims, (ulong)q).Select(x => x + q % 3 * 3).ToArray();
                index.Search(query, 40, 0, scratch, found, scores, SearchPath.Exact);
                ExactIndex.Search(data.Matrix, query, metric, 40, truth, truthScores);
                for (int i = 0; i < 40; i++)
                    Assert.Equal(truthScores[i], scores[i], 1e-4f * (1 + Math.Abs(truthScores[i])));
                // near ties
                Assert.True(found.Intersect(truth).Count() >= 39, $"{metric} {rows}x{dims} query {q}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Graph_Clustered_FindsThem(Metric metric, Quantization quantization)
    {
        using var data = TestMatrix.Clustered(5000, 24);
        using ArtifactFile file =
            Write(data.Matrix, metric, new HnswOptions { M = 16, Quantization = quantization });
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        Assert.Equal(5000, HnswValidator.Check(index).Reachable);
        var scratch = new HnswScratch();
        int[] found = new int[10], truth = new int[10];
        float[] scores = new float[10], truthScores = new float[10];
        int hits = 0;
        for (int q = 0; q < 100; q++)
        {
            float[] query = TestMatrix.Query(24, (ulong)q);
            Assert.Equal(10, index.Search(query, 10, 300, scratch, found, scores, SearchPath.Graph));
            ExactIndex.Search(data.Matrix, query, metric, 10, truth, truthScores);
            hits += found.Intersect(truth).Count();
            for (int i = 1; i < 10; i++) Assert.True(scores[i] <= scores[i - 1]);
        }
        Assert.True(hits >= 960, $"{metric} {quantization}: recall {hits / 1000.0}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Filter_AnySelectivity_OnlyAllowedAndAsMany(Metric metric, Quantization quantization)
    {
        const int Rows = 3000;
        using TestMatrix data = TestMatrix.Clustered(Rows, 24);
        using ArtifactFile file = Write(
            data.Matrix, metric,
            new HnswOptions { M = 16, EfConstruction = 200, Quantization = quantization });
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        var scratch = new HnswScratch();
        CounterStream random = new CounterRandom(11).Stream();
        int hits = 0, total = 0;
        foreach (double share in new[] { 0, 0.001, 0.02, 0.3, 0.9, 1 })
        {
            foreach (SearchPath path in Enum.GetValues<SearchPath>())
            {
                var allowed = new ulong[(Rows + 63) / 64];
                for (int row = 0; row < Rows; row++)
                {
                    if (random.NextDouble() < share) allowed[row >> 6] |= 1UL << (row & 63);
                }
                allowed[^1] |= 1UL << 63; // past the last row: must not count
                int population = Enumerable.Range(0, Rows).Count(r => (allowed[r >> 6] >> (r & 63) & 1) != 0);
                float[] query = TestMatrix.Query(24, (ulong)(share * 1000));
                int[] found = new int[20], truth = new int[20];
                float[] scores = new float[20], truthScores = new float[20];
                int count = index.Search(query, 20, 200, scratch, found, scores, path, allowed);
                Assert.Equal(Math.Min(20, population), count);
                Assert.Equal(count, found.Take(count).Distinct().Count());
                Assert.All(found.Take(count), r => Assert.True((allowed[r >> 6] >> (r & 63) & 1) != 0));
                ExactIndex.Search(data.Matrix, query, metric, 20, truth, truthScores, allowed);
                
                for (int i = 0; i < count; i++) hits +=
                    scores[i] >= truthScores[count - 1] - 1e-4f * Math.Abs(truthScores[count - 1]) ? 1 : 0;
                total += count;
            }
        }
        Assert.True(hits >= 0.95 * total, $"{hits} of {total}");
        Assert.ThrowsAny<ArgumentException>(() =>
            index.Search(TestMatrix.Query(24, 1), 5, 10, scratch, new int[5], new float[5], SearchPath.Auto,
                new ulong[3]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Range_AnyLimit_EqualsExact(Metric metric, Quantization quantization)
    {
        using TestMatrix data = Awkward(2000, 18);
        using ArtifactFile file = Write(
            data.Matrix, metric,
            new HnswOptions { M = 16, EfConstruction = 200, Quantization = quantization });
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        var scratch = new HnswScratch();
        float[] query = data.Matrix[500].ToArray();
        int[] truth = new int[2000], rows = new int[2000];
        float[] truthScores = new float[2000], scores = new float[2000];
        ExactIndex.Search(data.Matrix, query, metric, 2000, truth, truthScores);
        foreach (int inside in new[] { 0, 1, 40, 700, 2000 })
        {
            float limit = inside == 0 ? float.PositiveInfinity : truthScores[inside - 1];
            int expected = truthScores.Count(s => s >= limit);
            int found = index.Range(query, limit, 200, scratch, rows, scores);
            Assert.InRange(found, (int)(0.97 * expected), expected + expected / 50);
            Assert.All(scores.Take(found), s => Assert.True(s >= limit));
        }
        Assert.Equal(5, index.Range(
            query, float.NegativeInfinity, 0, scratch, rows.AsSpan(0, 5), scores.AsSpan(0, 5)));
        Assert.Equal(0, index.Range(query, 0, 0, scratch, [], []));
        Assert.ThrowsAny<ArgumentException>(() => index.Range(query, float.NaN, 0, scratch, rows, scores));
    }

    [Fact]
    public void Build_Codes_SameBytesAtAnyThreads()
    {
        using var data = TestMatrix.Clustered(4000, 32);
        var contents = new HashSet<ulong>();
        foreach (int threads in new[] { 1, 2, 8 })
        {
            using ArtifactFile file = Write(
                data.Matrix, Metric.Cosine,
                new HnswOptions { M = 8, EfConstruction = 40, Threads = threads });
            contents.Add(file.Digest);
            Assert.Equal(ArtifactFormat.RenumberedNodes, file.Header.RequiredFeatures);
        }
        Assert.Single(contents);
    }

    [Fact]
    public void Search_Codes_DoNotAllocate()
    {
        using var data = TestMatrix.Clustered(4000, 32);
        using ArtifactFile file = Write(data.Matrix, Metric.Cosine, new HnswOptions { EfConstruction = 50 });
        HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
        var scratch = new HnswScratch();
        int[] rows = new int[10];
        float[] scores = new float[10], query = TestMatrix.Query(32, 1);
        var allowed = new ulong[63];
        Array.Fill(allowed, 0x0F0F0F0F0F0F0F0FUL);
        foreach (SearchPath path in Enum.GetValues<SearchPath>())
        {
            for (int warm = 0; warm < 2; warm++)
                index.Search(query, 10, 20, scratch, rows, scores, path, allowed);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) index.Search(query, 10, 20, scratch, rows, scores, path, allowed);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Search_DamagedCodes_NeitherCrashesNorHangs(bool exact)
    {
        using var data = TestMatrix.Clustered(1500, 16);
        byte[] good;
        using (ArtifactFile file = Write(
            data.Matrix, Metric.InnerProduct,
            new HnswOptions { M = 4, EfConstruction = 30, Quantization = Quantization.On }))
            good = File.ReadAllBytes(file.Path);
        CounterStream random = new CounterRandom(23).Stream();
        var scratch = new HnswScratch();
        int[] rows = new int[20];
        float[] scores = new float[20];
        int refused = 0;
        ulong[] odd = [.. Enumerable.Repeat(0xAAAAAAAAAAAAAAAAUL, 24)];
        for (int round = 0; round < 150; round++)
        {
            byte[] bad = (byte[])good.Clone();
            int flips = 1 << random.NextInt(12);
            for (int i = 0; i < flips; i++)
                bad[ArtifactFormat.HeaderBytes + random.NextInt(bad.Length - ArtifactFormat.HeaderBytes
                    - 500)] ^= (byte)(1 << random.NextInt(8));
            string path = Path.Combine(_directory, $"bad{exact}{round}");
            File.WriteAllBytes(path, bad);
            using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind);
            try
            {
                HnswIndex index = HnswIndex.Open(file, data.Matrix, 7);
                for (int q = 0; q < 5; q++)
                {
                    int found = index.Search(
                        TestMatrix.Query(16, (ulong)q), 20, 50, scratch, rows, scores,
                        exact ? SearchPath.Exact : SearchPath.Graph);
                    Assert.All(rows.Take(found), r => Assert.InRange(r, 0, 1499));
                    found = index.Search(
                        TestMatrix.Query(16, (ulong)q), 20, 50, scratch, rows, scores,
                        exact ? SearchPath.Exact : SearchPath.Graph, odd);
                    Assert.All(rows.Take(found), r => Assert.Equal(1, r & 1));
                }
            }
            catch (EmbedEngineException e)
            {
                Assert.Contains(e.Code, new[] { ErrorCode.Corrupt, ErrorCode.VersionMismatch });
                refused++;
            }
        }
        Assert.True(refused > 10, $"refused {refused}");
    }
}
