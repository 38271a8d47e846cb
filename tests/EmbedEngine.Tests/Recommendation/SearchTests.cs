// Search by a caller's vector against all rows one by one.

using EmbedEngine.Tests.Pipelines.People;

namespace EmbedEngine.Tests.Recommendation;

public sealed class SearchTests : IDisposable
{
    private const int K = 10;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;
    private readonly Model _model;

    public SearchTests()
    {
        PeopleShop.Make(_scratch, settings: [("ranker", "0"), ("ef_construction", "100"), ("m", "16")]);
        _engine = _scratch.Open();
        _model = _engine.RequireModel();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private long[] Found(
        ReadOnlySpan<float> vector, VectorSide side = VectorSide.In, in RecommendRules rules = default)
    {
        var results = new RecommendedItem[K];
        int n = _model.Search(vector, results, null, side, 0, rules);
        Assert.Equal(
            results.Take(n).Select(r => r.Score).OrderDescending(), results.Take(n).Select(r => r.Score));
        return [.. results.Take(n).Select(r => r.Item)];
    }

    private static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int d = 0; d < a.Length; d++)
        {
            dot += a[d] * b[d];
            aa += a[d] * a[d];
            bb += b[d] * b[d];
        }
        return (float)(dot / Math.Sqrt(aa * bb));
    }

    [Fact]
    public void Search_In_FindsWhatTheReadableLoopFinds()
    {
        VectorSpaceView space = _model.Vectors();
        int same = 0;
        for (int row = 0; row < _model.ItemCount; row++)
        {
            float[] query = space[row].ToArray();
            for (int d = 0; d < query.Length; d++) query[d] *= 3; // of any length
            long[] expected = [.. Enumerable.Range(0, _model.ItemCount)
                .OrderByDescending(r => Cosine(query, _model.Vectors()[r])).Take(K).Select(_model.ItemAt)];
            long[] found = Found(query);
            Assert.Equal(_model.ItemAt(row), found[0]);
            same += found.Intersect(expected).Count();
        }
        Assert.True(same >= 0.98 * K * _model.ItemCount, $"{same} of {K * _model.ItemCount}");
    }

    [Fact]
    public void Search_OutOfAUsersVector_FindsTheirSegment()
    {
        int own = 0;
        for (int c = 0; c < 60; c++)
        {
            UserProfile profile = _model.Profile($"c{c}", UserVectorKind.Recency);
            own += Found(profile.Vector, VectorSide.Out).Count(i => i / PeopleShop.ItemsEach == c % 4);
        }
        Assert.True(own > 300, $"{own} of 600 are of the user's segment");
    }

    [Fact]
    public void Search_Sets_AreKeptExactly()
    {
        float[] query = _model.Vectors()[0].ToArray();
        long[] free = Found(query);
        Assert.DoesNotContain(free[0], Found(query, rules: new RecommendRules { Deny = [free[0]] }));
        Assert.Equal(
            free[..3].Order(), Found(query, rules: new RecommendRules { Allow = free.AsSpan(0, 3) }).Order());
        Assert.Empty(Found(query, rules: new RecommendRules { Allow = [-77] }));
        Assert.True(_model.TryGetCategory("segment 2", out int category));
        long[] kept = Found(query, rules: new RecommendRules { AllowCategories = [category] });
        Assert.Equal(K, kept.Length);
        long[] without = Found(query, rules: new RecommendRules { DenyCategories = [category] });
        Assert.Empty(kept.Intersect(without));
    }

    [Fact]
    public void SearchBatch_IsOneByOne()
    {
        int dims = _model.Vectors().Dimensions;
        float[] queries =
            [.. _model.Vectors()[0], .. _model.Vectors()[7], .. _model.Vectors()[9]];
        var results = new RecommendedItem[3 * K];
        var counts = new int[3];
        _model.SearchBatch(queries, K, results, counts);
        for (int v = 0; v < 3; v++)
        {
            Assert.Equal(
                Found(queries.AsSpan(v * dims, dims)),
                results.Skip(v * K).Take(counts[v]).Select(r => r.Item));
        }
        Assert.Throws<ArgumentException>(() => _model.SearchBatch(queries.AsSpan(1), K, results, counts));
        Assert.Throws<ArgumentException>(() => _model.SearchBatch(queries, K + 1, results, counts));
        Assert.Throws<ArgumentException>(() => _model.SearchBatch(queries, K, results, counts.AsSpan(1)));
    }

    [Fact]
    public void Search_OnceWarm_AllocatesNothing()
    {
        float[] query = _model.Vectors()[3].ToArray();
        var results = new RecommendedItem[K];
        long[] deny = [1, 2, 3];
        int[] categories = [1];
        void Ask()
        {
            for (int i = 0; i < 50; i++)
            {
                _model.Search(query, results);
                _model.Search(query, results, side: VectorSide.Out, rules: new RecommendRules
                {
                    Deny = deny, AllowCategories = categories,
                });
            }
        }
        Allocation.AssertNone(Ask);
    }

    [Fact]
    public void Search_AVectorOfSomethingElse_IsRefused()
    {
        float[] query = _model.Vectors()[0].ToArray();
        var results = new RecommendedItem[K];
        var fault = Assert.Throws<EmbedEngineException>(() => _model.Search(query, results, ofVersion: 9));
        Assert.Equal(ErrorCode.VersionMismatch, fault.Code);
        fault = Assert.Throws<EmbedEngineException>(() => _model.Search(query, results, "other"));
        Assert.Equal(ErrorCode.Unknown, fault.Code);
        ArgumentException length =
            Assert.Throws<ArgumentException>(() => _model.Search(query.AsSpan(1), results));
        Assert.Contains("7 numbers", length.Message, StringComparison.Ordinal);
        query[2] = float.NaN;
        Assert.Throws<ArgumentException>(() => _model.Search(query, results));
        query[2] = 0;
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Search(query, results, side: (VectorSide)7));
        Assert.Equal(0, _model.Search(query, []));
    }

    [Fact]
    public void RequestVector_TextAndFiles_AndWhatIsNeither()
    {
        Assert.Equal([1f, -0.5f, 3e2f], RequestVector.Read("[1, -0.5, 3e2]"));
        Assert.Equal([1f], RequestVector.Read("1"));
        Assert.Contains(
            "'x'", Assert.Throws<EmbedEngineException>(() => RequestVector.Read("1,x")).Message,
            StringComparison.Ordinal);
        string path = Path.Combine(_scratch.Root, "v.npy");
        _model.Export(path);
        Assert.Equal(_model.Vectors()[0].ToArray(), RequestVector.Read(path));
        string other = _scratch.Write("w.npy", "no array");
        Assert.Contains(
            "w.npy", Assert.Throws<EmbedEngineException>(() => RequestVector.Read(other)).Message,
            StringComparison.Ordinal);
    }
}
