using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Statistics;

public sealed class CategoryTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Write(long[] ordinals, ItemCategories categories, double[] popularity)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        Assert.True(CategoryTable.Write(sink, ordinals, categories, popularity));
        return sink.PathOf(CategoryTable.FileName);
    }

    private static CategoryTable Open(string path) =>
        CategoryTable.Open(FileSystem.Real, path, VerifyLevel.Header);

    [Fact]
    public void Table_OfWritten_HasTheCategoriesOfItsItemsOnly()
    {
        ItemCategories categories =
            ItemCategories.FromNames("gone", "shoes", null, "hats", "shoes", "hats", "");
        using CategoryTable table = Open(Write([4, 3, 1, 2, 5], categories, [1, 5, 3, 9, 0]));
        Assert.Equal(2, table.Count);
        Assert.Equal([0, 1, 0, -1, 1], Enumerable.Range(0, 5).Select(table.CategoryOf));
        Assert.Equal("shoes"u8, table.NameOf(0));
        Assert.Equal("hats"u8, table.NameOf(1));
        Assert.Equal([2, 0], table.RowsOf(0).ToArray());
        Assert.Equal([1], table.RowsOf(1).ToArray()); // row 4 is not popular at all
        Assert.Equal(4, table.TotalOf(0));
        Assert.Equal(-1, table.CategoryOf(5));
        Assert.Equal(-1, table.CategoryOf(-1));
        Assert.True(table.RowsOf(2).IsEmpty && table.NameOf(-1).IsEmpty && table.TotalOf(7) == 0);
    }

    [Fact]
    public void Write_NoCategories_WritesNothing()
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        Assert.False(CategoryTable.Write(sink, [0, 1], ItemCategories.FromNames(null, null, "x"), [1, 1]));
        Assert.Empty(sink.Finished);
    }

    [Fact]
    public void Source_RandomSessions_EqualsTheDefinition()
    {
        var random = new Random(4);
        TrainingSet set = RandomSessions.Make(4, 100, 30, 10);
        string?[] names =
            [.. Enumerable.Range(0, 30).Select(_ => random.Next(4) == 0 ? null : $"c{random.Next(5)}")];
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        PopularityTable.Write(sink, set, new TrainSettings());
        double[] popular = PopularityTable.Compute(set, 0, 0.01);
        long[] ordinals = [.. Enumerable.Range(0, 30).Select(r => (long)r)];
        using CategoryTable table = Open(Write(ordinals, ItemCategories.FromNames(names), popular));
        using PopularityTable popularity = PopularityTable.Open(
            FileSystem.Real, sink.PathOf(PopularityTable.FileName), VerifyLevel.Header);
        var source = new CategorySource(table, popularity, 30, set.ActionWeights);
        var scratch = new RequestScratch(30, 0);
        var list = new CandidateList();
        for (int request = 0; request < 100; request++)
        {
            int[] rows = [.. Enumerable.Range(0, random.Next(1, 15)).Select(_ => random.Next(30))];
            byte[] actions = [.. rows.Select(_ => (byte)random.Next(5))];
            var expected = new Dictionary<int, double>();
            for (int back = 0; back < Math.Min(10, rows.Length); back++)
            {
                int e = rows.Length - 1 - back;
                float weight = set.ActionWeights[actions[e]];
                if (weight <= 0 || names[rows[e]] is not string name) continue;
                int[] members = [.. Enumerable.Range(0, 30).Where(r => names[r] == name && popular[r] > 0)];
                foreach (int row in members)
                {
                    expected[row] = expected.GetValueOrDefault(row)
                        + Math.Pow(0.6, back) * weight * popular[row] / members.Sum(m => popular[m]);
                }
            }
            source.Collect(
                new SessionContext { Rows = rows, Actions = actions, TimesMs = new long[rows.Length] }, 30,
                scratch, list);
            Assert.Equal(expected.Keys.Order(), list.Rows.ToArray().Order());
            // Ten float products of a sum of doubles rounded once.
            for (int i = 0; i < list.Count; i++)
                Assert.Equal(expected[list.Rows[i]], list.Scores[i], 1e-5 * expected[list.Rows[i]]);
        }
    }

    [Fact]
    public void Open_DamagedNumbersEverywhere_NeverReadsOutside()
    {
        string?[] names = [.. Enumerable.Range(0, 40).Select(i => $"name {i % 5}")];
        long[] ordinals = [.. Enumerable.Range(0, 40).Select(r => (long)r)];
        string path = Write(ordinals, ItemCategories.FromNames(names), [.. Enumerable.Repeat(1.0, 40)]);
        byte[] bytes = File.ReadAllBytes(path);
        var random = new Random(2);
        for (int round = 0; round < 500; round++)
        {
            byte[] damaged = [.. bytes];
            for (int i = 0; i < 200; i++)
                damaged[random.Next(ArtifactFormat.HeaderBytes, bytes.Length - 1000)] =
                    (byte)random.Next(256);
            using CategoryTable table = Open(_scratch.Write("damaged.eea", damaged));
            for (int row = -1; row < 41; row++)
            {
                int category = table.CategoryOf(row);
                Assert.InRange(category, -1, 4);
                _ = table.RowsOf(category).Length + table.NameOf(category).Length;
            }
        }
    }
}
