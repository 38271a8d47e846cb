// What the catalogue says of items becomes a space of the version, and what places later texts in it.

using System.Text;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class ContentStageTests : IDisposable
{
    private const int Items = 60;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string TitleOf(int item) =>
        item % 2 == 0 ? $"red shoes no. {item}" : $"coffee mug no. {item}";

    private static string Catalogue(int items, int from = 0) => "item,title,price,labels\n" + string.Concat(
        Enumerable.Range(from, items).Select(i => $"{i},{TitleOf(i)},{i * 1.5},\"a{i % 2}|b{i % 5}\"\n"));

    private Engine Open(string? catalogue)
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, Items)));
        if (catalogue is not null) engine.ImportCatalog(_scratch.Write("items.csv", catalogue));
        return engine;
    }

    private static TrainOptions Options(params (string, string)[] settings) =>
        StoreScratch.Tiny(settings: [("ranker", "0"), ("method", "item2vec"), .. settings]);

    [Fact]
    public void Train_WithACatalogue_MakesTheSpace_AndNothingElseOfItChanges()
    {
        using Engine engine = Open(catalogue: null);
        string[] without = StoreScratch.Digests(engine.Train(Options())).Split('\n');
        Assert.DoesNotContain(without, d => d.Contains("content", StringComparison.Ordinal));
        // Of the log's items alone: others would be rows.
        Model known = engine.RequireModel();
        string[] lines = Catalogue(Items).Split('\n');
        engine.ImportCatalog(_scratch.Write("items.csv", string.Join('\n', lines.Where(
            (line, i) => i == 0 || known.TryGetItem(line.Split(',')[0], out _)))));
        string[] with = StoreScratch.Digests(engine.Train(Options())).Split('\n');
        Assert.Equal(without, with.Where(d => !d.Contains("content", StringComparison.Ordinal)
            && !d.Contains("fusion", StringComparison.Ordinal)));
        Assert.Equal(5, with.Length - without.Length); // a model, two of vectors, two indexes
        Assert.Equal(with, StoreScratch.Digests(engine.Train(Options() with { Threads = 3 })).Split('\n'));
        Model model = engine.RequireModel();
        Assert.Equal(VersionData.Item2VecSpace, model.Served.SpaceOf(null).Name);
        var results = new RecommendedItem[10];
        Assert.Equal(10, model.Similar(model.ItemAt(0), results, VersionData.ContentSpace));
        Assert.All(results.Take(5), r => Assert.Equal(model.ItemAt(0) % 2, r.Item % 2));
    }

    [Theory]
    [InlineData("content", "0")]
    [InlineData("content_dimensions", "3")]
    [InlineData("content_buckets", "1000")]
    public void Train_EachSetting_ChangesTheSpace(string name, string value)
    {
        using Engine engine = Open(Catalogue(Items));
        string usual = StoreScratch.Digests(engine.Train(Options()));
        string changed = StoreScratch.Digests(engine.Train(Options((name, value))));
        Assert.NotEqual(usual, changed);
        VersionData data = engine.RequireModel().Served.Data;
        switch (name)
        {
            case "content": Assert.Null(data.FindSpace(VersionData.ContentSpace)); break;
            case "content_dimensions":
                Assert.Equal(3, data.FindSpace(VersionData.ContentSpace)!.Vectors.In.Dims);
                break;
            default:
                Assert.Equal(1000, data.Find<ContentProjection>(ContentProjection.FileName)!.Buckets);
                break;
        }
    }

    [Theory]
    [InlineData("item,price\n1,2\n2,3\n")]
    [InlineData("item,title\n1,only one\n")]
    public void Train_NothingToCompare_MakesNoSpace(string catalogue)
    {
        using Engine engine = Open(catalogue);
        engine.Train(Options());
        Assert.Null(engine.RequireModel().Served.Data.FindSpace(VersionData.ContentSpace));
    }

    [Fact]
    public void Project_TheTextsOfAnItem_GivesItsVector_AndOfAStranger_OneNearItsLike()
    {
        using Engine engine = Open(Catalogue(Items));
        engine.Train(Options());
        VersionData data = engine.RequireModel().Served.Data;
        var projection = data.Find<ContentProjection>(ContentProjection.FileName)!;
        RowMatrix vectors = data.FindSpace(VersionData.ContentSpace)!.Vectors.In;
        var vector = new float[projection.Dims];
        Assert.True(data.Items.TryGetRow(6, out int six));
        Assert.True(projection.Project(Texts(TitleOf(6), "a0", "b1"), vector));
        for (int d = 0; d < vector.Length; d++) Assert.Equal(vectors[six][d], vector[d], 1e-6f);
        Assert.True(projection.Project(Texts("red shoe", "a0"), vector));
        Assert.True(data.Items.TryGetRow(7, out int seven));
        Assert.True(VectorMath.Dot(vector, vectors[six]) > VectorMath.Dot(vector, vectors[seven]) + 0.3f);
        Assert.False(projection.Project([], vector));
        Assert.All(vector, x => Assert.Equal(0, x));

        static ContentText[] Texts(string title, params string[] tags) =>
        [
            new ContentText("title", Encoding.UTF8.GetBytes(title), IsTag: false),
            .. tags.Select(t => new ContentText("labels", Encoding.UTF8.GetBytes(t), IsTag: true)),
        ];
    }
}
