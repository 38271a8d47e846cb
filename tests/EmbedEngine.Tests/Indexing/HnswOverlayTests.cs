// The index that changes: against exact search over a dictionary, after removals and churn, and while others
// search.

using EmbedEngine.Storage;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Indexing;

public class HnswOverlayTests
{
    private static readonly HnswOptions Options = new() { M = 12, EfConstruction = 100, EfSearch = 100 };

    private static double Score(float[] a, float[] b, Metric metric)
    {
        double dot = a.Zip(b, (x, y) => (double)x * y).Sum(), na = a.Sum(x => (double)x * x),
        nb = b.Sum(x => (double)x * x);
        return metric switch
        {
            Metric.L2 => -(na + nb - 2 * dot),
            Metric.InnerProduct => dot,
            _ => na == 0 || nb == 0 ? 0 : dot / Math.Sqrt(na * nb),
        };
    }

    private static double Recall(
        HnswOverlay index, Dictionary<long, float[]> live, Metric metric, int dims, int queries)
    {
        var scratch = new HnswScratch();
        long[] keys = new long[10];
        float[] scores = new float[10];
        int hits = 0, wanted = Math.Min(10, live.Count);
        for (int q = 0; q < queries; q++)
        {
            float[] query = TestMatrix.Query(dims, (ulong)q);
            Assert.Equal(wanted, index.Search(query, 10, 0, scratch, keys, scores));
            Assert.All(keys.Take(wanted), key => Assert.Contains(key, live));
            Assert.Equal(wanted, keys.Take(wanted).Distinct().Count());
            for (int i = 0; i < wanted; i++)
                Assert.Equal(Score(query, live[keys[i]], metric), scores[i], 1e-3);
            double last =
                live.Values.Select(v => Score(query, v, metric)).OrderDescending().ElementAt(wanted - 1);
            hits += scores.Take(wanted).Count(s => s >= last - 1e-4 * (1 + Math.Abs(last)));
        }
        return (double)hits / Math.Max(1, queries * wanted);
    }

    private static int Reachable(HnswOverlay index)
    {
        OverlayGeneration now = index.Current;
        return now.EntryPoint < 0 ? 0 : HnswValidator.CountReachable(now.Graph, now.EntryPoint);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Churn_HalfRemovedThenTenTimesOver_ReachableAndAsGood(Metric metric)
    {
        const int Rows = 1500, Dims = 16;
        using var data = TestMatrix.Clustered(Rows, Dims);
        var index = new HnswOverlay(Dims, metric, Options);
        var live = new Dictionary<long, float[]>();
        void Set(long key, float[] vector)
        {
            index.Set(key, vector);
            live[key] = vector;
        }
        for (int row = 0; row < Rows; row++) Set(row, data.Matrix[row].ToArray());
        Assert.Equal(Rows, index.Count);
        Assert.Equal(index.Current.Count - index.Current.CopyCount, Reachable(index));
        double built = Recall(index, live, metric, Dims, 60);
        for (int row = 0; row < Rows; row += 2)
        {
            Assert.True(index.Remove(row));
            Assert.False(index.Remove(row));
            live.Remove(row);
        }
        Assert.Equal(live.Count, index.Count);
        Assert.Equal(index.Current.Count - index.Current.CopyCount, Reachable(index));
        double halved = Recall(index, live, metric, Dims, 60);
        CounterStream random = new CounterRandom(5).Stream();
        for (int i = 0; i < 10 * Rows; i++)
        {
            long key = random.NextInt(Rows);
            if (random.NextInt(3) == 0) Assert.Equal(live.Remove(key), index.Remove(key));
            else Set(key, [.. data.Matrix[random.NextInt(Rows)].ToArray()
                .Select(x => x + 0.2f * (float)random.NextGaussian())]);
        }
        Assert.Equal(live.Count, index.Count);
        Assert.Equal(index.Current.Count - index.Current.CopyCount, Reachable(index));
        double churned = Recall(index, live, metric, Dims, 60);
        Assert.True(
            built > 0.95 && halved > built - 0.01 && churned > built - 0.01, $"{built} {halved} {churned}");
    }

    [Fact]
    public void FirstEntryPoint_Replaced_HidesNothing()
    {
        var index = new HnswOverlay(2, Metric.L2, Options);
        var scratch = new HnswScratch();
        for (int i = 0; i < 500; i++) index.Set(i, [i, 0]);
        index.Set(0, [1000, 0]);
        for (int i = 1; i < 500; i++)
        {
            long[] keys = new long[1];
            Assert.Equal(1, index.Search([i, 0], 1, 50, scratch, keys, new float[1]));
            Assert.Equal(i, keys[0]);
        }
        for (int i = 0; i < 500; i++) Assert.True(index.Remove(i));
        Assert.Equal(0, index.Search([1, 1], 3, 0, scratch, new long[3], new float[3]));
        index.Set(7, [3, 3]);
        Assert.Equal(1, index.Search([1, 1], 3, 0, scratch, new long[3], new float[3]));
    }

    [Fact]
    public void EqualVectors_ManyCopies_LoseNothing()
    {
        var index = new HnswOverlay(8, Metric.Cosine, new HnswOptions { M = 4, EfConstruction = 20 });
        using var data = TestMatrix.Clustered(600, 8);
        for (int i = 0; i < 600; i++)
            index.Set(i, i < 300 ? new float[] { 1, 2, 3, 4, 5, 6, 7, 8 } : data.Matrix[i]);
        Assert.Equal((600, 299, 301), (index.Count, index.Current.CopyCount, Reachable(index)));
        // The node itself goes, its copies stay; then most of the copies go, and the graph is consolidated.
        var scratch = new HnswScratch();
        long[] keys = new long[400];
        float[] scores = new float[400];
        for (int i = 0; i < 290; i++)
        {
            Assert.True(index.Remove(i));
            int found = index.Search([1, 2, 3, 4, 5, 6, 7, 8], 320, 0, scratch, keys, scores);
            Assert.Equal(Math.Min(320, 599 - i), found);
            Assert.Equal(299 - i, scores.Take(found).Count(s => s > 0.9999999f));
        }
        Assert.Equal(index.Current.Count - index.Current.CopyCount, Reachable(index));
    }

    [Fact]
    public void Set_BadVector_ChangesNothing()
    {
        var index = new HnswOverlay(3, Metric.L2, Options);
        index.Set(1, [1, 2, 3]);
        float[][] bad =
            [[1, 2], [1, 2, 3, 4], [1, float.NaN, 3], [float.PositiveInfinity, 0, 0], [3e38f, 3e38f, 0]];
        foreach (float[] vector in bad) Assert.ThrowsAny<ArgumentException>(() => index.Set(1, vector));
        long[] keys = new long[1];
        var scores = new float[1];
        Assert.Equal(1, index.Search([1, 2, 3], 1, 0, new HnswScratch(), keys, scores));
        Assert.Equal((1, 0), (keys[0], scores[0]));
        Assert.ThrowsAny<ArgumentException>(
            () => index.Search([1, 2], 1, 0, new HnswScratch(), keys, scores));
        Assert.ThrowsAny<ArgumentException>(
            () => index.Search([1, 2, 3], 0, 0, new HnswScratch(), keys, scores));
        Assert.ThrowsAny<ArgumentException>(() => new HnswOverlay(0, Metric.L2, Options));
    }

    [Fact]
    public void Search_WhileAnotherWrites_GivesWholeAnswers()
    {
        const int Dims = 8;
        var index = new HnswOverlay(Dims, Metric.L2, new HnswOptions { M = 6, EfConstruction = 30 });
        using var data = TestMatrix.Clustered(3000, Dims);
        for (int i = 0; i < 200; i++) index.Set(i, data.Matrix[i]); // never removed
        bool done = false;
        Exception? failure = null;
        var readers = new List<Thread>();
        for (int t = 0; t < 2; t++)
        {
            var reader = new Thread(() =>
            {
                var scratch = new HnswScratch();
                long[] keys = new long[20];
                float[] scores = new float[20];
                try
                {
                    for (int q = 0; !Volatile.Read(ref done); q++)
                    {
                        int found =
                            index.Search(TestMatrix.Query(Dims, (ulong)q), 20, 40, scratch, keys, scores);
                        if (found != 20) throw new InvalidOperationException($"{found} found");
                        for (int i = 0; i < found; i++)
                            if (keys[i] is < 0 or >= 3000 || !float.IsFinite(scores[i]))
                                throw new InvalidOperationException($"key {keys[i]}");
                    }
                }
                catch (Exception e)
                {
                    failure = e;
                }
            });
            reader.Start();
            readers.Add(reader);
        }
        CounterStream random = new CounterRandom(9).Stream();
        for (int i = 0; i < 15_000; i++)
        {
            int key = 200 + random.NextInt(2800);
            if (random.NextInt(2) == 0) index.Set(key, data.Matrix[key]);
            else index.Remove(key);
        }
        Volatile.Write(ref done, true);
        foreach (Thread reader in readers) reader.Join();
        Assert.Null(failure);
        Assert.Equal(index.Current.Count - index.Current.CopyCount, Reachable(index));
    }

    [Fact]
    public void LiveIndex_SetReplaceRemove_MergesBoth()
    {
        const int Rows = 2500, Dims = 16;
        using var data = TestMatrix.Clustered(Rows, Dims);
        string path = Path.Combine(Path.GetTempPath(), $"ee-live-{Environment.ProcessId}.hnsw");
        try
        {
            using (HnswBuilder builder =
                HnswBuilder.Build(data.Matrix, Metric.Cosine, Options, ProgressScope.None))
            using (var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header()))
            {
                builder.Write(writer, 3);
                writer.Finish();
            }
            using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind);
            var index = new LiveIndex(HnswIndex.Open(file, data.Matrix, 3), Options);
            var live = Enumerable.Range(0, Rows).ToDictionary(r => (long)r, r => data.Matrix[r].ToArray());
            CounterStream random = new CounterRandom(2).Stream();
            for (int i = 0; i < 1200; i++)
            {
                long key = random.NextInt(Rows + 300);
                if (random.NextInt(3) == 0)
                {
                    Assert.Equal(live.Remove(key), index.Remove(key));
                    continue;
                }
                float[] vector = [.. Enumerable.Range(0, Dims).Select(_ => (float)random.NextGaussian())];
                index.Set(key, vector);
                live[key] = vector;
            }
            var scratch = new HnswScratch();
            long[] keys = new long[10];
            float[] scores = new float[10];
            int hits = 0;
            for (int q = 0; q < 60; q++)
            {
                float[] query = TestMatrix.Query(Dims, (ulong)q);
                Assert.Equal(10, index.Search(query, 100, scratch, keys, scores));
                Assert.Equal(10, keys.Distinct().Count());
                for (int i = 0; i < 10; i++)
                    Assert.Equal(Score(query, live[keys[i]], Metric.Cosine), scores[i], 1e-3);
                hits += keys.Intersect(live.OrderByDescending(p => Score(query, p.Value, Metric.Cosine))
                    .Take(10).Select(p => p.Key)).Count();
            }
            Assert.True(hits >= 570, $"recall {hits / 600.0}");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
