// Exact search against a sort written out in double.

using EmbedEngine.Indexing;

namespace EmbedEngine.Tests.Indexing;

public class ExactIndexTests
{
    private static double Score(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Metric metric)
    {
        double dot = 0, squared = 0, na = 0, nb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            squared += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            na += (double)a[i] * a[i];
            nb += (double)b[i] * b[i];
        }
        return metric switch
        {
            Metric.L2 => -squared,
            Metric.InnerProduct => dot,
            _ => na == 0 || nb == 0 ? 0 : dot / Math.Sqrt(na * nb),
        };
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.L2)]
    public void Search_EveryMetric_EqualsSort(Metric metric)
    {
        using var data = TestMatrix.Clustered(700, 19);
        var rows = new int[25];
        var scores = new float[25];
        var even = new ulong[11];
        Array.Fill(even, 0x5555555555555555UL);
        foreach (bool filtered in new[] { false, true })
        {
            float[] query = TestMatrix.Query(19, 5);
            int count =
                ExactIndex.Search(data.Matrix, query, metric, 25, rows, scores, filtered ? even : default);
            int[] expected = Enumerable.Range(0, 700).Where(r => !filtered || r % 2 == 0)
                .OrderByDescending(r => Score(query, data.Matrix[r], metric)).ThenBy(r => r).Take(25)
                .ToArray();
            Assert.Equal(25, count);
            Assert.Equal(expected, rows);
            for (int i = 0; i < 25; i++)
                Assert.Equal(Score(query, data.Matrix[rows[i]], metric), scores[i], 1e-4);
        }
    }

    [Fact]
    public void Search_TiesAndZeroVectors_SmallerRowFirst()
    {
        using var data = new TestMatrix(6, 3, (row, d) => row < 3 ? 0 : d == 0 ? 1 : 0);
        var rows = new int[6];
        var scores = new float[6];
        Assert.Equal(6, ExactIndex.Search(data.Matrix, [2, 0, 0], Metric.Cosine, 9, rows, scores));
        Assert.Equal([3, 4, 5, 0, 1, 2], rows);
        Assert.Equal([1, 1, 1, 0, 0, 0], scores);
        Assert.Equal(6, ExactIndex.Search(data.Matrix, [0, 0, 0], Metric.Cosine, 9, rows, scores));
        Assert.Equal([0, 1, 2, 3, 4, 5], rows);
    }

    [Fact]
    public void Search_Misuse_Throws()
    {
        using var data = TestMatrix.Clustered(10, 4);
        int[] rows = new int[5];
        float[] scores = new float[5];
        RefuseAll(
            () => ExactIndex.Search(data.Matrix, new float[3], Metric.L2, 5, rows, scores),
            () => ExactIndex.Search(
            data.Matrix, new float[] { 0, 0, 0, float.NaN }, Metric.L2, 5, rows, scores),
            () => ExactIndex.Search(
            data.Matrix, new float[] { 0, 0, 0, float.NegativeInfinity }, Metric.L2, 5, rows, scores),
            () => ExactIndex.Search(data.Matrix, new float[4], Metric.L2, 0, rows, scores),
            () => ExactIndex.Search(data.Matrix, new float[4], Metric.L2, 6, rows, scores));
        using var wide = TestMatrix.Clustered(100, 4);
        Assert.Throws<ArgumentException>(
            () => ExactIndex.Search(wide.Matrix, new float[4], Metric.L2, 5, rows, scores, new ulong[1]));
    }

    private static void RefuseAll(params Action[] calls)
    {
        foreach (Action call in calls) Assert.ThrowsAny<ArgumentException>(call);
    }
}
