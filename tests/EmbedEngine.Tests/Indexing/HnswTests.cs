// The graph against exact search, its edges, its file, and damage to it.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Indexing;

public sealed class HnswTests : IDisposable
{
    private const ulong VectorsDigest = 0x1234;

    private readonly string _directory = Directory.CreateTempSubdirectory("ee-hnsw-").FullName;
    private int _files;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ArtifactFile Write(RowMatrix vectors, Metric metric, HnswOptions options, out ulong digest)
    {
        string path = Path.Combine(_directory, $"{_files++}.hnsw");
        using HnswBuilder builder = HnswBuilder.Build(vectors, metric, options, ProgressScope.None);
        using var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header());
        builder.Write(writer, VectorsDigest);
        writer.Finish();
        digest = writer.Digest;
        return ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind, VerifyLevel.Full);
    }

    private static double Recall(
        HnswIndex index, RowMatrix vectors, int ef, int queries, Func<int, float[]> query)
    {
        int[] found = new int[10], truth = new int[10];
        float[] foundScores = new float[10], truthScores = new float[10];
        var scratch = new HnswScratch();
        int hits = 0;
        for (int i = 0; i < queries; i++)
        {
            Assert.Equal(10, index.Search(query(i), 10, ef, scratch, found, foundScores));
            ExactIndex.Search(vectors, query(i), index.Layout.Metric, 10, truth, truthScores);
            for (int j = 0; j < 10; j++)
            {
                int at = Array.IndexOf(truth, found[j]);
                if (at < 0) continue;
                hits++;
                Assert.Equal(truthScores[at], foundScores[j], 1e-4f);
            }
        }
        return hits / (10.0 * queries);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Search_ClusteredVectors_FindsThemAndReachesAll(Metric metric)
    {
        using var data = TestMatrix.Clustered(6000, 24);
        // Random queries lie outside all clusters, and by inner product their nearest are spread over
        // several: harder.
        foreach ((HnswOptions options, int ef) in new[]
        {
            (new HnswOptions(), metric == Metric.InnerProduct ? 160 : 64),
            (new HnswOptions { M = 8, EfConstruction = 100 }, metric == Metric.InnerProduct ? 400 : 160),
        })
        {
            using ArtifactFile file = Write(data.Matrix, metric, options, out _);
            HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
            HnswReport report = HnswValidator.Check(index);
            Assert.Equal(6000, report.Reachable);
            double random = Recall(index, data.Matrix, ef, 100, i => TestMatrix.Query(24, (ulong)i));
            double near = Recall(index, data.Matrix, ef, 100, i => data.Matrix[i * 59].ToArray());
            Assert.True(random >= 0.95
                && near >= 0.95, $"{metric} {options}: random {random}, near {near}, {report}");
        }
    }

    [Fact]
    public void Build_AnyThreads_SameDigest()
    {
        using var data = TestMatrix.Clustered(3000, 16);
        var digests = new HashSet<ulong>();
        foreach (int threads in new[] { 1, 2, 8 })
        {
            using ArtifactFile file = Write(
                data.Matrix, Metric.L2, new HnswOptions { M = 8, EfConstruction = 40, Threads = threads },
                out ulong digest);
            digests.Add(digest);
        }
        Assert.Single(digests);
        using ArtifactFile other = Write(
            data.Matrix, Metric.L2, new HnswOptions { M = 8, EfConstruction = 40, Seed = 2 },
            out ulong otherDigest);
        Assert.DoesNotContain(otherDigest, digests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    public void Search_FewRows_GivesAllOfThem(int count)
    {
        using var data = TestMatrix.Clustered(count, 5);
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            using ArtifactFile file =
                Write(data.Matrix, metric, new HnswOptions { M = 2, EfConstruction = 2 }, out _);
            HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
            HnswValidator.Check(index);
            var rows = new int[100];
            var scores = new float[100];
            Assert.Equal(
                count, index.Search(TestMatrix.Query(5, 1), 100, 1, new HnswScratch(), rows, scores));
            Assert.Equal(Enumerable.Range(0, count), rows.Take(count).Order());
            int one = index.Search(TestMatrix.Query(5, 1), 1, 1, new HnswScratch(), rows, scores);
            Assert.Equal(Math.Min(1, count), one);
        }
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Search_ThousandCopies_AreNoSink(Metric metric)
    {
        // Rows 0 to 999 are one vector, 1000 to 1009 zero, the others differ.
        using var rest = TestMatrix.Clustered(2000, 12);
        using var data = new TestMatrix(
            3000, 12, (row, d) => row < 1000 ? 1 + d : row < 1010 ? 0 : rest.Matrix[row - 1000][d]);
        using ArtifactFile file =
            Write(data.Matrix, metric, new HnswOptions { M = 6, EfConstruction = 50 }, out _);
        HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
        HnswReport report = HnswValidator.Check(index);
        Assert.Equal(999 + 9, report.Copies);
        var rows = new int[1200];
        var scores = new float[1200];
        float[] copy = data.Matrix[0].ToArray();
        if (metric != Metric.InnerProduct)
        {
            Assert.Equal(20, index.Search(copy, 20, 64, new HnswScratch(), rows, scores));
            Assert.Equal(Enumerable.Range(0, 20), rows.Take(20)); // ties by smaller row
        }
        // More than the copies can give: the walk must have left them.
        Assert.Equal(1200, index.Search(copy, 1200, 0, new HnswScratch(), rows, scores));
        Assert.Equal(1200, rows.Distinct().Count());
        // A coarse graph (M = 6), and by inner product the nearest of a row are not its neighbors in angle: a
        // wider view.
        int ef = metric == Metric.InnerProduct ? 200 : 100;
        double recall = Recall(index, data.Matrix, ef, 100, i => data.Matrix[1010 + i * 19].ToArray());
        Assert.True(recall >= 0.95, $"recall {recall}");
    }

    [Fact]
    public void Search_NearlyEqualVectors_AllReachable()
    {
        // Not equal bit for bit, so each is a node: the links must still lead everywhere.
        CounterStream random = new CounterRandom(3).Stream();
        using var data = new TestMatrix(3000, 8, (row, d) =>
            row % 3 != 0 ? 1 + d * 0.5f + random.NextInt(3) * 1e-7f : (float)random.NextGaussian());
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            using ArtifactFile file =
                Write(data.Matrix, metric, new HnswOptions { M = 4, EfConstruction = 20 }, out _);
            HnswValidator.Check(HnswIndex.Open(file, data.Matrix, VectorsDigest));
        }
    }

    [Fact]
    public void Search_Misuse_Throws()
    {
        using var data = TestMatrix.Clustered(300, 4);
        using ArtifactFile file = Write(data.Matrix, Metric.L2, new HnswOptions(), out _);
        HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
        int[] rows = new int[9];
        float[] scores = new float[9];
        float[][] bad = [[1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, float.NaN], [float.PositiveInfinity, 0, 0, 0]];
        foreach (float[] query in bad)
            Assert.ThrowsAny<ArgumentException>(
                () => index.Search(query, 5, 10, new HnswScratch(), rows, scores));
        float[] good = [1, 2, 3, 4];
        Assert.ThrowsAny<ArgumentException>(() => index.Search(good, 0, 10, new HnswScratch(), rows, scores));
        Assert.ThrowsAny<ArgumentException>(() => index.Search(good, 5, -1, new HnswScratch(), rows, scores));
        Assert.ThrowsAny<ArgumentException>(
            () => index.Search(good, 10, 10, new HnswScratch(), rows, scores));
    }

    [Fact]
    public void Build_NotFiniteOrBadOptions_Throws()
    {
        using var data = new TestMatrix(10, 4, (row, d) => row == 7 && d == 2 ? float.NaN : row);
        Assert.Throws<ArgumentException>(
            () => HnswBuilder.Build(data.Matrix, Metric.L2, new HnswOptions(), ProgressScope.None));
        foreach ((string name, HnswOptions bad) in new[]
        {
            ("M", new HnswOptions { M = 1 }), ("EfConstruction", new HnswOptions { EfConstruction = 0 }),
            ("EfSearch", new HnswOptions { EfSearch = 0 }), ("Threads", new HnswOptions { Threads = -1 }),
        })
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(bad.Validate).ParamName);
    }

    [Fact]
    public void Open_OtherVectors_IsRefusedByName()
    {
        using var data = TestMatrix.Clustered(50, 4);
        using var fewer = TestMatrix.Clustered(49, 4);
        using ArtifactFile file = Write(data.Matrix, Metric.L2, new HnswOptions(), out _);
        var e = Assert.Throws<EmbedEngineException>(() => HnswIndex.Open(file, data.Matrix, 0x9999));
        Assert.Equal(ErrorCode.VersionMismatch, e.Code);
        Assert.Contains("1234", e.Message, StringComparison.Ordinal);
        Assert.Contains("9999", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<EmbedEngineException>(() => HnswIndex.Open(file, fewer.Matrix, VectorsDigest));
        Assert.Equal(ErrorCode.VersionMismatch, e.Code);
    }

    [Fact]
    public void Search_Warm_DoesNotAllocate()
    {
        using var data = TestMatrix.Clustered(2000, 16);
        using ArtifactFile file =
            Write(data.Matrix, Metric.Cosine, new HnswOptions { EfConstruction = 50 }, out _);
        HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
        var scratch = new HnswScratch();
        int[] rows = new int[10];
        float[] scores = new float[10], query = TestMatrix.Query(16, 1);
        index.Search(query, 10, 64, scratch, rows, scores);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) index.Search(query, 10, 64, scratch, rows, scores);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Search_DamagedFile_NeitherCrashesNorHangs()
    {
        using var data = new TestMatrix(1500, 8, (row, d) => row % 10 == 0 ? d : MathF.Sin(row * 8 + d));
        byte[] good;
        using (ArtifactFile file =
            Write(data.Matrix, Metric.Cosine, new HnswOptions { M = 4, EfConstruction = 30 }, out _))
            good = File.ReadAllBytes(file.Path);
        CounterStream random = new CounterRandom(17).Stream();
        int refused = 0, noticed = 0;
        var scratch = new HnswScratch();
        int[] rows = new int[20];
        float[] scores = new float[20];
        for (int round = 0; round < 300; round++)
        {
            byte[] bad = (byte[])good.Clone();
            int flips = 1 << random.NextInt(12),
                area = round % 3 == 0 ? 160 : bad.Length - ArtifactFormat.HeaderBytes - 500;
            for (int i = 0; i < flips; i++)
                bad[ArtifactFormat.HeaderBytes + random.NextInt(area)] ^= (byte)(1 << random.NextInt(8));
            string path = Path.Combine(_directory, $"bad{round}");
            File.WriteAllBytes(path, bad);
            using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind);
            try
            {
                HnswIndex index = HnswIndex.Open(file, data.Matrix, VectorsDigest);
                try
                {
                    HnswValidator.Check(index);
                }
                catch (CorruptFileException)
                {
                    noticed++;
                }
                for (int q = 0; q < 5; q++)
                    index.Search(TestMatrix.Query(8, (ulong)q), 20, 50, scratch, rows, scores);
            }
            catch (EmbedEngineException e)
            {
                Assert.Contains(e.Code, new[] { ErrorCode.Corrupt, ErrorCode.VersionMismatch });
                refused++;
            }
            File.Delete(path);
        }
        Assert.True(refused > 50 && noticed > 50, $"refused {refused}, noticed {noticed}");
    }
}
