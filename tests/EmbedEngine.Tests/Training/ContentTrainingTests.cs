// Vectors of texts against a slow and plain twin: every feature by hand, a dense matrix, all of its singular
// vectors.

using System.Text;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class ContentTrainingTests
{
    private static readonly string[] Titles =
    [
        "red running shoes", "blue running shoes", "running shoes for children", "red leather boots",
        "leather boots", "espresso machine", "espresso coffee beans", "coffee beans 1 kg", "milk frother",
        "coffee machine with milk frother",
    ];

    private static ContentModel Train(
        string[] titles, ContentSettings? settings = null, int threads = 1, string[]? tags = null) =>
        ContentTraining.Train(
            titles.Length, (item, texts) =>
            {
                texts.Add(new ContentText("title", Encoding.UTF8.GetBytes(titles[item]), IsTag: false));
                if (tags is not null)
                    texts.Add(new ContentText("tags", Encoding.UTF8.GetBytes(tags[item]), IsTag: true));
            },
            settings ?? new ContentSettings(), seed: 1, threads, ProgressScope.None);

    private static ReadOnlySpan<float> Row(ContentModel model, int item) =>
        model.Vectors.AsSpan(item * model.Dimensions, model.Dimensions);

    private static float Cosine(ContentModel model, int a, int b) =>
        VectorMath.Dot(Row(model, a), Row(model, b));

    /// <summary>Rows of unit length, as the header of the training says, by dictionaries.</summary>
    private static double[][] Oracle(string[] titles, int buckets)
    {
        var items = new List<Dictionary<(int Kind, ulong Hash), int>>();
        foreach (string title in titles)
        {
            var counts = new Dictionary<(int, ulong), int>();
            void Count(int kind, string text)
            {
                ulong seed = kind == 0 ? ArtifactFormat.DigestAdd(1, "title"u8) : (ulong)(kind + 1);
                ulong hash = ArtifactFormat.DigestAdd(seed, Encoding.UTF8.GetBytes(text));
                counts[(kind, hash)] = counts.GetValueOrDefault((kind, hash)) + 1;
            }

            Count(0, title);
            foreach (string word in title.Split(' ').Select(w => $"<{w}>"))
            {
                Count(1, word);
                for (int n = 3; n <= 5; n++)
                    for (int at = 0; at + n <= word.Length; at++) Count(2, word.Substring(at, n));
            }
            items.Add(counts);
        }
        int Bucket(ulong hash) => (int)((hash & uint.MaxValue) * (ulong)buckets >> 32);
        var df = new int[buckets];
        foreach (var counts in items)
            foreach (int b in counts.Keys.Select(k => Bucket(k.Hash)).Distinct()) df[b]++;
        return [.. items.Select(counts =>
        {
            var row = new double[buckets];
            for (int kind = 0; kind < 3; kind++)
            {
                var part = new Dictionary<ulong, double>();
                foreach (((int k, ulong hash), int count) in counts)
                {
                    int f = df[Bucket(hash)];
                    if (k != kind || (k == 0 && f < 2)) continue;
                    double sign = (hash >> 61 & 1) != 0 ? -1 : 1;
                    part[hash] = sign * (1 + Math.Log(count)) * (Math.Log((1.0 + items.Count) / (1 + f)) + 1);
                }
                double length = Math.Sqrt(part.Values.Sum(v => v * v));
                foreach ((ulong hash, double value) in part) row[Bucket(hash)] += value / length;
            }
            return row;
        })];
    }

    [Fact]
    public void Train_AllDirections_KeepsTheCosinesOfThePlainTwin()
    {
        double[][] rows = Oracle(Titles, 4096);
        ContentModel model = Train(Titles, new ContentSettings { Buckets = 4096, Dimensions = 10 });
        Assert.Equal(10, model.Dimensions);
        for (int a = 0; a < rows.Length; a++)
        {
            for (int b = 0; b < rows.Length; b++)
            {
                double dot = rows[a].Zip(rows[b], (x, y) => x * y).Sum();
                double lengths = Math.Sqrt(rows[a].Sum(x => x * x) * rows[b].Sum(x => x * x));
                Assert.Equal(dot / lengths, Cosine(model, a, b), 1e-3); // float32 sums, squared and back
            }
        }
    }

    [Fact]
    public void Train_FewDirections_SpanTheTwinsLargest()
    {
        const int Buckets = 65_536, Dims = 4; // hardly a collision: lengths are of features
        double[][] rows = Oracle(Titles, Buckets);
        // Each row of the twin is of three kinds; the engine's is scaled to length 1.
        foreach (double[] row in rows)
        {
            double length = Math.Sqrt(row.Sum(x => x * x));
            for (int b = 0; b < Buckets; b++) row[b] /= length;
        }
        int n = rows.Length;
        var gram = new double[n * n];
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++) gram[a * n + b] = rows[a].Zip(rows[b], (x, y) => x * y).Sum();
        double expected = SymmetricEigen.Solve(gram, n).Values.OrderDescending().Take(Dims).Sum();
        ContentModel model = Train(Titles, new ContentSettings { Buckets = Buckets, Dimensions = Dims });
        double found = 0;
        for (int item = 0; item < n; item++)
        {
            for (int d = 0; d < Dims; d++)
            {
                double along = 0;
                for (int b = 0; b < Buckets; b++) along += rows[item][b] * model.Directions[b * Dims + d];
                found += along * along;
            }
        }
        Assert.Equal(expected, found, expected * 1e-3); // no other four directions hold as much
    }

    [Fact]
    public void Train_ManyItems_AreTheSameBytesAtAnyNumberOfThreads()
    {
        // More rows than the search space has: the iteration, not the dense solver.
        string[] titles =
            [.. Enumerable.Range(0, 700).Select(i => $"{Titles[i % 10]} {Titles[i / 7 % 10]} {i}")];
        ContentModel one = Train(titles), three = Train(titles, threads: 3);
        Assert.Equal(64, one.Dimensions);
        Assert.Equal(one.Vectors, three.Vectors);
        Assert.Equal(one.Directions, three.Directions);
        Assert.Equal(one.Weights, three.Weights);
        for (int item = 0; item < titles.Length; item++)
            Assert.Equal(1, VectorMath.Dot(Row(one, item), Row(one, item)), 1e-5f);
    }

    [Theory]
    [InlineData("κόκκινα παπούτσια τρεξίματος", "μπλε παπούτσια τρεξίματος", "μηχανή καφέ", "κόκκοι καφέ")]
    [InlineData("红色跑步鞋", "蓝色跑步鞋", "意式咖啡机", "咖啡豆")]
    [InlineData("красные кроссовки", "синие кроссовки", "кофейная машина", "кофейные зёрна")]
    [InlineData("赤いランニングシューズ", "青いランニングシューズ", "コーヒーメーカー", "コーヒー豆")]
    [InlineData("حذاء رياضي أحمر", "حذاء رياضي أزرق", "آلة القهوة", "حبوب القهوة")]
    public void Train_OtherScripts_RelatedTitlesAreNearer(params string[] titles)
    {
        ContentModel model = Train(titles);
        for (int item = 0; item < 4; item++) Assert.Equal(1, Cosine(model, item, item), 1e-5f);
        Assert.True(Cosine(model, 0, 1) > Cosine(model, 0, 2) + 0.1f, $"{Cosine(model, 0, 1)}");
        Assert.True(Cosine(model, 2, 3) > Cosine(model, 1, 3) + 0.05f, $"{Cosine(model, 2, 3)}");
    }

    [Fact]
    public void Train_UpperCase_IsLowerCaseInAnyScript()
    {
        ContentModel model = Train(["Кофе и ЧАЙ", "кофе и чай", "ΚΑΦΈΣ", "καφές", "soap", "soap dish"]);
        Assert.Equal(1, Cosine(model, 0, 1), 1e-5f);
    }

    [Fact]
    public void Train_Tags_BringItemsTogetherThatShareNoWord()
    {
        string[] titles = ["alpha", "bravo", "chess", "delta"], tags = ["x", "y", "x", "y"];
        ContentModel model = Train(titles, tags: tags);
        Assert.True(Cosine(model, 0, 2) > Cosine(model, 0, 1) + 0.2f);
        Assert.True(Cosine(model, 1, 3) > Cosine(model, 0, 3) + 0.2f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_FewOrEmptyTexts_GiveNoVectorsRatherThanWrongOnes(int items)
    {
        ContentModel model = Train([.. Enumerable.Repeat("", items)]);
        Assert.Equal((0, 0), (model.Dimensions, model.Items));
        Assert.Empty(model.Vectors);
    }

    [Fact]
    public void Add_HostileTexts_AreBounded()
    {
        var features = new ContentFeatures(1000);
        byte[] one = [.. Enumerable.Repeat((byte)'a', 65_536)];
        byte[][] texts = [new byte[65_536], [0xFF, 0xC3, 0x28], one, []];
        new Random(1).NextBytes(texts[0]);
        foreach (byte[] text in texts)
        {
            features.Clear();
            features.Add(new ContentText("t", text, IsTag: true));
            features.Finish();
            Assert.InRange(features.Found.Length, 0, 4 * (2 * ContentFeatures.MostCharacters));
            foreach (ContentFeature feature in features.Found) Assert.InRange(feature.Bucket, 0, 999);
        }
    }
}
