// The index in memory as its users call it.

using EmbedEngine.Tests.Indexing;

namespace EmbedEngine.Tests;

public class VectorIndexTests
{
    [Fact]
    public void Search_OneByOneInBatchAndByRange_Agree()
    {
        const int Rows = 1000, Dims = 12, K = 7;
        using var data = TestMatrix.Clustered(Rows, Dims);
        var index = new VectorIndex(Dims, Metric.L2, new HnswOptions { M = 8, EfConstruction = 60 });
        for (int row = 0; row < Rows; row++) index.Set(row - 500L, data.Matrix[row]);
        Assert.Equal((Rows, Dims, Metric.L2), (index.Count, index.Dimensions, index.Metric));
        float[] queries = [.. Enumerable.Range(0, 40).SelectMany(q => TestMatrix.Query(Dims, (ulong)q))];
        var keys = new long[40 * K];
        var scores = new float[40 * K];
        index.SearchBatch(queries, K, keys, scores, threads: 3);
        for (int q = 0; q < 40; q++)
        {
            var one = new long[K];
            var oneScores = new float[K];
            Assert.Equal(K, index.Search(queries.AsSpan(q * Dims, Dims), one, oneScores));
            Assert.Equal(one, keys.Skip(q * K).Take(K));
            var inRange = new long[300];
            int found =
                index.SearchRange(queries.AsSpan(q * Dims, Dims), oneScores[3], inRange, new float[300]);
            Assert.Equal(one.Take(4), inRange.Take(found));
        }
        Assert.True(index.Remove(-500));
        Assert.False(index.Remove(-500));
    }

    [Fact]
    public void SearchBatch_FewerThanK_SaysSo()
    {
        var index = new VectorIndex(2, Metric.Cosine);
        var keys = new long[4];
        var scores = new float[4];
        index.SearchBatch([1, 0], 4, keys, scores);
        Assert.All(scores, s => Assert.True(float.IsNaN(s)));
        index.Set(9, [2, 0]);
        index.SearchBatch([1, 0], 4, keys, scores);
        Assert.Equal([9, 0, 0, 0], keys);
        Assert.Equal(1, scores[0]);
        Assert.True(float.IsNaN(scores[1]));
    }

    [Fact]
    public void Calls_Misused_NameTheArgument()
    {
        var index = new VectorIndex(3, Metric.L2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VectorIndex(0, Metric.L2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VectorIndex(3, (Metric)77));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new VectorIndex(3, Metric.L2, new HnswOptions { M = 0 }));
        Assert.ThrowsAny<ArgumentException>(() => index.Search([1, 2, 3], new long[2], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => index.Search([1, 2, 3], [], []));
        Assert.ThrowsAny<ArgumentException>(
            () => index.SearchBatch([1, 2, 3, 4], 1, new long[1], new float[1]));
        Assert.ThrowsAny<ArgumentException>(() => index.SearchBatch([1, 2, 3], 2, new long[1], new float[2]));
        Assert.ThrowsAny<ArgumentException>(
            () => index.SearchRange([1, 2, 3], float.NaN, new long[1], new float[1]));
    }
}
