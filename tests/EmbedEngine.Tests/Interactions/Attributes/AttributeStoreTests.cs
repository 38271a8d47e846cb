// The catalogue on the disk: what engines change, refresh and fold, against a dictionary that says what each
// item has; and what is left of its files when they are cut and flipped.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Attributes;

public sealed class AttributeStoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Directory => Path.Combine(_scratch.Store, StoreNames.Attributes);

    [Fact]
    public void Changes_OfTwoEngines_AreWhatADictionarySays()
    {
        int seed = TestScale.Seed("EMBEDENGINE_CATALOGUE_CHANGES");
        int rounds = TestScale.Count("EMBEDENGINE_CATALOGUE_CHANGES", 60, 2000);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var expected = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        Engine[] engines = [_scratch.Open(), _scratch.Open()];
        for (int round = 0; round < rounds; round++)
        {
            Engine engine = engines[random.Next(2)];
            if (random.Next(6) == 0) ChangeByFile(engine, random, expected);
            else ChangeByColumns(engine, random, expected);
            if (random.Next(20) == 0)
            {
                int e = random.Next(2);
                engines[e].Dispose();
                engines[e] = _scratch.Open();
            }
            foreach (Engine asked in engines)
            {
                asked.Refresh();
                if (random.Next(5) == 0) AssertEqual(expected, asked, $"seed {seed}, round {round}");
            }
        }
        foreach (Engine engine in engines)
        {
            AssertEqual(expected, engine, $"seed {seed}, at the end");
            Assert.Empty(engine.Verify(full: true).Faults);
            engine.Dispose();
        }
    }

    private static void ChangeByColumns(
        Engine engine, Random random, SortedDictionary<string, SortedDictionary<string, string>> expected)
    {
        int n = random.Next(1, 30);
        long[] items = [.. Enumerable.Range(0, n).Select(_ => (long)random.Next(400))];
        double[] stock = [.. items.Select(_ => random.Next(4) == 0 ? double.NaN : random.Next(-5, 50) / 4.0)];
        string?[] brand = [.. items.Select(_ => random.Next(4) == 0 ? null : $"b{random.Next(12)}")];
        long[] added =
            [.. items.Select(_ => random.Next(4) == 0 ? long.MinValue : 1_700_000_000_000 + random.Next(9))];
        sbyte[] own = [.. items.Select(_ => (sbyte)random.Next(-1, 2))];
        string[]?[] tags = [.. items.Select(_ => random.Next(4) == 0 ? null
            : Enumerable.Range(0, random.Next(4)).Select(_ => $"t{random.Next(6)}").ToArray())];
        ItemColumn[] all =
        [
            ItemColumn.OfNumbers("stock", stock), ItemColumn.OfTexts("brand", brand),
            ItemColumn.OfTimes("added", added), ItemColumn.OfBooleans("own", own),
            ItemColumn.OfTags("tags", tags),
        ];
        ItemColumn[] columns = [.. all.Where(_ => random.Next(2) == 0)];
        engine.SetAttributes(new ItemColumns { Items = items, Columns = columns });
        for (int i = 0; i < n; i++)
        {
            SortedDictionary<string, string> of = ItemOf(expected, items[i]);
            foreach (ItemColumn column in columns)
            {
                string? shown = column.Name switch
                {
                    "stock" => double.IsNaN(stock[i]) ? null
                        : stock[i].ToString("R", CultureInfo.InvariantCulture),
                    "brand" => brand[i],
                    "added" => added[i] == long.MinValue ? null : DateTimeOffset
                        .FromUnixTimeMilliseconds(added[i])
                        .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                    "own" => own[i] < 0 ? null : own[i] == 1 ? "true" : "false",
                    _ => tags[i] is { Length: > 0 } t
                        ? string.Join('|', t.Distinct().Order(StringComparer.Ordinal))
                        : null,
                };
                if (shown is null) of.Remove(column.Name);
                else of[column.Name] = shown;
            }
        }
    }

    private void ChangeByFile(
        Engine engine, Random random, SortedDictionary<string, SortedDictionary<string, string>> expected)
    {
        var text = new StringBuilder("item,title,stock\n");
        for (int i = 0; i < 60; i++)
        {
            int item = random.Next(400);
            string title = random.Next(3) == 0 ? "" : $"title {random.Next(1000)}";
            string stock = random.Next(3) == 0 ? "" : $"{random.Next(100)}";
            text.Append($"{item},{title},{stock}\n");
            SortedDictionary<string, string> of = ItemOf(expected, item);
            if (title.Length > 0) of["title"] = title;
            if (stock.Length > 0) of["stock"] = stock;
        }
        engine.ImportCatalog(_scratch.Write("items.csv", text.ToString()));
    }

    private static SortedDictionary<string, string> ItemOf(
        SortedDictionary<string, SortedDictionary<string, string>> expected, long item)
    {
        string key = item.ToString(CultureInfo.InvariantCulture);
        if (!expected.TryGetValue(key, out SortedDictionary<string, string>? of))
            expected[key] = of = new SortedDictionary<string, string>(StringComparer.Ordinal);
        return of;
    }

    private static void AssertEqual(
        SortedDictionary<string, SortedDictionary<string, string>> expected, Engine engine, string context)
    {
        foreach ((string item, SortedDictionary<string, string> of) in expected)
        {
            var found = new SortedDictionary<string, string>(
                engine.AttributesOf(item).ToDictionary(), StringComparer.Ordinal);
            Assert.True(of.SequenceEqual(found),
                $"{context}, item {item}: {string.Join(' ', found)} instead of {string.Join(' ', of)}");
        }
        foreach (AttributeInfo attribute in engine.Attributes())
        {
            Assert.Equal(
                expected.Values.Count(of => of.ContainsKey(attribute.Name)), attribute.Filled);
        }
    }

    private Engine MadeOf(int items, int batches)
    {
        Engine engine = _scratch.Open();
        long[] keys = [.. Enumerable.Range(0, items).Select(i => (long)i)];
        for (int b = 1; b <= batches; b++)
        {
            engine.SetAttributes(new ItemColumns
            {
                Items = keys,
                Columns = [ItemColumn.OfNumbers("batch", Enumerable.Repeat((double)b, items).ToArray())],
            });
        }
        return engine;
    }

    private string Log => System.IO.Directory.GetFiles(Directory, "*.eec").Single();

    [Fact]
    public void Log_CutAnywhere_HasWholeBatchesOnly_AndTakesTheNext()
    {
        MadeOf(3, 4).Dispose();
        byte[] whole = File.ReadAllBytes(Log);
        string before = "";
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Log, whole[..length]);
            using Engine engine = _scratch.Open();
            string[] values = [.. Enumerable.Range(0, 3)
                .Select(i => engine.AttributesOf($"{i}").GetValueOrDefault("batch", "none"))];
            Assert.True(values.Distinct().Count() == 1, $"cut at {length}: {string.Join(' ', values)}");
            Assert.True(string.CompareOrdinal(values[0], before) >= 0
                || before == "none", $"cut at {length}");
            before = values[0];
            if (length % 7 != 0) continue;
            engine.SetAttributes(new ItemColumns
            {
                Items = new long[] { 1 },
                Columns = [ItemColumn.OfTexts("name", ["after"])],
            });
            using Engine next = _scratch.Open();
            Assert.Equal("after", next.AttributesOf("1")["name"]);
            Assert.Equal(values[0], next.AttributesOf("2").GetValueOrDefault("batch", "none"));
            Assert.Empty(next.Verify(full: true).Faults);
        }
        Assert.Equal("4", before);
    }

    [Fact]
    public void Files_AnyByteFlipped_AreFound_AndNothingElseStops()
    {
        _scratch.MakeTrained(120, 10, StoreScratch.Least());
        using (Engine engine = MadeOf(3, 2))
            engine.ImportCatalog(_scratch.Write("c.csv", "item,title,tags\n1,a,x|y\n2,b,y\n50,c,z\n"));
        using (Engine engine = MadeOf(3, 2))
        {
        }
        int named = 0, flips = 0;
        foreach (string file in System.IO.Directory.GetFiles(Directory))
        {
            byte[] whole = File.ReadAllBytes(file);
            int step = TestScale.Full ? 1 : Math.Max(1, whole.Length / 400);
            for (int at = 0; at < whole.Length; at += step)
            {
                byte[] flipped = [.. whole];
                flipped[at] ^= 0x10;
                File.WriteAllBytes(file, flipped);
                using Engine engine = _scratch.Open();
                Assert.NotNull(engine.Model);
                Assert.True(engine.Recommend([new SessionEvent(1)], new RecommendedItem[5]).Count > 0);
                try
                {
                    engine.Attributes();
                    for (int item = 0; item < 3; item++) engine.AttributesOf($"{item}");
                }
                catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
                {
                    Assert.Contains(Path.GetFileName(file), e.Message);
                    named++;
                }
                VerifyReport verified = engine.Verify(full: true);
                Assert.True(
                    verified.Faults.Count > 0 || file.EndsWith(".eec", StringComparison.Ordinal),
                    $"{Path.GetFileName(file)}, byte {at}");
                flips++;
            }
            File.WriteAllBytes(file, whole);
        }
        output.WriteLine($"{flips} flips, {named} named when asked");
        Assert.True(named > 10);
    }

    [Fact]
    public void Forget_Item_LeavesNothingOfItInTheFiles()
    {
        string log = _scratch.Write("e.csv", "session,item\n1,apple\n1,pear\n2,apple\n2,plum\n");
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(log));
        engine.SetAttributes(new ItemColumns
        {
            ItemTexts = ["apple", "pear"], Columns = [ItemColumn.OfTexts("secret", ["hush-hush", "open"])],
        });
        engine.ForgetItem("apple");
        Assert.Empty(engine.AttributesOf("apple"));
        Assert.Equal("open", engine.AttributesOf("pear")["secret"]);
        foreach (string file in System.IO.Directory.GetFiles(Directory))
        {
            string bytes = Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain("hush", bytes);
            Assert.DoesNotContain("apple", bytes);
        }
        engine.SetAttributes(new ItemColumns
        {
            ItemTexts = ["no events"], Columns = [ItemColumn.OfTexts("secret", ["psst"])],
        });
        Assert.Equal(0, engine.ForgetItem("no events").RemovedEvents);
        Assert.Empty(engine.AttributesOf("no events"));
        Assert.Throws<EmbedEngineException>(() => engine.ForgetItem("no events"));
    }

    [Fact]
    public void Log_DamagedBeforeItsEnd_IsNamed_NotTakenForTorn()
    {
        MadeOf(3, 4).Dispose();
        byte[] whole = File.ReadAllBytes(Log);
        whole[AttributeLog.HeaderBytes + AttributeLog.BatchHeaderBytes + 3] ^= 1;
        File.WriteAllBytes(Log, whole);
        using Engine engine = _scratch.Open();
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(() => engine.Attributes());
        Assert.Equal(ErrorCode.Corrupt, e.Code);
        Assert.Contains("000001.eec", e.Message);
        Assert.Single(engine.Verify().Faults);
    }

    [Fact]
    public void SetAttributes_WhileTheStoreIsWrittenTo_DoesNotWait()
    {
        _scratch.MakeTrained(120, 10, StoreScratch.Least());
        using Engine engine = _scratch.Open();
        var store = new Store(FileSystem.Real, _scratch.Store);
        using (store.BeginWrite())
        {
            engine.SetAttributes(new ItemColumns
            {
                Items = new long[] { 3 }, Columns = [ItemColumn.OfNumbers("stock", new double[] { 5 })],
            });
        }
        using Engine other = _scratch.Open();
        Assert.Equal("5", other.AttributesOf("3")["stock"]);
    }

    [Fact]
    public void OldLabels_AreTheCatalogue_UntilTheFirstChangeTakesThemOver()
    {
        _scratch.MakeTrained(120, 10, StoreScratch.Least());
        EmbedEngine.Storage.Catalog.CatalogFile.Write(_scratch.Store, c =>
        {
            c.Run("UPDATE item_key SET category = 'shoes', title = 'Boot ' || key WHERE ordinal < 3");
            for (int o = 0; o < 3; o++) c.MarkChanged(EmbedEngine.Storage.Catalog.ItemKeyTable.Table, o);
        });
        using Engine engine = _scratch.Open();
        Assert.Equal(["category", "title"], engine.Attributes().Select(a => a.Name));
        Assert.All(engine.Attributes(), a => Assert.Equal(3, a.Filled));
        engine.Train(StoreScratch.Least(seed: 2));
        Assert.True(engine.Model!.TryGetCategory("shoes", out _));
        engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { 3 }, Columns = [ItemColumn.OfTexts("category", ["hats"])],
        });
        using Engine other = _scratch.Open();
        Assert.Equal([4L, 3L], other.Attributes().Select(a => a.Filled));
        other.Train(StoreScratch.Least(seed: 3));
        Assert.True(other.Model!.TryGetCategory("hats", out _) && other.Model.TryGetCategory("shoes", out _));
    }

    [Fact]
    public void Types_AndKeys_ThatDoNotFit_AreNamedErrors_AndChangeNothing()
    {
        using Engine engine = MadeOf(2, 1);
        ItemColumns Of(ItemColumn column) => new() { Items = new long[] { 1 }, Columns = [column] };
        Assert.Contains("'batch' is a number, not a text", Assert.Throws<EmbedEngineException>(
            () => engine.SetAttributes(Of(ItemColumn.OfTexts("batch", ["x"])))).Message);
        Assert.Contains("element 0 of column 'p' is not finite", Assert.Throws<ArgumentException>(
            () => engine.SetAttributes(Of(ItemColumn.OfNumbers("p",
                new[] { double.PositiveInfinity })))).Message);
        Assert.Contains("longer than 65536 bytes", Assert.Throws<ArgumentException>(
            () => engine.SetAttributes(Of(ItemColumn.OfTexts("p", [new string('x', 70_000)])))).Message);
        Assert.Contains("has 2 elements", Assert.Throws<ArgumentException>(
            () => engine.SetAttributes(Of(ItemColumn.OfTexts("p", ["a", "b"])))).Message);
        Assert.Contains("name of an attribute is empty", Assert.Throws<ArgumentException>(
            () => engine.SetAttributes(Of(ItemColumn.OfTexts("", ["a"])))).Message);
        Assert.Equal(ErrorCode.KeyKind, Assert.Throws<EmbedEngineException>(
            () => engine.SetAttributes(new ItemColumns
            {
                ItemTexts = ["no number"], Columns = [ItemColumn.OfTexts("p", ["a"])],
            })).Code);
        Assert.Equal(["batch"], engine.Attributes().Select(a => a.Name));
        Assert.Equal("1", engine.AttributesOf("1")["batch"]);
    }
}
