// Similar items under rules, in a space that has no vector for rare items, against all rows one by one.

using EmbedEngine.Recommendation;
using EmbedEngine.Tests.Recommendation.Rules;

namespace EmbedEngine.Tests.Recommendation;

public sealed class SimilarTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;
    private readonly Model _model;

    public SimilarTests()
    {
        _engine = _scratch.Open();
        _engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 2500, 150)));
        _engine.Train(StoreScratch.Tiny(
            settings: [("min_count", "12"), ("ranker", "0"), ("method", "item2vec")]));
        _model = _engine.RequireModel();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private float Norm(int row) => _model.Served.Data.Spaces[0].Vectors.InNorms[row];

    private float Cosine(int a, int b)
    {
        ReadOnlySpan<float> x = _model.Vectors()[a], y = _model.Vectors()[b];
        double dot = 0;
        for (int d = 0; d < x.Length; d++) dot += (double)x[d] * y[d];
        return (float)dot;
    }

    [Fact]
    public void Similar_AnyBitmap_IsWhatTheReadableLoopFinds()
    {
        int rowCount = _model.ItemCount;
        int without = Enumerable.Range(0, rowCount).Count(r => !(Norm(r) > 0));
        Assert.InRange(without, rowCount / 5, rowCount * 4 / 5);
        for (int seed = 0; seed < 60; seed++)
        {
            ulong[] rows = AllowedRowsTests.RandomRules.Bitmap(new Random(seed), rowCount);
            if (seed % 10 == 0) Array.Fill(rows, ulong.MaxValue);
            int own = seed % 20, k = 1 + (seed * 3 % (rowCount + 5));
            float[] expected = [.. Enumerable.Range(0, rowCount)
                .Where(r => r != own && Norm(r) > 0 && (rows[r / 64] >> (r % 64) & 1) != 0)
                .Select(r => Cosine(own, r)).OrderDescending().Take(k)];
            var results = new RecommendedItem[k];
            var rules = seed % 10 == 0 ? default : new RecommendRules { Rows = rows };
            int n = _model.Similar(_model.ItemAt(own), results, null, rules);
            Assert.Equal(expected.Length, n);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(expected[i], results[i].Score, 1e-5f); // of sums in another order
                Assert.True(_model.TryGetRow(results[i].Item, out int row));
                Assert.True(row != own && Norm(row) > 0 && (rows[row / 64] >> (row % 64) & 1) != 0);
            }
            n = _model.Search(_model.Vectors()[own], results, rules: rules);
            int more = Norm(own) > 0 && (rows[own / 64] >> (own % 64) & 1) != 0 ? 1 : 0;
            Assert.True(n >= Math.Min(k, expected.Length + more), $"{n} of {expected.Length + more}");
        }
    }

    [Fact]
    public void Similar_Sets_AreKept_ByTheEngineToo()
    {
        var results = new RecommendedItem[5];
        long item = _model.ItemAt(0);
        Assert.Equal(5, _model.Similar(item, results));
        long[] best = [.. results.Select(r => r.Item)];
        var deny = new RecommendRules { Deny = best.AsSpan(0, 2) };
        Assert.Equal(5, _engine.Similar(item, results, null, deny));
        Assert.Equal(best[2..], results.Take(3).Select(r => r.Item));
        Assert.Equal(1, _model.Similar(item, results, null, new RecommendRules { Allow = [item, best[4]] }));
        Assert.Equal(best[4], results[0].Item);
        Assert.Equal(
            ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => _model.Similar(
                item, results, null, new RecommendRules { AllowCategories = [0] })).Code);
    }
}
