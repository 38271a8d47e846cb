using EmbedEngine.Report.Measures;

namespace EmbedEngine.Tests.Report;

public sealed class ItemMapTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Of_AVersion_ShowsTheLargestVarianceAnyPlaneCan()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        Model model = engine.Model!;
        ItemMap map = ItemMap.Of(model, 50)!;
        Assert.Equal(Math.Min(50, map.Rows.Count), map.Points.GetLength(0));
        Assert.InRange(map.FirstShare, map.SecondShare, 1);
        // Coordinates have mean 0, are not correlated, and their variance is the share that is told.
        int n = map.Rows.Count;
        double total = Total(model, map.Rows);
        for (int a = 0; a < 2; a++)
        {
            double[] x = [.. Enumerable.Range(0, n).Select(i => map.Points[i, a])];
            Assert.Equal(0, x.Average(), 1e-9);
            Assert.Equal(a == 0 ? map.FirstShare : map.SecondShare, x.Sum(v => v * v) / n / total, 1e-6);
        }
        double together = Enumerable.Range(0, n).Sum(i => map.Points[i, 0] * map.Points[i, 1]);
        Assert.Equal(0, together / n / total, 1e-4);
        // No pair of the space's own axes shows more.
        double[] own = [.. Variances(model, map.Rows).OrderDescending()];
        Assert.True(map.FirstShare + map.SecondShare >= (own[0] + own[1]) / total - 1e-9);
        Assert.Equal(map.Points, ItemMap.Of(model, 50)!.Points);
    }

    private static double Total(Model model, IReadOnlyList<int> rows) => Variances(model, rows).Sum();

    private static double[] Variances(Model model, IReadOnlyList<int> rows)
    {
        VectorSpaceView vectors = model.Vectors();
        var variances = new double[vectors.Dimensions];
        for (int d = 0; d < variances.Length; d++)
        {
            double mean = 0;
            foreach (int row in rows) mean += vectors[row][d] / rows.Count;
            foreach (int row in rows) variances[d] += Math.Pow(vectors[row][d] - mean, 2) / rows.Count;
        }
        return variances;
    }
}
