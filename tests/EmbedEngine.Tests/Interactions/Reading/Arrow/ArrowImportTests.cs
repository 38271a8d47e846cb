// Catalogue, vectors and events from Arrow streams through the facade: as the same from a file or arrays.

using Apache.Arrow;
using Apache.Arrow.C;
using Apache.Arrow.Types;
using EmbedEngine.Arrow;
using Apache.Arrow.Ipc;

namespace EmbedEngine.Tests.Interactions.Reading.Arrow;

public sealed unsafe class ArrowImportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static byte[] Of<T>(params T[] values)
        where T : unmanaged => HandColumn.Of(values);

    private static HandColumn[] Items() =>
    [
        HandColumn.Text("sku", "tent", "mat", "mug"),
        HandColumn.Text("name", "00712", "Foam mat", ""),
        new("stock", "i", 3, [0b101], Of(4, 0, 7)),
        new("price", "d:10,2", 3, null, Of<Int128>(1990, 5, 100)),
        new("sale", "b", 3, null, [0b110]),
        new("added", "tsu:UTC", 3, null, Of(1_769_860_800_123_000, 0L, 1)),
        new("brand", "c", 3, null, Of<sbyte>(1, 0, 1)) { Dictionary = HandColumn.Text("", "own", "other") },
        HandColumn.List("tags", [0, 2, 2, 3], HandColumn.Text("item", "a|b", "c", "d")),
        HandColumn.List("embedding", [0, 2, 4, 6], HandColumn.Float32("item", 1, 2, 3, 4, 5, 6)),
    ];

    [Fact]
    public void Catalogue_HasTheTypesOfTheColumns()
    {
        using Engine engine = _scratch.Open();
        using var stream = new HandStream(Items());
        CatalogReport report = engine.ImportCatalogStream(stream.Address);
        Assert.True(stream.IsGivenBack);
        Assert.Equal((3, 3, 0L), (report.Items, report.NewItems, report.Rejected));
        Assert.Equal(
            "title Text, stock Number, price Number, sale Boolean, added Time, brand Text, tags Tags",
            string.Join(", ", engine.Attributes().Select(a => $"{a.Name} {a.Type}")));
        Assert.Contains(
            "'embedding' holds vectors", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal(
            "title=00712 stock=4 price=19.9 sale=false added=2026-01-31T12:00:00.123Z brand=other tags=a|b|c",
            string.Join(' ', engine.AttributesOf("tent").Select(a => $"{a.Key}={a.Value}")));
        Assert.Equal(
            "price=1 sale=true added=1970-01-01T00:00:00.000Z brand=other tags=d stock=7".Split(' ').Order(),
            engine.AttributesOf("mug").Select(a => $"{a.Key}={a.Value}").Order());
        Assert.False(engine.AttributesOf("mat").ContainsKey("stock"));
        // A null takes away what was there; a column that is not there leaves it.
        using var change = new HandStream(
            HandColumn.Text("sku", "tent"), new HandColumn("stock", "i", 1, [0], Of(9)));
        engine.ImportCatalogStream(change.Address);
        Assert.Equal((false, "19.9"),
            (engine.AttributesOf("tent").ContainsKey("stock"), engine.AttributesOf("tent")["price"]));
    }

    [Fact]
    public void Catalogue_BadRowsAndTypes_AreNamed()
    {
        using Engine engine = _scratch.Open();
        using var first = new HandStream(Items());
        engine.ImportCatalogStream(first.Address);
        using var rows = new HandStream(
            new HandColumn("sku", "u", 3, [0b101], Of(0, 4, 4, 7), "tentmug"u8.ToArray()),
            HandColumn.Text("stock", "12", "13", "many"));
        CatalogReport report = engine.ImportCatalogStream(rows.Address);
        Assert.Equal((1, 2L), (report.Items, report.Rejected));
        Assert.Equal([2L, 3L], report.FirstErrors.Select(e => e.Line));
        Assert.Equal("12", engine.AttributesOf("tent")["stock"]);
        using var map = new HandStream(HandColumn.Text("sku", "tent"), new HandColumn("odd", "+m", 1));
        Assert.Contains("'odd'", Assert.Throws<EmbedEngineException>(
            () => engine.ImportCatalogStream(map.Address)).Message, StringComparison.Ordinal);
        // Refused before it is looked at: released all the same.
        using var refused = new HandStream(Items());
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.ImportCatalogStream(
            refused.Address, new CatalogOptions { MaxErrors = -1 }));
        Assert.True(map.IsGivenBack && refused.IsGivenBack && rows.IsGivenBack);
        using var closed = new HandStream(Items());
        engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => engine.ImportCatalogStream(closed.Address));
        Assert.True(closed.IsGivenBack);
    }

    [Fact]
    public void Events_AreThoseOfTheSameArrays()
    {
        const int Seed = 99;
        var random = new Random(Seed);
        long[] items = [.. Enumerable.Range(0, 900).Select(_ => random.NextInt64(40))];
        long[] users = [.. Enumerable.Range(0, 900).Select(i => (long)i / 9)];
        long[] times = [.. Enumerable.Range(0, 900).Select(i => 1_700_000_000_000 + i * 1000L)];
        byte[] actions = [.. Enumerable.Range(0, 900).Select(i => (byte)(i % 7 == 0 ? 1 : 0))];
        var other = new StoreScratch();
        using (Engine a = _scratch.Open())
        using (Engine b = other.Open())
        {
            a.Import(EventSource.Columns(new EventColumns
            {
                Items = items, Users = users, TimesMs = times, Actions = actions,
                ActionNames = ["view", "carts"],
            }));
            using var stream = new HandStream(
                HandColumn.Int64("product_id", items), HandColumn.Int64("user_id", users),
                new HandColumn("ts", "tsm:", 900, null, Of(times)),
                new HandColumn("event_type", "c", 900, null, Of(actions))
                {
                    Dictionary = HandColumn.Text("", "view", "carts"),
                });
            ImportReport report = b.ImportStream(stream.Address);
            Assert.Equal((900L, 40L), (report.Events, report.Items));
            Assert.True(stream.IsGivenBack);
            a.Train(StoreScratch.Tiny());
            b.Train(StoreScratch.Tiny());
            Assert.Equal(
                StoreScratch.Digests(a.RequireModel().Version),
                StoreScratch.Digests(b.RequireModel().Version));
            // Without an item column; and with a missing key, which makes the keys texts and one row bad.
            using var none = new HandStream(HandColumn.Int64("x", 1));
            Assert.Contains("no item column", Assert.Throws<EmbedEngineException>(
                () => b.ImportStream(none.Address)).Message, StringComparison.Ordinal);
            using var missing = new HandStream(
                new HandColumn("item", "l", 3, [0b101], Of(1L, 2, 3)), HandColumn.Int64("session", 7, 7, 7));
            report = b.ImportStream(missing.Address);
            Assert.Equal((2L, 1L), (report.Events, report.Rejected));
        }
        other.Dispose();
    }

    [Fact]
    public void Vectors_FromListsOfAnyKind_AreThoseOfTheSameArrays()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        Model model = engine.RequireModel();
        long[] keys = [.. Enumerable.Range(0, model.ItemCount).Select(model.ItemAt)];
        float[] values = [.. keys.SelectMany(k => new float[] { 1, k, k % 5 })];
        var options = new VectorImportOptions { Space = "own" };
        engine.ImportVectors(new VectorColumns { Items = keys, Vectors = values, Dimensions = 3 }, options);
        float[] expected = Answers(engine);
        HandColumn key = HandColumn.Int64("item_id", keys);
        HandColumn[] lists =
        [
            new("v", "+w:3", keys.Length, [null]) { Children = [HandColumn.Float32("item", values)] },
            HandColumn.List("v", [.. Enumerable.Range(0, keys.Length + 1).Select(i => i * 3)],
                new HandColumn("item", "g", values.Length, null, Of([.. values.Select(v => (double)v)]))),
            new("v", "+w:3", keys.Length, [null])
            {
                Children =
                    [new HandColumn("item", "e", values.Length, null, Of([.. values.Select(v => (Half)v)]))],
            },
        ];
        foreach (HandColumn list in lists)
        {
            using var stream =
                new HandStream(HandColumn.Text("title", [.. keys.Select(k => $"{k}")]), key, list);
            VectorImportReport report = engine.ImportVectorsStream(stream.Address, options);
            Assert.Equal((keys.Length, 3, 0), (report.Items, report.Dimensions, report.Rejected));
            Assert.True(stream.IsGivenBack);
            Assert.Equal(expected, Answers(engine));
        }
        using var noList = new HandStream(key);
        Assert.Contains("0 columns hold lists", Assert.Throws<EmbedEngineException>(
            () => engine.ImportVectorsStream(noList.Address, options)).Message, StringComparison.Ordinal);
        using var ragged = new HandStream(key with { Length = 3 }, HandColumn.List(
            "v", [0, 3, 5, 8], HandColumn.Float32("item", 1, 2, 3, 4, 5, 6, 7, 8)));
        VectorImportReport partly = engine.ImportVectorsStream(ragged.Address, options);
        Assert.Equal((2, 1), (partly.Items, partly.Rejected));
        Assert.Equal(2, Assert.Single(partly.FirstErrors).Line);
    }

    private static float[] Answers(Engine engine)
    {
        Model model = engine.RequireModel();
        var results = new RecommendedItem[5];
        int n = model.Similar(model.ItemAt(3), results, "own");
        return [.. results[..n].SelectMany(r => new[] { r.Item, r.Score })];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_OfTheCommandLine_BecomeStreams(bool random)
    {
        Schema schema = new Schema.Builder().Field(new Field("id", Int64Type.Default, false))
            .Field(new Field("price", DoubleType.Default, true)).Build();
        string path = Path.Combine(_scratch.Root, "items.arrow");
        using (FileStream file = File.Create(path))
        {
            Int64Array ids = new Int64Array.Builder().Append(1).Append(2).Build();
            DoubleArray prices = new DoubleArray.Builder().Append(2.5).AppendNull().Build();
            var batch = new RecordBatch(schema, [ids, prices], 2);
            using ArrowStreamWriter writer =
                random ? new ArrowFileWriter(file, schema) : new ArrowStreamWriter(file, schema);
            writer.WriteRecordBatch(batch);
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }
        Assert.True(ArrowFile.Is(path));
        using (Engine engine = _scratch.Open())
        using (ArrowFile arrow = ArrowFile.Open(path))
        {
            CatalogReport report = engine.ImportCatalogStream(arrow.Stream);
            Assert.Equal((2, 0L), (report.Items, report.Rejected));
            Assert.Equal("2.5", engine.AttributesOf("1")["price"]);
        }
        Assert.False(ArrowFile.Is(_scratch.Write("items.csv", "id,price\n")));
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<EmbedEngineException>(
            () => ArrowFile.Open(Path.Combine(_scratch.Root, "absent"))).Code);
        byte[] bytes = File.ReadAllBytes(path);
        using (Engine engine = _scratch.Open())
        {
            string cut = _scratch.Write("cut.arrow", bytes[..(bytes.Length / 2)]);
            Assert.Equal(ErrorCode.BadInput, Assert.Throws<EmbedEngineException>(() =>
            {
                using ArrowFile arrow = ArrowFile.Open(cut);
                engine.ImportCatalogStream(arrow.Stream);
            }).Code);
        }
    }
}
